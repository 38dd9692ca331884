import type { Aggregate } from './metric.ts';
import { raw } from './sql.ts';

export const uniqueUsers: Aggregate = {
  key: 'uniqueUsers',
  title: 'Active users',
  definition: 'People with at least one usage event in the period.',
  unit: 'count',
  denominator: null,
  select: raw('count(DISTINCT actor)'),
};
