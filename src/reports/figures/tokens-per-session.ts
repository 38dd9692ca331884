import type { Figure } from '../metric.ts';
import { average } from '../metric.ts';
import { sessionsOf } from './sessions.ts';
import { tokensOf } from './tokens.ts';

export const tokensPerSession: Figure = {
  key: 'tokensPerSession',
  title: 'Tokens per session',
  definition: 'Tokens divided by sessions.',
  unit: 'tokens',
  denominator: 'sessions',
  whenEmpty: null,
  of: (totals) => average(tokensOf(totals), sessionsOf(totals)),
};
