import type { Figure } from '../metric.ts';

export const estimatedCost: Figure = {
  key: 'estimatedCostMicros',
  title: 'Estimated part of cost',
  definition:
    'The part of the cost that neither a vendor nor the roster confirms: metered calls at list value, and seats only seen in the data.',
  unit: 'micro-dollars',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.estimatedMicros + totals.assumedSeatMicros,
};
