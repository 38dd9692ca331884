import type { Usage } from './usage.ts';
import type { BucketKey } from './period.ts';
import { localDayOf, periodNumber } from './period.ts';
import { resolved } from './directory.ts';
import type { ReportRow, Sql } from './sql.ts';
import { among, joined, raw, sql, text } from './sql.ts';
import { SUMS } from './totals.ts';

/** What usage can be broken down by, and where that stands: a column of `usage_slice`, or what a person is or is in. */
export const DIMENSIONS = {
  assistant: 'assistant',
  model: 'model',
  project: 'project',
  repository: 'repository',
  agent: 'agent',
  organization: 'organization',
  product: 'product',
  tier: 'tier',
  user: 'person',
  team: 'team',
  department: 'department',
} as const;
export type Dimension = keyof typeof DIMENSIONS;

const OF_PEOPLE: ReadonlySet<Dimension> = new Set<Dimension>(['user', 'team', 'department']);

/** What the rows of an answer stand for; without either, the whole. */
export interface Grouping {
  bucket?: BucketKey;
  by?: Dimension;
  /** Groups of their own; all others are one, whose key is REST. Absent: every group is its own. */
  named?: readonly (string | null)[];
}

/** The key of all groups together that have none of their own; clients cannot send it. */
export const REST = '\u0001rest';

/** A grouping column with only the named groups apart. */
function namedOnly(column: string, named: readonly (string | null)[] | undefined): Sql {
  if (named === undefined) return raw(column);
  const keys = named.filter((key) => key !== null);
  const unsaid = named.includes(null) ? raw(`WHEN ${column} IS NULL THEN NULL`) : raw('');
  return sql`CASE ${unsaid} WHEN ${among(raw(column), keys)} THEN ${raw(column)} ELSE ${text(REST)} END`;
}

/** `key` null: events that do not say. */
export interface GroupId {
  /** 0: the period, 1: the one before. */
  period: number;
  bucket: number;
  key: string | null;
}

/** Of each group another. */
export const nameOf = ({ period, bucket, key }: GroupId): string => `[${period},${bucket},${JSON.stringify(key)}]`;

/** Null for what lies in no bucket. */
export function groupIdOf(row: ReportRow, grouping: Grouping): GroupId | null {
  const bucket = grouping.bucket ? grouping.bucket.indexOf(Number(row.bucket)) : 0;
  const { grp = null } = row;
  return bucket === undefined
    ? null
    : { period: Number(row.period), bucket, key: grp === null || grouping.by === undefined ? null : String(grp) };
}

/**
 * The two halves of a grouping: what slices say of themselves, and what is only known of their people. Which groups
 * have a name of their own is asked once slices are summed up: for each slice it would cost as much as the sums.
 */
export function groupColumns({ bucket, by, named }: Grouping) {
  const ofPeople = by !== undefined && OF_PEOPLE.has(by);
  return {
    ofPeople,
    bucket: bucket?.sql ?? raw('0'),
    sliced: by === undefined || ofPeople ? raw(`''`) : raw(DIMENSIONS[by]),
    named: namedOnly(by !== undefined && ofPeople ? DIMENSIONS[by] : 'sliced', named),
  };
}

/** The groups of most value in the period, the first first. */
export function largestQuery(usage: Usage, by: Dimension, limit: number): Sql {
  const { ofPeople, sliced, named } = groupColumns({ by });
  const cells = (who: Sql): Sql => sql`
    SELECT ${sliced} AS sliced, ${who} CAST(sum(list_micros) AS DOUBLE) AS list, CAST(sum(requests) AS DOUBLE) AS calls
    FROM usage_slice WHERE ${usage.filtered} AND quarter_hour >= ${raw(String(usage.period.from))}`;
  const whose = ofPeople
    ? resolved(
        sql`(${cells(sql`actor, ${usage.directory.slot} AS slot,`)} GROUP BY sliced, actor, slot)`,
        ['list', 'calls'],
        usage.directory,
      )
    : sql`(${cells(raw(''))} GROUP BY sliced)`;
  return sql`SELECT grp FROM (
      SELECT ${named} AS grp, sum(list) AS list, sum(calls) AS calls FROM ${whose} AS cells GROUP BY 1
    ) AS sums ORDER BY list DESC, calls DESC, grp LIMIT ${raw(String(limit))}`;
}

/** Sums for each group. Numbers come as floats: exact to 2^53, and read several times as fast as integers. */
export function sumsQuery(usage: Usage, grouping: Grouping): Sql {
  const { ofPeople, bucket, sliced, named } = groupColumns(grouping);
  const names = Object.keys(SUMS);
  const inner = joined(
    Object.entries(SUMS).map(([name, measure]) => raw(`CAST(sum(${measure}) AS DOUBLE) AS s_${name}`)),
    ', ',
  );
  const ends = raw('CAST(min(first_ms) AS DOUBLE) AS s_firstMs, CAST(max(last_ms) AS DOUBLE) AS s_lastMs');
  const cells = (who: Sql): Sql => sql`
    SELECT ${periodNumber(usage.period)} AS period, ${bucket} AS bucket, ${sliced} AS sliced, ${who} ${inner}, ${ends}
    FROM usage_slice WHERE ${usage.filtered}`;
  const plain = sql`(${cells(raw(''))} GROUP BY period, bucket, sliced)`;
  if (!ofPeople && grouping.named === undefined) return sql`SELECT x.*, sliced AS grp FROM ${plain} AS x`;
  const kept = [...names, 'firstMs', 'lastMs'].map((name) => `s_${name}`);
  const whose = sql`(${cells(sql`actor, ${usage.directory.slot} AS slot,`)} GROUP BY period, bucket, sliced, actor, slot)`;
  const people = ofPeople ? resolved(whose, ['period', 'bucket', ...kept], usage.directory) : plain;
  const outer = [
    ...names.map((name) => `sum(s_${name}) AS s_${name}`),
    'min(s_firstMs) AS s_firstMs',
    'max(s_lastMs) AS s_lastMs',
  ];
  return sql`SELECT period, bucket, ${named} AS grp, ${raw(outer.join(', '))} FROM ${people} AS named GROUP BY 1, 2, 3`;
}

/** Distinct sessions for each group. A lane is a session where calls have an id. */
export function sessionsQuery(usage: Usage, grouping: Grouping): Sql {
  const { ofPeople, bucket, sliced, named } = groupColumns(grouping);
  const from = sql`FROM usage_slice WHERE ${usage.filtered} AND session_id IS NOT NULL AND granularity = 'call'`;
  const period = periodNumber(usage.period);
  if (!ofPeople && grouping.named !== undefined)
    return sql`SELECT period, bucket, ${named} AS grp, count(DISTINCT lane) AS sessions FROM (
        SELECT DISTINCT ${period} AS period, ${bucket} AS bucket, ${sliced} AS sliced, lane ${from}
      ) AS lanes GROUP BY 1, 2, 3`;
  if (!ofPeople)
    return sql`SELECT ${period} AS period, ${bucket} AS bucket, ${sliced} AS grp, count(DISTINCT lane) AS sessions
      ${from} GROUP BY period, bucket, grp`;
  const lanes = sql`(SELECT DISTINCT ${period} AS period, ${bucket} AS bucket, actor, ${usage.directory.slot} AS slot, lane
    ${from})`;
  return sql`SELECT period, bucket, ${named} AS grp, count(DISTINCT lane) AS sessions
    FROM ${resolved(lanes, ['period', 'bucket', 'lane'], usage.directory)} AS named GROUP BY 1, 2, 3`;
}

/** Distinct people, and their distinct days, for each group. */
export function peopleQuery(usage: Usage, grouping: Grouping): Sql {
  const { bucket, sliced, named } = groupColumns(grouping);
  const days = sql`(
    SELECT DISTINCT ${periodNumber(usage.period)} AS period, ${bucket} AS bucket, ${sliced} AS sliced, actor,
      ${usage.directory.slot} AS slot, ${localDayOf(usage.period)} AS local_day
    FROM usage_slice WHERE ${usage.filtered} AND actor IS NOT NULL)`;
  const people = resolved(days, ['period', 'bucket', 'sliced', 'local_day'], usage.directory);
  return sql`SELECT period, bucket, grp, count(DISTINCT person) AS people, count(*) AS days FROM (
      SELECT DISTINCT period, bucket, ${named} AS grp, person, local_day FROM ${people} AS named
    ) AS person_days GROUP BY period, bucket, grp`;
}
