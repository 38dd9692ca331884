import { resolved } from './directory.ts';
import { localDayOf, periodNumber } from './period.ts';
import type { Sql } from './sql.ts';
import { raw, sql } from './sql.ts';
import type { Usage } from './usage.ts';

/** Relation (period, person, team, assistant, local_day): the days on which people used an assistant. */
export function personDays(usage: Usage): Sql {
  const cells = sql`(
    SELECT DISTINCT ${periodNumber(usage.period)} AS period, assistant, actor, ${usage.directory.slot} AS slot,
      ${localDayOf(usage.period)} AS local_day
    FROM usage_slice WHERE ${usage.filtered} AND actor IS NOT NULL)`;
  return resolved(cells, ['period', 'assistant', 'local_day'], usage.directory);
}

/** Relation (person, first_ms): when people of the filter were first seen, ever, by any assistant. */
export function firstSeen(usage: Usage): Sql {
  const cells = sql`(
    SELECT actor, ${usage.directory.slot} AS slot, min(first_ms) AS first_ms
    FROM usage_slice WHERE ${usage.inTime} AND ${usage.filteredPeople} AND actor IS NOT NULL GROUP BY 1, 2)`;
  return sql`(SELECT person, min(first_ms) AS first_ms FROM ${resolved(cells, ['first_ms'], usage.directory)} AS seen
    GROUP BY person)`;
}

export const daysQuery = (usage: Usage): Sql =>
  sql`SELECT DISTINCT person, local_day FROM ${personDays(usage)} AS days`;

export const activeDaysQuery = (usage: Usage): Sql => sql`
  SELECT person, count(DISTINCT ${raw('CASE WHEN period = 0 THEN local_day END')}) AS days_now,
    count(DISTINCT ${raw('CASE WHEN period = 1 THEN local_day END')}) AS days_before, max(local_day) AS last_day
  FROM ${personDays(usage)} AS days GROUP BY person`;
