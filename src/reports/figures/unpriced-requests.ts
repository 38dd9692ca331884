import type { Figure } from '../metric.ts';

export const unpricedRequests: Figure = {
  key: 'unpricedRequests',
  title: 'Unpriced requests',
  definition: 'Requests of models for which no list price is known. They are in no sum of money.',
  unit: 'count',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.unpricedRequests,
};
