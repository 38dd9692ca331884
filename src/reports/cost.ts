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
import type { Metric } from './metric.ts';
import { numberOf } from './metric.ts';
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

/** A period and the boundaries of its groups, both ends included. */
export interface CostPeriod {
  range: DateRange;
  boundaries: readonly number[];
}

// A vendor's charge stands; without one, calls that no seat covers are worth their list price.
const DIRECT = raw(`sum(CASE WHEN billed_micros IS NOT NULL THEN billed_micros
  WHEN billing <> 'seat' THEN coalesce(list_micros, 0) ELSE 0 END)`);

/** Micro-dollars for each group of the period. */
export async function costFigures(query: Query, filter: Filter, period: CostPeriod): Promise<number[]> {
  const [direct, seats] = await Promise.all([directCost(query, filter, period), seatCost(query, filter, period)]);
  return direct.map((micros, group) => micros + (seats[group] ?? 0));
}

async function directCost(query: Query, filter: Filter, { range, boundaries }: CostPeriod): Promise<number[]> {
  const rows = await query(sql`
    SELECT ${groupOf(boundaries)} AS grp, ${DIRECT} AS micros
    FROM usage_event WHERE ${matching(filter, range.fromMs, range.toMs)} GROUP BY grp`);
  const byGroup = new Map(rows.map((row) => [numberOf(row, 'grp'), numberOf(row, 'micros')]));
  return boundaries.slice(1).map((_, group) => byGroup.get(group) ?? 0);
}

/** A holder's work with one assistant: its worth by group, and what of it the filter leaves out. */
interface Holding {
  assistant: Assistant;
  /** Tiers seen, by month. */
  tiers: Map<number, Set<string>>;
  value: number[];
  requests: number[];
}

async function seatCost(query: Query, filter: Filter, { range, boundaries }: CostPeriod): Promise<number[]> {
  const months = bucketsOf(range, 'month');
  const monthStarts = [...months.map(({ startMs }) => startMs), range.toMs];
  const where = joined(
    [inRange(filter.org, range.fromMs, range.toMs), raw('tier IS NOT NULL'), ...holderConditions(filter)],
    ' AND ',
  );
  const rows = await query(seatSql(filter, boundaries, monthStarts, where));
  const groups = boundaries.length - 1;
  const totals = Array.from({ length: groups }, () => 0);
  for (const holding of holdingsOf(rows, groups).values()) {
    const weights = holding.value.some((value) => value > 0) ? holding.value : holding.requests;
    const parts = spread(priceOf(holding, months, range.tz), weights);
    for (let group = 0; group < groups; group++) totals[group] = (totals[group] ?? 0) + (parts[group] ?? 0);
  }
  return totals;
}

const seatSql = (filter: Filter, boundaries: readonly number[], months: readonly number[], where: Sql): Sql => sql`
  SELECT ${groupOf(boundaries)} AS grp, ${groupOf(months)} AS month, ${passesWork(filter)} AS passes,
    coalesce(actor, '') AS holder, assistant, tier, sum(coalesce(list_micros, 0)) AS value, sum(requests) AS requests
  FROM usage_event WHERE ${where}
  GROUP BY grp, month, passes, holder, assistant, tier`;

/** The last weight of each list is what the filter leaves out. */
function holdingsOf(rows: readonly ReportRow[], groups: number): Map<string, Holding> {
  const holdings = new Map<string, Holding>();
  const zeros = (): number[] => Array.from({ length: groups + 1 }, () => 0);
  for (const row of rows) {
    const assistant = String(row.assistant) as Assistant;
    const key = JSON.stringify([row.holder, assistant]);
    const holding = holdings.get(key) ?? {
      assistant,
      tiers: new Map<number, Set<string>>(),
      value: zeros(),
      requests: zeros(),
    };
    holdings.set(key, holding);
    const month = numberOf(row, 'month');
    holding.tiers.set(month, (holding.tiers.get(month) ?? new Set()).add(String(row.tier)));
    const place = numberOf(row, 'passes') === 1 ? numberOf(row, 'grp') : groups;
    holding.value[place] = (holding.value[place] ?? 0) + numberOf(row, 'value');
    holding.requests[place] = (holding.requests[place] ?? 0) + numberOf(row, 'requests');
  }
  return holdings;
}

/** Without a roster: a seat of the dearest tier seen in a month is held for all of that month's days in the period. */
function priceOf(
  { assistant, tiers }: Holding,
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
