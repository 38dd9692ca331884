import type { Aggregate } from './metric.ts';
import { raw } from './sql.ts';

export const apiEquivalentValue: Aggregate = {
  key: 'apiEquivalentMicros',
  title: 'API-equivalent value',
  definition:
    'What the same calls would have cost at list price on their own dates. Not a bill. Calls without a known price are left out and counted as unpriced.',
  unit: 'micro-dollars',
  denominator: null,
  select: raw('sum(coalesce(list_micros, 0))'),
};
