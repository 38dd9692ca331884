import type { Figure } from '../metric.ts';

export const outputTokens: Figure = {
  key: 'outputTokens',
  title: 'Output tokens',
  definition: 'Output tokens, reasoning included.',
  unit: 'tokens',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.outputTokens,
};
