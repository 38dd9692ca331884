import type { Figure } from '../metric.ts';
import type { Totals } from '../totals.ts';
import { subscriptionOf } from './subscription-cost.ts';

export const costOf = (totals: Totals): number => subscriptionOf(totals) + totals.directMicros;

export const cost: Figure = {
  key: 'costMicros',
  title: 'Cost',
  definition: 'Subscription cost and metered cost together.',
  unit: 'micro-dollars',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => costOf(totals),
};
