import type { Figure } from '../metric.ts';
import { ratio } from '../metric.ts';
import { sessionsOf } from './sessions.ts';

export const exchangesPerSession: Figure = {
  key: 'exchangesPerSession',
  title: 'Exchanges per session',
  definition:
    'Distinct human prompts divided by sessions. Null where no source tells of prompts: Cursor, vendors’ daily reports and session files of Gemini CLI and of older Claude Code do not.',
  unit: 'ratio',
  denominator: 'sessions',
  whenEmpty: null,
  of: (totals) => (totals.prompts === 0 ? null : ratio(totals.prompts, sessionsOf(totals))),
};
