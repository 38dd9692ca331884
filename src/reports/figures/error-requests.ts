import type { Figure } from '../metric.ts';

export const errorRequests: Figure = {
  key: 'errorRequests',
  title: 'Failed requests',
  definition: 'Requests that a source reports as ended by an error.',
  unit: 'count',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.errorRequests,
};
