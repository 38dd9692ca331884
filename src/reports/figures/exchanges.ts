import type { Figure } from '../metric.ts';

export const exchanges: Figure = {
  key: 'exchanges',
  title: 'Exchanges',
  definition: 'Distinct human prompts. A prompt that goes on into a second day counts on its first.',
  unit: 'count',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.prompts,
};
