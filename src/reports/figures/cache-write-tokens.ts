import type { Figure } from '../metric.ts';

export const cacheWriteTokens: Figure = {
  key: 'cacheWriteTokens',
  title: 'Cache write tokens',
  definition: 'Input tokens written to a prompt cache, for five minutes or for an hour.',
  unit: 'tokens',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.cacheWriteTokens,
};
