import type { Figure } from '../metric.ts';

export const uniqueUsers: Figure = {
  key: 'uniqueUsers',
  title: 'Active users',
  definition: 'People with at least one usage event in the period. Events that name nobody are nobody’s.',
  unit: 'count',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.people,
};
