import type { Figure } from '../metric.ts';
import { ratio } from '../metric.ts';
import { sessionsOf } from './sessions.ts';
import { subscriptionOf } from './subscription-cost.ts';

export const sessionsPerDollar: Figure = {
  key: 'sessionsPerSubscriptionDollar',
  title: 'Sessions per subscription dollar',
  definition: 'Usage intensity: sessions divided by subscription cost in dollars.',
  unit: 'ratio',
  denominator: 'subscription cost',
  whenEmpty: null,
  of: (totals) => ratio(sessionsOf(totals) * 1_000_000, subscriptionOf(totals)),
};
