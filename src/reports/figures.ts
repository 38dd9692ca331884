import type { Bucket } from '../usage/buckets.ts';
import type { DateRange } from '../usage/dates.ts';
import { apiEquivalentValue } from './api-equivalent-value.ts';
import { averageCostPerSession, cost, costFigures } from './cost.ts';
import type { Filter } from './filter.ts';
import { groupOf, matching } from './filter.ts';
import type { Aggregate, Metric } from './metric.ts';
import { numberOf, ratio } from './metric.ts';
import { totalRequests, unpricedRequests } from './requests.ts';
import { averageSessionDuration, sessionFigures, totalSessions } from './sessions.ts';
import type { Query } from './sql.ts';
import { joined, raw, sql } from './sql.ts';
import { cacheReadTokens, cacheWriteTokens, inputTokens, outputTokens, totalTokens } from './tokens.ts';
import { uniqueUsers } from './users.ts';

const AGGREGATES: readonly Aggregate[] = [
  totalRequests,
  uniqueUsers,
  totalTokens,
  inputTokens,
  outputTokens,
  cacheReadTokens,
  cacheWriteTokens,
  apiEquivalentValue,
  unpricedRequests,
];

/** The figures that every list of usage carries, in this order. */
export const FIGURES: readonly Metric[] = [
  totalSessions,
  totalRequests,
  uniqueUsers,
  totalTokens,
  inputTokens,
  outputTokens,
  cacheReadTokens,
  cacheWriteTokens,
  apiEquivalentValue,
  cost,
  unpricedRequests,
  averageSessionDuration,
  averageCostPerSession,
];

/** By the keys of FIGURES; null where a denominator is empty. */
export type Figures = Readonly<Record<string, number | null>>;

/** The figures of each bucket; the buckets must tile the range. */
export async function figuresOf(
  query: Query,
  filter: Filter,
  range: DateRange,
  buckets: readonly Bucket[],
): Promise<Figures[]> {
  const boundaries = [...buckets.map(({ startMs }) => startMs), range.toMs];
  const [aggregates, sessions, costs] = await Promise.all([
    aggregateFigures(query, filter, boundaries),
    sessionFigures(query, filter, boundaries),
    costFigures(query, filter, { range, boundaries }),
  ]);
  return buckets.map((_, group) => {
    const figures: Record<string, number | null> = { ...aggregates[group], ...sessions[group] };
    const micros = costs[group] ?? 0;
    figures[cost.key] = micros;
    figures[averageCostPerSession.key] = ratio(micros, figures[totalSessions.key] ?? 0);
    return Object.fromEntries(FIGURES.map(({ key }) => [key, figures[key] ?? null]));
  });
}

async function aggregateFigures(query: Query, filter: Filter, boundaries: readonly number[]): Promise<Figures[]> {
  const columns = joined(
    AGGREGATES.map(({ key, select }) => sql`${select} AS ${raw(`"${key}"`)}`),
    ', ',
  );
  const rows = await query(sql`
    SELECT ${groupOf(boundaries)} AS grp, ${columns}
    FROM usage_event WHERE ${matching(filter, boundaries[0] ?? 0, boundaries[boundaries.length - 1] ?? 0)}
    GROUP BY grp`);
  const byGroup = new Map(rows.map((row) => [numberOf(row, 'grp'), row]));
  return boundaries
    .slice(1)
    .map((_, group) => Object.fromEntries(AGGREGATES.map(({ key }) => [key, numberOf(byGroup.get(group), key)])));
}
