import type { DateRange } from '../usage/dates.ts';
import type { Filter } from './filter.ts';
import { matching } from './filter.ts';
import type { GroupKey, Metric } from './metric.ts';
import { groupKeyOf, numberOf } from './metric.ts';
import { seatCostsBy } from './seat-cost.ts';
import type { Query, Sql } from './sql.ts';
import { raw, sql } from './sql.ts';

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
    seatCostsBy(query, filter, range, group),
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
