import { localDay } from '../usage/zone.ts';
import { directoryOf, resolved } from './directory.ts';
import { numberOf } from './metric.ts';
import type { Period } from './period.ts';
import { QUARTER_MS, localDayOf } from './period.ts';
import type { ReportRow, Sql } from './sql.ts';
import { among, raw, sql, text } from './sql.ts';
import type { Usage } from './usage.ts';

/** So many periods back: 0 is the one asked for, 1 the one before; 3 is everything earlier than two before. */
function periodsBack({ from, quarters }: Period): Sql {
  const since = (back: number): number => from - back * quarters;
  return raw(
    `CASE WHEN quarter_hour >= ${from} THEN 0 WHEN quarter_hour >= ${since(1)} THEN 1 WHEN quarter_hour >= ${since(2)} THEN 2 ELSE 3 END`,
  );
}

/** Relation (period, person, team, assistant, local_day): the days on which people used an assistant. */
export function personDays(usage: Usage): Sql {
  const cells = sql`(
    SELECT DISTINCT ${periodsBack(usage.period)} AS period, assistant, actor, ${usage.directory.slot} AS slot,
      ${localDayOf(usage.period)} AS local_day
    FROM usage_slice WHERE ${usage.filtered} AND actor IS NOT NULL)`;
  return resolved(cells, ['period', 'assistant', 'local_day'], usage.directory);
}

/**
 * When each person was first seen, ever, by any assistant: ms. What retention has removed is remembered by actor; who
 * became somebody's only after it was first seen is looked up where it is that person's.
 */
export async function firstSeen(usage: Usage): Promise<Map<string, number>> {
  const { context, filter, period } = usage;
  const { query } = context;
  const named = sql`org = ${text(filter.org)}`;
  const directory = await directoryOf(query, filter.org, 1, period.to);
  const slot = raw(directory.slot.parts.join('').replaceAll('quarter_hour', 'floor(seen_ms / 900000)'));
  const cells = sql`(SELECT actor, ${slot} AS slot, seen_ms, actor AS seen_actor FROM (
      SELECT actor, min(at_ms) AS seen_ms FROM first_seen WHERE ${named} AND actor IS NOT NULL GROUP BY actor
    ) AS seen)`;
  const [rows, segments] = await Promise.all([
    query(
      sql`SELECT person, seen_actor, seen_ms FROM ${resolved(cells, ['seen_ms', 'seen_actor'], directory)} AS seen`,
    ),
    query(sql`SELECT actor, from_ms, to_ms FROM directory WHERE ${named} AND from_ms > 0`),
  ]);
  const byActor = new Map(rows.map((row) => [String(row.seen_actor), Number(row.seen_ms)]));
  const late = segments.filter((one) => (byActor.get(String(one.actor)) ?? Infinity) < Number(one.from_ms));
  const latecomers = late.length === 0 ? [] : await query(firstOf(usage, late));
  const first = new Map<string, number>();
  for (const row of [...rows, ...latecomers]) {
    const [person, ms] = [String(row.person), Number(row.seen_ms)];
    first.set(person, Math.min(first.get(person) ?? ms, ms));
  }
  return first;
}

/** Of segments of the directory: the first event within. */
const firstOf = ({ filter }: Usage, segments: readonly ReportRow[]): Sql => sql`
  SELECT known.person AS person, min(first_ms) AS seen_ms FROM usage_slice
  JOIN directory AS known ON known.actor = usage_slice.actor AND known.org = usage_slice.org
  WHERE usage_slice.org = ${text(filter.org)} AND first_ms >= known.from_ms AND first_ms < known.to_ms
    AND ${among(
      raw('known.actor'),
      segments.map(({ actor }) => String(actor)),
    )} GROUP BY known.person`;

export interface UsedDays {
  person: string;
  /** Of all assistants together where these are not asked for. */
  assistant: string;
  /** So many periods back; a day that a period begins on may be of two. */
  period: number;
  /** Days since 1970-01-01 by the viewer's calendar. */
  days: number[];
}

/** Bits of a float that are exact. */
const DAYS_OF_MASK = 50;

/**
 * On which days each person was active, since the usage was opened. Days come as bits of numbers: as rows they would
 * be a hundred times as many.
 */
export async function usedDays(usage: Usage, by: 'by assistant' | 'of all assistants'): Promise<UsedDays[]> {
  const { before, to, range } = usage.period;
  const [first, last] = [localDay(before * QUARTER_MS, range.tz), localDay(to * QUARTER_MS - 1, range.tz)];
  const starts = Array.from(
    { length: Math.ceil((last - first + 1) / DAYS_OF_MASK) },
    (_, i) => first + i * DAYS_OF_MASK,
  );
  const masks = starts.map(
    (start, i) => `sum(CASE WHEN local_day >= ${start} AND local_day < ${start + DAYS_OF_MASK}
      THEN power(2, local_day - ${start}) ELSE 0 END) AS mask_${i}`,
  );
  const tool = by === 'by assistant' ? 'assistant' : `''`;
  const rows = await usage.context.query(sql`
    SELECT person, tool, period, ${raw(masks.join(', '))} FROM (
      SELECT DISTINCT person, ${raw(tool)} AS tool, period, local_day FROM ${personDays(usage)} AS days
    ) AS used GROUP BY person, tool, period`);
  return rows.map((row) => ({
    person: String(row.person),
    assistant: String(row.tool),
    period: numberOf(row, 'period'),
    days: daysOf(row, starts),
  }));
}

function daysOf(row: ReportRow, starts: readonly number[]): number[] {
  const days: number[] = [];
  starts.forEach((start, i) => {
    const mask = numberOf(row, `mask_${i}`);
    // In halves: bits can be told from each other in 32-bit integers alone.
    pushBits(days, start, mask % HALF);
    pushBits(days, start + DAYS_OF_MASK / 2, Math.floor(mask / HALF));
  });
  return days;
}

const HALF = 2 ** (DAYS_OF_MASK / 2);

function pushBits(days: number[], start: number, bits: number): void {
  for (let left = bits, day = start; left > 0; left >>= 1, day++) if ((left & 1) === 1) days.push(day);
}

/** Each person's active days in the period, in the one before and in the one before that: `days_0` … */
export const activeDaysQuery = (usage: Usage): Sql => sql`
  SELECT person, ${raw(
    [0, 1, 2].map((back) => `count(DISTINCT CASE WHEN period = ${back} THEN local_day END) AS days_${back}`).join(', '),
  )}
  FROM ${personDays(usage)} AS days GROUP BY person`;
