import type { Figure } from '../metric.ts';

export const partialRequests: Figure = {
  key: 'partialRequests',
  title: 'Partial requests',
  definition: 'Requests whose output tokens may be a placeholder: no complete record of them has been seen.',
  unit: 'count',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.partialRequests,
};
