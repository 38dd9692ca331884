import { numberOf } from './metric.ts';
import type { ReportRow, Sql } from './sql.ts';
import { raw, sql } from './sql.ts';

/**
 * A query for quantiles of a column, by group, that every engine reads alike and that is exact: values are counted
 * before they are put in order, since there are far fewer of them than rows.
 *
 * @param relation (grp, value, times): how often a value occurs
 * @param shares of 0 to 1; their columns are `q0_low`, `q0_high`, `q1_low` …
 */
export function quantileQuery(relation: Sql, shares: readonly number[]): Sql {
  const picks = shares.flatMap((share, i) =>
    (['floor', 'ceil'] as const).map(
      (round) =>
        `min(CASE WHEN so_far > ${round}(${share} * (total - 1)) THEN value END) AS q${i}_${round === 'floor' ? 'low' : 'high'}`,
    ),
  );
  return sql`
    SELECT grp, max(total) AS total, max(weighed) AS weighed, ${raw(picks.join(', '))} FROM (
      SELECT grp, value, sum(times) OVER (PARTITION BY grp ORDER BY value) AS so_far,
        sum(times) OVER (PARTITION BY grp) AS total, sum(times * value) OVER (PARTITION BY grp) AS weighed
      FROM ${relation} AS counted
    ) AS summed GROUP BY grp`;
}

/** By linear interpolation between the two values at either side. */
export function quantileOf(row: ReportRow | undefined, index: number, share: number): number | null {
  const total = numberOf(row, 'total');
  if (row === undefined || total === 0) return null;
  const [low, high] = [numberOf(row, `q${index}_low`), numberOf(row, `q${index}_high`)];
  const place = share * (total - 1);
  return low + (high - low) * (place - Math.floor(place));
}

/** Of a list of numbers, likewise; null of none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  return low === undefined || high === undefined ? null : low + (high - low) * (place - Math.floor(place));
}
