import type { PeopleLimit } from './filter.ts';
import { limitsPeople } from './filter.ts';
import { QUARTER_MS, groupOf } from './period.ts';
import type { Query, Sql } from './sql.ts';
import { all, among, integer, raw, rows, sql, text } from './sql.ts';

/**
 * Who an actor is, as the store's `directory` says. Resolving every row by a range of time is slow; so time is cut
 * where any segment begins or ends (mostly nowhere), and an actor is one person between two cuts.
 */
export interface Directory {
  /** The number of the cut that a slice lies in: an expression over `usage_slice`. */
  slot: Sql;
  /** Relation (who_actor, who_slot, who_person, who_team, who_department). Null: nobody is named, an actor is itself. */
  who: Sql | null;
}

/** Of all directories that a report can meet, one with a change each hour of two months. */
const MOST_CUTS = 1500;

/** Between two quarter-hours. A segment that begins or ends within one takes effect with the next. */
export async function directoryOf(query: Query, org: string, from: number, to: number): Promise<Directory> {
  const named = sql`org = ${text(org)}`;
  const cutsOf = (column: 'from_ms' | 'to_ms'): Sql => sql`
    SELECT ${raw(column)} AS cut_ms FROM directory WHERE ${named}
      AND ${raw(column)} > ${integer(from * QUARTER_MS)} AND ${raw(column)} < ${integer(to * QUARTER_MS)}`;
  const found = await query(sql`
    SELECT DISTINCT cut_ms FROM (
      ${cutsOf('from_ms')} UNION ALL ${cutsOf('to_ms')}
      UNION ALL SELECT min(-1) AS cut_ms FROM directory WHERE ${named} HAVING count(*) > 0
    ) AS cuts ORDER BY cut_ms LIMIT ${raw(String(MOST_CUTS))}`);
  if (found.length === 0) return { slot: raw('0'), who: null };
  const cuts = new Set(found.flatMap(({ cut_ms: ms }) => (Number(ms) < 0 ? [] : Math.ceil(Number(ms) / QUARTER_MS))));
  const starts = [from, ...[...cuts].filter((cut) => cut > from && cut < to)];
  const who =
    starts.length === 1
      ? sql`SELECT actor AS who_actor, 0 AS who_slot, person AS who_person, team AS who_team, department AS who_department
          FROM directory WHERE ${named} AND from_ms <= ${integer(from * QUARTER_MS)} AND to_ms > ${integer(from * QUARTER_MS)}`
      : sql`SELECT actor AS who_actor, slot_number AS who_slot, person AS who_person, team AS who_team,
            department AS who_department
          FROM directory JOIN ${slots(starts)} AS slots ON from_ms <= slot_ms AND to_ms > slot_ms WHERE ${named}`;
  return { slot: groupOf(raw('quarter_hour'), [...starts, to]), who: sql`(${who})` };
}

const slots = (starts: readonly number[]) =>
  rows(
    { name: 'slot_number', kind: 'integer', values: starts.map((_, i) => i) },
    { name: 'slot_ms', kind: 'integer', values: starts.map((quarter) => quarter * QUARTER_MS) },
  );

/** Over `usage_slice`: that an event is of one of these people. */
export function peopleConditions(limit: PeopleLimit, { slot, who }: Directory): Sql[] {
  if (!limitsPeople(limit)) return [];
  const { people, teams, departments } = limit;
  const byTeam = teams.length > 0 || departments !== null;
  const themselves = people === null ? null : among(raw('actor'), people);
  if (who === null) return [byTeam || themselves === null ? raw('1 = 0') : themselves];
  const wanted = all([
    ...(people === null ? [] : [among(raw('who_person'), people)]),
    ...teams.map((names) => among(raw('who_team'), names)),
    ...(departments === null ? [] : [among(raw('who_department'), departments)]),
  ]);
  const named = sql`(actor, ${slot}) IN (SELECT who_actor, who_slot FROM ${who} AS known WHERE ${wanted})`;
  if (byTeam || themselves === null || people === null) return [named];
  const known = sql`SELECT who_actor, who_slot FROM ${who} AS known WHERE ${among(raw('who_actor'), people)}`;
  return [sql`(${named} OR (${themselves} AND (actor, ${slot}) NOT IN (${known})))`];
}

/** A relation with columns `actor` and `slot`, and beside them `person` `team` `department`. */
export function resolved(relation: Sql, columns: readonly string[], { who }: Directory): Sql {
  const kept = raw(columns.map((name) => `cells.${name} AS ${name}, `).join(''));
  if (who === null)
    return sql`(SELECT ${kept} cells.actor AS person, NULL AS team, NULL AS department FROM ${relation} AS cells)`;
  return sql`(SELECT ${kept} coalesce(who.who_person, cells.actor) AS person, who.who_team AS team,
      who.who_department AS department
    FROM ${relation} AS cells LEFT JOIN ${who} AS who ON who.who_actor = cells.actor AND who.who_slot = cells.slot)`;
}
