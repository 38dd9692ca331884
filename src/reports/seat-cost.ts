import type { Assistant } from '../usage/event.ts';
import type { Bucket } from '../usage/buckets.ts';
import { bucketsOf } from '../usage/buckets.ts';
import type { DateRange } from '../usage/dates.ts';
import { DAY_MS } from '../usage/days.ts';
import { seatMicros } from '../usage/seat-prices.ts';
import { findTier } from '../usage/tiers.ts';
import { dayStartMs, localDay } from '../usage/zone.ts';
import type { Filter } from './filter.ts';
import { WORK_COLUMNS, groupOf, holderConditions, inRange, passesWork } from './filter.ts';
import type { GroupKey } from './metric.ts';
import { groupKeyOf, numberOf } from './metric.ts';
import type { Query, Sql } from './sql.ts';
import { joined, raw, sql, text } from './sql.ts';

/** All that a report can filter or group a holder's calls by, besides time. */
const WORK = raw(WORK_COLUMNS.join(', '));

/**
 * What the seats of a period cost, in micro-dollars, by group. Before anything is filtered by what was worked on, or
 * grouped, every quarter-hour's work of one kind gets its part of its holder's seat as an integer (largest remainder);
 * so that parts, however they are cut, add up. A quarter-hour lies in one day, and hour, of every time zone.
 */
export async function seatCostsBy(
  query: Query,
  filter: Filter,
  range: DateRange,
  group: Sql,
): Promise<Map<GroupKey, number>> {
  const held = joined([inRange(filter.org, range.fromMs, range.toMs), ...holderConditions(filter)], ' AND ');
  const seen = await query(
    sql`SELECT assistant, tier FROM usage_event WHERE ${held} AND tier IS NOT NULL GROUP BY assistant, tier`,
  );
  const tiers = seen
    .map(({ assistant, tier }) => ({ assistant: String(assistant) as Assistant, name: String(tier) }))
    .map((tier) => ({ ...tier, micros: defaultPrice(tier.assistant, tier.name) }))
    .filter(({ micros }) => micros > 0);
  if (tiers.length === 0) return new Map();
  const months = bucketsOf(range, 'month');
  const rows = await query(sql`
    WITH cells AS (
      SELECT actor, assistant, ${WORK}, quarter_hour, min(at_ms) AS at_ms,
        max(${priceSql(tiers, months, range)}) AS month_price,
        sum(coalesce(list_micros, 0)) AS list, sum(requests) AS calls
      FROM usage_event WHERE ${held} GROUP BY actor, assistant, ${WORK}, quarter_hour
    ), monthly AS (
      SELECT actor, assistant, ${monthOf(months, range)} AS month, max(month_price) AS dearest,
        sum(list) AS month_list, sum(calls) AS month_calls
      FROM cells GROUP BY actor, assistant, month
    ), seats AS (
      SELECT coalesce(actor, '') AS holder, assistant, sum(dearest) AS price,
        sum(month_list) AS all_list, sum(month_calls) AS all_calls
      FROM monthly GROUP BY holder, assistant
    ), shares AS (
      SELECT cells.*, holder, price,
        price * (CASE WHEN all_list > 0 THEN list / all_list ELSE calls / all_calls END) AS share
      FROM cells JOIN seats ON coalesce(actor, '') = holder AND cells.assistant = seats.assistant
      WHERE price > 0 AND all_list + all_calls > 0
    ), ranked AS (
      SELECT *, price - sum(floor(share)) OVER (PARTITION BY holder, assistant) AS left_over,
        row_number() OVER (
          PARTITION BY holder, assistant ORDER BY share - floor(share) DESC, quarter_hour, ${WORK}
        ) AS place
      FROM shares
    )
    SELECT ${group} AS grp, sum(floor(share) + CASE WHEN place <= left_over THEN 1 ELSE 0 END) AS micros
    FROM ranked WHERE ${passesWork(filter)} = 1 GROUP BY grp`);
  return new Map(rows.map((row) => [groupKeyOf(row), numberOf(row, 'micros')]));
}

/** Which of the months a call lies in. */
const monthOf = (months: readonly Bucket[], { toMs }: DateRange): Sql =>
  groupOf([...months.map(({ startMs }) => startMs), toMs]);

interface PricedTier {
  assistant: Assistant;
  name: string;
  /** Of a month. */
  micros: number;
}

// Without a roster: a seat of the dearest tier seen in a month is held for all of that month's days in the period.
function priceSql(tiers: readonly PricedTier[], months: readonly Bucket[], range: DateRange): Sql {
  const cases = tiers.map(({ assistant, name, micros }) => {
    const prices = months.map((span, month) => {
      const price = Math.round(micros * heldShare(span, range.tz));
      return raw(`WHEN ${month} THEN ${price}`);
    });
    const price = sql`CASE ${monthOf(months, range)} ${joined(prices, ' ')} END`;
    return sql`WHEN assistant = ${text(assistant)} AND tier = ${text(name)} THEN ${price}`;
  });
  return sql`CASE ${joined(cases, ' ')} ELSE 0 END`;
}

// A tier that is not known, or whose price each customer agrees on, has no default price.
function defaultPrice(assistant: Assistant, name: string): number {
  const tier = findTier(assistant, name);
  return (tier && seatMicros(tier)) ?? 0;
}

/** Days of the span divided by the days of its month; a day cut by the span's ends counts in part. */
function heldShare({ startMs, endMs }: Bucket, tz: string): number {
  const first = new Date(localDay(startMs, tz) * DAY_MS);
  const daysOfMonth = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return (dayAndFraction(endMs, tz) - dayAndFraction(startMs, tz)) / daysOfMonth;
}

function dayAndFraction(ms: number, tz: string): number {
  const day = localDay(ms, tz);
  const startMs = dayStartMs(day, tz);
  return day + (ms - startMs) / (dayStartMs(day + 1, tz) - startMs);
}
