import type { Figure } from '../metric.ts';
import { ratio } from '../metric.ts';
import { sessionsOf } from './sessions.ts';

export const sessionsPerActiveDay: Figure = {
  key: 'sessionsPerActiveDay',
  title: 'Sessions per active day',
  definition: 'Sessions divided by active person-days: how often people come back within a day.',
  unit: 'ratio',
  denominator: 'active person-days',
  whenEmpty: null,
  of: (totals) => ratio(sessionsOf(totals), totals.activeDays),
};
