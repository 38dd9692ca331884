import type { Figure } from '../metric.ts';
import { ratio } from '../metric.ts';
import { sessionsOf } from './sessions.ts';

export const sessionsPerUser: Figure = {
  key: 'sessionsPerUser',
  title: 'Sessions per user',
  definition: 'Sessions divided by active users.',
  unit: 'ratio',
  denominator: 'active users',
  whenEmpty: null,
  of: (totals) => ratio(sessionsOf(totals), totals.people),
};
