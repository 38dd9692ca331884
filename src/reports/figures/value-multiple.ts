import type { Figure } from '../metric.ts';
import { ratio } from '../metric.ts';
import { subscriptionOf } from './subscription-cost.ts';

export const valueMultiple: Figure = {
  key: 'valueMultiple',
  title: 'Value multiple',
  definition: 'API-equivalent value of the calls that seats cover, divided by subscription cost.',
  unit: 'ratio',
  denominator: 'subscription cost',
  whenEmpty: null,
  of: (totals) => ratio(totals.seatListMicros, subscriptionOf(totals)),
};
