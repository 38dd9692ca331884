import type { Bucket } from '../usage/buckets.ts';
import type { DateRange } from '../usage/dates.ts';
import { apiEquivalentValue } from './api-equivalent-value.ts';
import { averageCostPerSession, cost, costsBy } from './cost.ts';
import type { Filter } from './filter.ts';
import { groupOf, matching } from './filter.ts';
import type { GroupKey } from './metric.ts';
import type { Aggregate, Metric } from './metric.ts';
import { groupKeyOf, numberOf, ratio } from './metric.ts';
import { totalRequests, unpricedRequests } from './requests.ts';
import type { SessionFigures } from './sessions.ts';
import { averageSessionDuration, sessionsBy, totalSessions } from './sessions.ts';
import type { Query, Sql } from './sql.ts';
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

/** The figures of every group that has events. */
export async function figuresBy(
  query: Query,
  filter: Filter,
  range: DateRange,
  group: Sql,
): Promise<Map<GroupKey, Figures>> {
  const [aggregates, sessions, costs] = await Promise.all([
    aggregatesBy(query, filter, range, group),
    sessionsBy(query, filter, range, group),
    costsBy(query, filter, range, group),
  ]);
  const keys = new Set([...aggregates.keys(), ...sessions.keys(), ...costs.keys()]);
  return new Map([...keys].map((key) => [key, together(aggregates.get(key), sessions.get(key), costs.get(key))]));
}

/** What a group without events has: zeros, and null where there is nothing to divide by. */
export const NO_FIGURES: Figures = together();

/** The figures of each bucket; the buckets must tile the range. */
export async function figuresOf(
  query: Query,
  filter: Filter,
  range: DateRange,
  buckets: readonly Bucket[],
): Promise<Figures[]> {
  const boundaries = [...buckets.map(({ startMs }) => startMs), range.toMs];
  const byBucket = await figuresBy(query, filter, range, groupOf(boundaries));
  return buckets.map((_, i) => byBucket.get(i) ?? NO_FIGURES);
}

function together(aggregates: Figures = {}, sessions: Partial<SessionFigures> = {}, costMicros = 0): Figures {
  const figures: Record<string, number | null> = { ...aggregates, ...sessions, [cost.key]: costMicros };
  figures[averageCostPerSession.key] = ratio(costMicros, sessions.totalSessions ?? 0);
  return Object.fromEntries(
    FIGURES.map(({ key, denominator }) => [key, figures[key] ?? (denominator === null ? 0 : null)]),
  );
}

async function aggregatesBy(
  query: Query,
  filter: Filter,
  range: DateRange,
  group: Sql,
): Promise<Map<GroupKey, Figures>> {
  const columns = joined(
    AGGREGATES.map(({ key, select }) => sql`${select} AS ${raw(`"${key}"`)}`),
    ', ',
  );
  const rows = await query(sql`
    SELECT ${group} AS grp, ${columns} FROM usage_event
    WHERE ${matching(filter, range.fromMs, range.toMs)} GROUP BY grp`);
  return new Map(
    rows.map((row) => [groupKeyOf(row), Object.fromEntries(AGGREGATES.map(({ key }) => [key, numberOf(row, key)]))]),
  );
}
