import type { Figure } from '../metric.ts';
import type { Totals } from '../totals.ts';

export const subscriptionOf = ({ seatMicros, unusedSeatMicros }: Totals): number => seatMicros + unusedSeatMicros;

export const subscriptionCost: Figure = {
  key: 'subscriptionCostMicros',
  title: 'Subscription cost',
  definition:
    'Over all seats, the monthly price for the days held in the period, by the days of each month. A seat is spread over its holder’s events of that assistant in proportion to their list value, before other filters apply. Without a roster the tier seen in the data and its default price stand for the seat, which is an estimate.',
  unit: 'micro-dollars',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => subscriptionOf(totals),
};
