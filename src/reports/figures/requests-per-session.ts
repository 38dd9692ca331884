import type { Figure } from '../metric.ts';
import { ratio } from '../metric.ts';
import { sessionsOf } from './sessions.ts';

export const requestsPerSession: Figure = {
  key: 'requestsPerSession',
  title: 'Requests per session',
  definition: 'Requests divided by sessions.',
  unit: 'ratio',
  denominator: 'sessions',
  whenEmpty: null,
  of: (totals) => ratio(totals.requests, sessionsOf(totals)),
};
