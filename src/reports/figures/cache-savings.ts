import type { Figure } from '../metric.ts';

export const cacheSavings: Figure = {
  key: 'cacheSavingsMicros',
  title: 'Estimated cache savings',
  definition:
    'What prompt caching saved at each event’s list prices: cache reads at the difference to the input price, less what cache writes cost above it. Negative where writing cost more than reading gained.',
  unit: 'micro-dollars',
  denominator: null,
  whenEmpty: 0,
  of: (totals) => totals.cacheSavingsMicros,
};
