import type { Figure } from '../metric.ts';
import { average } from '../metric.ts';
import { costOf } from './cost.ts';
import { sessionsOf } from './sessions.ts';

export const averageCostPerSession: Figure = {
  key: 'averageCostPerSessionMicros',
  title: 'Cost per session',
  definition: 'Cost divided by sessions.',
  unit: 'micro-dollars',
  denominator: 'sessions',
  whenEmpty: null,
  of: (totals) => average(costOf(totals), sessionsOf(totals)),
};
