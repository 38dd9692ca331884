import type { Figure } from '../metric.ts';
import { ratio } from '../metric.ts';

export const cacheHitRate: Figure = {
  key: 'cacheHitRate',
  title: 'Cache hit rate',
  definition: 'Cache read tokens divided by all prompt tokens: cache read, cache write and uncached input.',
  unit: 'percent',
  denominator: 'prompt tokens',
  whenEmpty: null,
  of: (totals) => ratio(totals.cacheReadTokens, totals.cacheReadTokens + totals.cacheWriteTokens + totals.inputTokens),
};
