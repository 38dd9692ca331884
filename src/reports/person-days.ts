import { directoryOf, resolved } from './directory.ts';
import { localDayOf, periodNumber } from './period.ts';
import type { Sql } from './sql.ts';
import { raw, sql, text } from './sql.ts';
import type { Usage } from './usage.ts';

/** Relation (period, person, team, assistant, local_day): the days on which people used an assistant. */
export function personDays(usage: Usage): Sql {
  const cells = sql`(
    SELECT DISTINCT ${periodNumber(usage.period)} AS period, assistant, actor, ${usage.directory.slot} AS slot,
      ${localDayOf(usage.period)} AS local_day
    FROM usage_slice WHERE ${usage.filtered} AND actor IS NOT NULL)`;
  return resolved(cells, ['period', 'assistant', 'local_day'], usage.directory);
}

/**
 * When each person was first seen, ever, by any assistant: ms. What retention has removed is remembered by actor; who
 * became somebody's only after it was first seen is looked up where it is that person's.
 */
export async function firstSeen({ context, filter, period }: Usage): Promise<Map<string, number>> {
  const { query } = context;
  const named = sql`org = ${text(filter.org)}`;
  const seen = sql`(SELECT actor, min(at_ms) AS seen_ms FROM first_seen WHERE ${named} AND actor IS NOT NULL GROUP BY actor)`;
  const directory = await directoryOf(query, filter.org, 1, period.to);
  const slot = raw(directory.slot.parts.join('').replaceAll('quarter_hour', 'floor(seen_ms / 900000)'));
  const cells = sql`(SELECT actor, ${slot} AS slot, seen_ms FROM ${seen} AS seen)`;
  const late = sql`(
    SELECT known.actor AS late_actor, known.person AS person, known.from_ms AS from_ms, known.to_ms AS to_ms
    FROM directory AS known JOIN ${seen} AS seen ON seen.actor = known.actor
    WHERE known.org = ${text(filter.org)} AND known.from_ms > seen.seen_ms)`;
  const [rows, latecomers] = await Promise.all([
    query(sql`
      SELECT person, min(seen_ms) AS seen_ms FROM ${resolved(cells, ['seen_ms'], directory)} AS seen GROUP BY person`),
    directory.who === null
      ? []
      : query(sql`
          SELECT late.person AS person, min(first_ms) AS seen_ms FROM usage_slice
          JOIN ${late} AS late ON late.late_actor = usage_slice.actor
          WHERE ${named} AND first_ms >= late.from_ms AND first_ms < late.to_ms GROUP BY late.person`),
  ]);
  const first = new Map<string, number>();
  for (const row of [...rows, ...latecomers]) {
    const [person, ms] = [String(row.person), Number(row.seen_ms)];
    first.set(person, Math.min(first.get(person) ?? ms, ms));
  }
  return first;
}

export const daysQuery = (usage: Usage): Sql =>
  sql`SELECT DISTINCT person, local_day FROM ${personDays(usage)} AS days`;

export const activeDaysQuery = (usage: Usage): Sql => sql`
  SELECT person, count(DISTINCT ${raw('CASE WHEN period = 0 THEN local_day END')}) AS days_now,
    count(DISTINCT ${raw('CASE WHEN period = 1 THEN local_day END')}) AS days_before, max(local_day) AS last_day
  FROM ${personDays(usage)} AS days GROUP BY person`;
