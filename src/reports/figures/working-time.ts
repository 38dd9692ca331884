import type { Figure } from '../metric.ts';

export const workingTime: Figure = {
  key: 'workingMs',
  title: 'Working time',
  definition: 'The working time of all sessions together.',
  unit: 'milliseconds',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.activeMs,
};
