import type { Figure } from '../metric.ts';
import { ratio } from '../metric.ts';
import { subscriptionOf } from './subscription-cost.ts';
import { tokensOf } from './tokens.ts';

export const tokensPerDollar: Figure = {
  key: 'tokensPerSubscriptionDollar',
  title: 'Tokens per subscription dollar',
  definition: 'Usage intensity: tokens divided by subscription cost in dollars.',
  unit: 'ratio',
  denominator: 'subscription cost',
  whenEmpty: null,
  of: (totals) => ratio(tokensOf(totals) * 1_000_000, subscriptionOf(totals)),
};
