import type { Figure } from '../metric.ts';

export const workTokens: Figure = {
  key: 'workTokens',
  title: 'Work tokens',
  definition: 'Input, output and cache write tokens: all but what was read from a cache.',
  unit: 'tokens',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.inputTokens + totals.outputTokens + totals.cacheWriteTokens,
};
