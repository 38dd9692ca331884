import type { Metric } from './metric.ts';
import { numberOf } from './metric.ts';
import { localQuarter } from './period.ts';
import { resolved } from './directory.ts';
import { raw, sql } from './sql.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';

export const HEATMAP_METRICS: readonly Metric[] = [
  {
    key: 'peakActivity',
    title: 'Peak activity',
    definition:
      'Requests and distinct people by weekday and hour of the viewer’s clocks. Vendors’ daily sums have no hour and are left out.',
    unit: 'count',
    denominator: null,
    whenEmpty: 0,
  },
];

export interface HeatmapCell {
  /** 1 is Monday. */
  weekday: number;
  hour: number;
  requests: number;
  people: number;
}

/** All 168 hours of a week. */
export async function heatmap(question: Question): Promise<HeatmapCell[]> {
  const usage = await openUsage(question, { withoutPrevious: true });
  const { from, to, range } = usage.period;
  const hour = sql`floor(${localQuarter(raw('quarter_hour'), from, to, range.tz)} / 4)`;
  const cells = sql`(
    SELECT ${hour} % 168 AS hour_of_week, actor, ${usage.directory.slot} AS slot,
      CAST(sum(requests) AS DOUBLE) AS calls
    FROM usage_slice WHERE ${usage.filtered} AND granularity = 'call' GROUP BY 1, 2, 3)`;
  const rows = await usage.context.query(sql`
    SELECT hour_of_week, sum(calls) AS calls, count(DISTINCT person) AS people
    FROM ${resolved(cells, ['hour_of_week', 'calls'], usage.directory)} AS hours GROUP BY hour_of_week`);
  // Hour 0 of 1970 was a Thursday’s.
  const byHour = new Map(rows.map((row) => [(numberOf(row, 'hour_of_week') + 72) % 168, row]));
  return Array.from({ length: 168 }, (_, i) => ({
    weekday: Math.floor(i / 24) + 1,
    hour: i % 24,
    requests: numberOf(byHour.get(i), 'calls'),
    people: numberOf(byHour.get(i), 'people'),
  }));
}
