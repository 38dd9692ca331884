import type { Assistant } from '../usage/event.ts';
import { bucketsOf } from '../usage/buckets.ts';
import type { DateRange } from '../usage/dates.ts';
import { spread } from '../usage/money.ts';
import { seatMicros } from '../usage/seat-prices.ts';
import { findTier } from '../usage/tiers.ts';
import { DAY_MS } from '../usage/days.ts';
import { dayStartMs, localDay } from '../usage/zone.ts';
import type { Filter } from './filter.ts';
import { groupOf, holderConditions, inRange, matching, passesWork } from './filter.ts';
import type { GroupKey, Metric } from './metric.ts';
import { groupKeyOf, numberOf } from './metric.ts';
import type { Query, ReportRow, Sql } from './sql.ts';
import { joined, raw, sql } from './sql.ts';

export const cost: Metric = {
  key: 'costMicros',
  title: 'Cost',
  definition:
    'Subscription cost and metered cost. A seat costs its monthly price for the days of the period, spread over its holder’s events in proportion to their list value; without a roster the tier seen in the data and its default price stand for the seat. Metered calls cost what the vendor charged, else their list value. Calls of unknown billing count at list value. Whatever no vendor confirmed is an estimate.',
  unit: 'micro-dollars',
  denominator: null,
};

export const averageCostPerSession: Metric = {
  key: 'averageCostPerSessionMicros',
  title: 'Cost per session',
  definition: 'Cost divided by sessions.',
  unit: 'micro-dollars',
  denominator: 'sessions',
};

// A vendor's charge stands; without one, calls that no seat covers are worth their list price.
const DIRECT = raw(`sum(CASE WHEN billed_micros IS NOT NULL THEN billed_micros
  WHEN billing <> 'seat' THEN coalesce(list_micros, 0) ELSE 0 END)`);

/** Micro-dollars of every group that has events; they add up to the cost of the whole. */
export async function costsBy(
  query: Query,
  filter: Filter,
  range: DateRange,
  group: Sql,
): Promise<Map<GroupKey, number>> {
  const [direct, seats] = await Promise.all([
    directCosts(query, filter, range, group),
    seatCosts(query, filter, range, group),
  ]);
  for (const [key, micros] of seats) direct.set(key, (direct.get(key) ?? 0) + micros);
  return direct;
}

async function directCosts(query: Query, filter: Filter, range: DateRange, group: Sql): Promise<Map<GroupKey, number>> {
  const rows = await query(sql`
    SELECT ${group} AS grp, ${DIRECT} AS micros
    FROM usage_event WHERE ${matching(filter, range.fromMs, range.toMs)} GROUP BY grp`);
  return new Map(rows.map((row) => [groupKeyOf(row), numberOf(row, 'micros')]));
}

/** A holder's work with one assistant. */
interface Holding {
  assistant: Assistant;
  /** Tiers seen, by month. */
  tiers: Map<number, Set<string>>;
  /** Its worth and its requests by group; what the filter leaves out is a part of its own. */
  parts: Map<GroupKey | typeof LEFT_OUT, { value: number; requests: number }>;
}
const LEFT_OUT = Symbol('left out by the filter');

async function seatCosts(query: Query, filter: Filter, range: DateRange, group: Sql): Promise<Map<GroupKey, number>> {
  const months = bucketsOf(range, 'month');
  const rows = await query(seatSql(filter, range, group, [...months.map(({ startMs }) => startMs), range.toMs]));
  const totals = new Map<GroupKey, number>();
  for (const { parts, ...holding } of holdingsOf(rows).values()) {
    // A fixed order: what is left over in spreading goes to the same parts whatever order the rows came in.
    const shares = [...parts].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    const byValue = shares.some(([, { value }]) => value > 0);
    const weights = shares.map(([, { value, requests }]) => (byValue ? value : requests));
    const micros = spread(priceOf(holding, months, range.tz), weights);
    shares.forEach(([key], i) => {
      if (key !== LEFT_OUT) totals.set(key, (totals.get(key) ?? 0) + (micros[i] ?? 0));
    });
  }
  return totals;
}

const seatSql = (filter: Filter, range: DateRange, group: Sql, months: readonly number[]): Sql => sql`
  SELECT ${group} AS grp, ${groupOf(months)} AS month, ${passesWork(filter)} AS passes,
    coalesce(actor, '') AS holder, assistant, tier, sum(coalesce(list_micros, 0)) AS value, sum(requests) AS requests
  FROM usage_event
  WHERE ${joined([inRange(filter.org, range.fromMs, range.toMs), raw('tier IS NOT NULL'), ...holderConditions(filter)], ' AND ')}
  GROUP BY grp, month, passes, holder, assistant, tier`;

function holdingsOf(rows: readonly ReportRow[]): Map<string, Holding> {
  const holdings = new Map<string, Holding>();
  for (const row of rows) {
    const assistant = String(row.assistant) as Assistant;
    const id = JSON.stringify([row.holder, assistant]);
    const holding: Holding = holdings.get(id) ?? { assistant, tiers: new Map(), parts: new Map() };
    holdings.set(id, holding);
    const month = numberOf(row, 'month');
    holding.tiers.set(month, (holding.tiers.get(month) ?? new Set()).add(String(row.tier)));
    const key = numberOf(row, 'passes') === 1 ? groupKeyOf(row) : LEFT_OUT;
    const { value, requests } = holding.parts.get(key) ?? { value: 0, requests: 0 };
    holding.parts.set(key, { value: value + numberOf(row, 'value'), requests: requests + numberOf(row, 'requests') });
  }
  return holdings;
}

/** Without a roster: a seat of the dearest tier seen in a month is held for all of that month's days in the period. */
function priceOf(
  { assistant, tiers }: Omit<Holding, 'parts'>,
  months: readonly { startMs: number; endMs: number }[],
  tz: string,
): number {
  let micros = 0;
  for (const [month, names] of tiers) {
    const span = months[month];
    const prices = [...names].map((name) => defaultPrice(assistant, name));
    if (span) micros += Math.max(...prices) * heldShare(span, tz);
  }
  return Math.round(micros);
}

// A tier that is not known, or whose price each customer agrees on, has no default price.
function defaultPrice(assistant: Assistant, name: string): number {
  const tier = findTier(assistant, name);
  return (tier && seatMicros(tier)) ?? 0;
}

/** Days of the span divided by the days of its month; a day cut by the span's ends counts in part. */
function heldShare({ startMs, endMs }: { startMs: number; endMs: number }, tz: string): number {
  const first = new Date(localDay(startMs, tz) * DAY_MS);
  const daysOfMonth = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return (dayAndFraction(endMs, tz) - dayAndFraction(startMs, tz)) / daysOfMonth;
}

function dayAndFraction(ms: number, tz: string): number {
  const day = localDay(ms, tz);
  const startMs = dayStartMs(day, tz);
  return day + (ms - startMs) / (dayStartMs(day + 1, tz) - startMs);
}
