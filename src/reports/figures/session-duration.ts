import type { Figure } from '../metric.ts';
import { average } from '../metric.ts';
import { timed } from './sessions.ts';

export const averageSessionDuration: Figure = {
  key: 'averageSessionDurationMs',
  title: 'Average session duration',
  definition:
    'Mean over sessions of their working time: for each run of a session’s events without a gap over 30 minutes, last minus first, and the first event’s duration, since events are stamped when they complete. Under a filter, time belongs to the event that ends it.',
  unit: 'milliseconds',
  denominator: 'sessions with call-level events',
  whenEmpty: null,
  of: (totals) => average(totals.activeMs, timed(totals)),
};
