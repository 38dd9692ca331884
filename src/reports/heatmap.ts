import type { Metric } from './metric.ts';
import { numberOf } from './metric.ts';
import { localQuarter, periodNumber } from './period.ts';
import { resolved } from './directory.ts';
import { raw, sql } from './sql.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';

export const HEATMAP_METRICS: readonly Metric[] = [
  {
    key: 'peakActivity',
    title: 'Peak activity',
    definition:
      'Requests and distinct people by weekday and hour of the viewer’s clocks; before: those of the same weekday and hour within the period before, which need not have as many of them. Vendors’ daily sums have no hour and are left out.',
    unit: 'count',
    denominator: null,
    whenEmpty: 0,
  },
];

export interface HourFigures {
  requests: number;
  people: number;
}

export interface HeatmapCell extends HourFigures {
  /** 1 is Monday. */
  weekday: number;
  hour: number;
  /** Of the same weekday and hour within the period before. */
  previous: HourFigures;
}

/** Of a week. */
const HOURS = 168;
/** Hour 0 of 1970 was a Thursday’s. */
const HOUR_ZERO = 72;

/** All hours of a week. */
export async function heatmap(question: Question): Promise<HeatmapCell[]> {
  const usage = await openUsage(question);
  const { before, to, range } = usage.period;
  const hour = sql`floor(${localQuarter(raw('quarter_hour'), before, to, range.tz)} / 4)`;
  const cells = sql`(
    SELECT ${periodNumber(usage.period)} AS period, ${hour} % 168 AS hour_of_week, actor,
      ${usage.directory.slot} AS slot, CAST(sum(requests) AS DOUBLE) AS calls
    FROM usage_slice WHERE ${usage.filtered} AND granularity = 'call' GROUP BY 1, 2, 3, 4)`;
  const rows = await usage.context.query(sql`
    SELECT period, hour_of_week, sum(calls) AS calls, count(DISTINCT person) AS people
    FROM ${resolved(cells, ['period', 'hour_of_week', 'calls'], usage.directory)} AS hours
    GROUP BY period, hour_of_week`);
  const byHour = new Map(
    rows.map((row) => [HOURS * Number(row.period) + ((numberOf(row, 'hour_of_week') + HOUR_ZERO) % HOURS), row]),
  );
  const figuresAt = (place: number): HourFigures => ({
    requests: numberOf(byHour.get(place), 'calls'),
    people: numberOf(byHour.get(place), 'people'),
  });
  return Array.from({ length: HOURS }, (_, i) => ({
    weekday: Math.floor(i / 24) + 1,
    hour: i % 24,
    ...figuresAt(i),
    previous: figuresAt(HOURS + i),
  }));
}
