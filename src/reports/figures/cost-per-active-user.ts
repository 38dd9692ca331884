import type { Figure } from '../metric.ts';
import { average } from '../metric.ts';
import { subscriptionOf } from './subscription-cost.ts';

export const costPerActiveUser: Figure = {
  key: 'costPerActiveUserMicros',
  title: 'Cost per active user',
  definition: 'Subscription cost divided by active users.',
  unit: 'micro-dollars',
  denominator: 'active users',
  whenEmpty: null,
  of: (totals) => average(subscriptionOf(totals), totals.people),
};
