import type { Aggregate } from './metric.ts';
import { raw } from './sql.ts';

export const totalRequests: Aggregate = {
  key: 'totalRequests',
  title: 'Requests',
  definition: 'Model calls that were billed; a call seen by several sources counts once.',
  unit: 'count',
  denominator: null,
  select: raw('sum(requests)'),
};

export const unpricedRequests: Aggregate = {
  key: 'unpricedRequests',
  title: 'Unpriced requests',
  definition: 'Requests of models for which no list price is known. They are in no sum of money.',
  unit: 'count',
  denominator: null,
  select: raw('sum(CASE WHEN list_micros IS NULL THEN requests ELSE 0 END)'),
};
