import type { Metric } from './metric.ts';
import type { Totals } from './totals.ts';

export const TRENDS = ['growing', 'flat', 'declining'] as const;
export type Trend = (typeof TRENDS)[number];

export const usageTrend: Metric = {
  key: 'trend',
  title: 'Usage trend',
  definition:
    'Active person-days against the period before: growing from 10 % more on, declining from 10 % fewer on, else flat.',
  unit: 'ratio',
  denominator: 'active person-days of the period before',
  whenEmpty: null,
};

/** Null where neither period has any use. */
export function trendOf(
  present: Pick<Totals, 'activeDays'> | undefined,
  before: Pick<Totals, 'activeDays'> | undefined,
): Trend | null {
  const [now, then] = [present?.activeDays ?? 0, before?.activeDays ?? 0];
  if (now === 0 && then === 0) return null;
  // In integers: 11 against 10 is ten percent more, whatever floats make of it.
  if (now * 10 >= then * 11) return 'growing';
  return now * 10 <= then * 9 ? 'declining' : 'flat';
}
