import type { Figure } from '../metric.ts';
import type { Totals } from '../totals.ts';

export const tokensOf = (totals: Totals): number =>
  totals.inputTokens + totals.outputTokens + totals.cacheReadTokens + totals.cacheWriteTokens;

export const totalTokens: Figure = {
  key: 'totalTokens',
  title: 'Tokens',
  definition: 'Input, output, cache read and cache write tokens together.',
  unit: 'tokens',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => tokensOf(totals),
};
