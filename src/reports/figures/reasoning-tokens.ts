import type { Figure } from '../metric.ts';

export const reasoningTokens: Figure = {
  key: 'reasoningTokens',
  title: 'Reasoning tokens',
  definition: 'The part of the output tokens that was reasoning, where an assistant says so.',
  unit: 'tokens',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.reasoningTokens,
};
