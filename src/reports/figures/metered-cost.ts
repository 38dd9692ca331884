import type { Figure } from '../metric.ts';

export const meteredCost: Figure = {
  key: 'meteredCostMicros',
  title: 'Metered cost',
  definition:
    'What vendors charged beyond seats. Where they do not say, metered calls and calls of unknown billing count at list value, which is an estimate.',
  unit: 'micro-dollars',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.directMicros,
};
