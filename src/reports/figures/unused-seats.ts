import type { Figure } from '../metric.ts';

export const unusedSeats: Figure = {
  key: 'unusedSeatMicros',
  title: 'Unused seats',
  definition:
    'The part of the subscription cost that is for seats without a single event in the period. On the whole and on the row of unused seats only.',
  unit: 'micro-dollars',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.unusedSeatMicros,
};
