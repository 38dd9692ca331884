import type { Figure } from '../metric.ts';

export const totalRequests: Figure = {
  key: 'totalRequests',
  title: 'Requests',
  definition: 'Model calls that were billed; a call seen by several sources counts once.',
  unit: 'count',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.requests,
};
