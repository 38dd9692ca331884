import type { Figure } from '../metric.ts';

export const apiEquivalentValue: Figure = {
  key: 'apiEquivalentMicros',
  title: 'API-equivalent value',
  definition:
    'What the same calls would have cost at list price on their own dates. Not a bill. Calls without a known price are left out and counted as unpriced.',
  unit: 'micro-dollars',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.listMicros,
};
