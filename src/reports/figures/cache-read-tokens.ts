import type { Figure } from '../metric.ts';

export const cacheReadTokens: Figure = {
  key: 'cacheReadTokens',
  title: 'Cache read tokens',
  definition: 'Input tokens read from a prompt cache.',
  unit: 'tokens',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.cacheReadTokens,
};
