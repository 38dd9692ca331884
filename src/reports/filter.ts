import type { Assistant } from '../usage/event.ts';
import type { Sql } from './sql.ts';
import { integer, joined, raw, sql, text } from './sql.ts';

/** What a report is about, besides its time. Lists are alternatives; an empty or absent list lets everything through. */
export interface Filter {
  org: string;
  /** `email:ada@acme.com` */
  actors?: readonly string[];
  assistants?: readonly Assistant[];
  projects?: readonly string[];
  repositories?: readonly string[];
  agents?: readonly string[];
  models?: readonly string[];
}

const among = (column: string, values: readonly string[] | undefined): Sql[] =>
  values === undefined || values.length === 0
    ? []
    : [
        sql`${raw(column)} IN (${joined(
          values.map((value) => sql`${text(value)}`),
          ', ',
        )})`,
      ];

const all = (conditions: readonly Sql[]): Sql => joined(conditions, ' AND ');

/** What a seat's holder is chosen by. The rest of a filter selects among the holder's events. */
export const holderConditions = (filter: Filter): Sql[] => [
  ...among('actor', filter.actors),
  ...among('assistant', filter.assistants),
];

export const WORK_COLUMNS = ['project', 'repository', 'agent', 'model'] as const;

export const workConditions = (filter: Filter): Sql[] => [
  ...among('project', filter.projects),
  ...among('repository', filter.repositories),
  ...among('agent', filter.agents),
  ...among('model', filter.models),
];

const DAY_MS = 86_400_000;

/** Counted events of the organisation in [fromMs, toMs); `day` lets an engine skip what lies outside. */
export function inRange(org: string, fromMs: number, toMs: number): Sql {
  return all([
    sql`org = ${text(org)}`,
    sql`counted`,
    sql`day >= ${integer(Math.floor(fromMs / DAY_MS))}`,
    sql`day <= ${integer(Math.floor((toMs - 1) / DAY_MS))}`,
    sql`at_ms >= ${integer(fromMs)}`,
    sql`at_ms < ${integer(toMs)}`,
  ]);
}

/** The WHERE of a report. */
export const matching = (filter: Filter, fromMs: number, toMs: number): Sql =>
  all([inRange(filter.org, fromMs, toMs), ...holderConditions(filter), ...workConditions(filter)]);

/** 1 for an event that passes the work conditions, else 0. */
export function passesWork(filter: Filter): Sql {
  const conditions = workConditions(filter);
  return conditions.length === 0 ? raw('1') : sql`CASE WHEN ${all(conditions)} THEN 1 ELSE 0 END`;
}

/**
 * Which of the groups between rising boundaries a time lies in: `boundaries[i] <= at_ms < boundaries[i + 1]` is i.
 * A balanced tree, so that even a year of days takes nine comparisons, and no engine's date functions are needed.
 */
export function groupOf(boundaries: readonly number[], low = 0, high = boundaries.length - 1): Sql {
  if (high - low <= 1) return raw(String(low));
  const middle = (low + high) >> 1;
  const left = groupOf(boundaries, low, middle);
  const right = groupOf(boundaries, middle, high);
  return sql`CASE WHEN at_ms < ${raw(String(Math.trunc(boundaries[middle] ?? 0)))} THEN ${left} ELSE ${right} END`;
}
