import type { Figure } from '../metric.ts';
import { ratio } from '../metric.ts';
import { sessionsOf } from './sessions.ts';

export const exchangesPerSession: Figure = {
  key: 'exchangesPerSession',
  title: 'Exchanges per session',
  definition: 'Distinct human prompts divided by sessions.',
  unit: 'ratio',
  denominator: 'sessions',
  whenEmpty: null,
  of: (totals) => ratio(totals.prompts, sessionsOf(totals)),
};
