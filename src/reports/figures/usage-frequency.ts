import type { Figure } from '../metric.ts';
import { ratio } from '../metric.ts';

export const usageFrequency: Figure = {
  key: 'usageFrequency',
  title: 'Usage frequency',
  definition: 'Active days per active user and week of the period.',
  unit: 'ratio',
  denominator: 'active users × weeks',
  whenEmpty: null,
  of: (totals) => ratio(totals.activeDays * 7, totals.people * totals.days),
};
