import type { Figure } from '../metric.ts';

export const activeDays: Figure = {
  key: 'activeDays',
  title: 'Active person-days',
  definition: 'Days, by the viewer’s calendar, on which a person has a usage event, summed over people.',
  unit: 'count',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.activeDays,
};
