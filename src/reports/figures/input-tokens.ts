import type { Figure } from '../metric.ts';

export const inputTokens: Figure = {
  key: 'inputTokens',
  title: 'Input tokens',
  definition: 'Uncached input tokens.',
  unit: 'tokens',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.inputTokens,
};
