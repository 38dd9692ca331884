import { spread } from '../usage/money.ts';
import type { Seat } from '../usage/seat.ts';
import { resolved } from './directory.ts';
import { peopleLimit, workConditions } from './filter.ts';
import type { GroupId, Grouping } from './group.ts';
import { groupColumns, groupIdOf, nameOf } from './group.ts';
import { numberOf } from './metric.ts';
import { periodNumber } from './period.ts';
import type { PricedTier } from './priced-seats.ts';
import {
  assumedSql,
  monthNumber,
  priceByMonth,
  priceSql,
  pricedSeats,
  pricedTiers,
  seatRows,
  tierMicros,
} from './priced-seats.ts';
import type { ReportRow, Sql } from './sql.ts';
import { all, raw, sql } from './sql.ts';
import type { Usage } from './usage.ts';

/** A group's part of its people's seats. */
export interface SeatShare extends GroupId {
  micros: number;
  /** Of that, what no roster confirms. */
  assumedMicros: number;
}

/** What seats cost. */
export interface SeatCosts {
  shares: SeatShare[];
  /** Of each period: seats whose holders did not use the assistant at all. */
  unused: [present: number, before: number];
}

/**
 * What seats cost, by group. A holder's cost for an assistant is spread over all their use of it in the period, before
 * other filters, in proportion to list value (to requests where nothing has a price). The sum of a filter is the same
 * whatever it is grouped by: each holder's part is rounded once, and the groups divide the sum by largest remainder.
 */
export async function seatCosts(usage: Usage, grouping: Grouping): Promise<SeatCosts> {
  const holders = holdersRelation(usage);
  const { query } = usage.context;
  const [sums, parts, unused] = await Promise.all([
    holders === null ? [] : query(sumQuery(usage, holders)),
    holders === null || isWhole(grouping) ? [] : query(partsQuery(usage, holders, grouping)),
    unusedSeats(usage),
  ]);
  return { shares: isWhole(grouping) ? wholeShares(sums) : sharesOf(grouping, sums, parts), unused };
}

export const isWhole = ({ bucket, by }: Grouping): boolean => bucket === undefined && by === undefined;

export const wholeShares = (sums: readonly ReportRow[]): SeatShare[] =>
  sums.map((row) => ({
    ...{ period: Number(row.period), bucket: 0, key: null },
    ...{ micros: numberOf(row, 'micros'), assumedMicros: numberOf(row, 'assumed') },
  }));

/** Divides each period's sum among its groups. */
export const sharesOf = (grouping: Grouping, sums: readonly ReportRow[], parts: readonly ReportRow[]): SeatShare[] =>
  sums.flatMap((sum) => {
    const groups = parts.flatMap((row) => {
      const id = Number(row.period) === Number(sum.period) ? groupIdOf(row, grouping) : null;
      return id ? [{ id, name: nameOf(id), row }] : [];
    });
    // In an order that the engine has no part in, so that equal remainders always fall alike.
    groups.sort((a, b) => (a.name < b.name ? -1 : 1));
    const divide = (column: string, total: number): number[] =>
      spread(
        total,
        groups.map(({ row }) => numberOf(row, column)),
      );
    const micros = divide('micros', numberOf(sum, 'micros'));
    const assumed = divide('assumed', numberOf(sum, 'assumed'));
    return groups.map(({ id: { period, bucket, key } }, i): SeatShare => {
      const [whole, estimated] = [micros[i] ?? 0, assumed[i] ?? 0];
      return { period, bucket, key, micros: whole, assumedMicros: estimated };
    });
  });

/** Of each period: what the seats cost whose holders did not use the assistant at all. */
async function unusedSeats(usage: Usage): Promise<[present: number, before: number]> {
  const seats = seatsInFilter(usage);
  if (seats.length === 0 || workConditions(usage.filter).length > 0) return [0, 0];
  const priced = pricedSeats(usage, seats);
  if (priced.length === 0) return [0, 0];
  const found = await usage.context.query(sql`
    SELECT seats.period AS period, sum(seats.micros) AS micros FROM ${seatRows(priced)} AS seats
    LEFT JOIN (SELECT DISTINCT period, person, assistant FROM ${monthlyUse(usage, raw('0'))} AS used WHERE person IS NOT NULL) AS used
      ON used.period = seats.period AND used.person = seats.person AND used.assistant = seats.assistant
    WHERE used.person IS NULL GROUP BY seats.period`);
  const of = (period: number): number =>
    numberOf(
      found.find((row) => Number(row.period) === period),
      'micros',
    );
  return [of(0), of(1)];
}

/** The seats of people whom the filter is about, by the team that they are in today. */
export function seatsInFilter({ context: { roster }, filter }: Usage): Seat[] {
  const { people, teams, departments } = peopleLimit(filter);
  const { assistants = [] } = filter;
  return roster.seats.filter((seat) => {
    const details = roster.people.get(seat.person);
    return (
      (assistants.length === 0 || assistants.includes(seat.assistant)) &&
      (people === null || people.includes(seat.person)) &&
      teams.every((names) => names.includes(details?.team ?? '')) &&
      (departments === null || departments.includes(details?.department ?? ''))
    );
  });
}

/** Relation (period, person, assistant, list, calls, seen_price): all use of each holder. */
const heldUse = (usage: Usage, tiers: readonly PricedTier[]): Sql => sql`(
  SELECT period, person, assistant, sum(list) AS list, sum(calls) AS calls,
    sum(${priceByMonth(usage, tiers)}) AS seen_price
  FROM (
    SELECT period, coalesce(person, '') AS person, assistant, month, sum(list) AS list, sum(calls) AS calls,
      max(tier_micros) AS tier_micros
    FROM ${monthlyUse(usage, tierMicros(tiers))} AS months GROUP BY 1, 2, 3, 4
  ) AS monthly GROUP BY 1, 2, 3)`;

/** Relation (period, person, assistant, list, calls, price, assumed) of who holds a seat and uses it; null: nobody. */
function holdersRelation(usage: Usage): Sql | null {
  const tiers = pricedTiers(usage);
  const seats = pricedSeats(usage, usage.context.roster.seats);
  if (tiers.length === 0 && seats.length === 0) return null;
  return sql`(SELECT * FROM (
      SELECT held.period AS period, held.person AS person, held.assistant AS assistant, held.list AS list,
        held.calls AS calls, ${assumedSql(usage)} AS assumed, ${priceSql(usage)} AS price
      FROM ${heldUse(usage, tiers)} AS held LEFT JOIN ${seatRows(seats)} AS seats
        ON seats.period = held.period AND seats.person = held.person AND seats.assistant = held.assistant
    ) AS priced WHERE price > 0 AND list + calls > 0)`;
}

/** All use of each person, month by month, before what was worked on is filtered. */
function monthlyUse(usage: Usage, micros: Sql): Sql {
  const { people, teams, departments } = peopleLimit(usage.filter);
  // A team's people were elsewhere before: their whole use counts. A person's own use can be picked out beforehand.
  const condition =
    people !== null && teams.length === 0 && departments === null
      ? all([usage.unfiltered, usage.filteredPeople])
      : usage.unfiltered;
  const cells = sql`(
    SELECT ${periodNumber(usage.period)} AS period, ${monthNumber(usage, raw('quarter_hour'))} AS month, actor, ${usage.directory.slot} AS slot,
      assistant, sum(list_micros) AS list, sum(requests) AS calls, max(${micros}) AS tier_micros
    FROM usage_slice WHERE ${condition} GROUP BY 1, 2, 3, 4, 5)`;
  return resolved(cells, ['period', 'month', 'assistant', 'list', 'calls', 'tier_micros'], usage.directory);
}

/** Of a holder's seats the part that falls to a group: `held` and `mine` are all use, and the group's. */
export const PART = raw(`CAST(price AS DOUBLE) * (CASE WHEN held.list > 0 THEN mine.list ELSE mine.calls END)
  / (CASE WHEN held.list > 0 THEN held.list ELSE held.calls END)`);

/** What the filter leaves of each holder's use, by group. */
function mine(usage: Usage, grouping: Grouping): Sql {
  const { bucket, sliced, named } = groupColumns(grouping);
  const cells = sql`(
    SELECT ${periodNumber(usage.period)} AS period, ${bucket} AS bucket, ${sliced} AS sliced, actor,
      ${usage.directory.slot} AS slot, assistant, sum(list_micros) AS list, sum(requests) AS calls
    FROM usage_slice WHERE ${usage.filtered} GROUP BY 1, 2, 3, 4, 5, 6)`;
  const people = resolved(cells, ['period', 'bucket', 'sliced', 'assistant', 'list', 'calls'], usage.directory);
  return sql`(SELECT period, bucket, ${named} AS grp, coalesce(person, '') AS person, assistant,
    sum(list) AS list, sum(calls) AS calls FROM ${people} AS named GROUP BY 1, 2, 3, 4, 5)`;
}

const partsOf = (usage: Usage, holders: Sql, grouping: Grouping): Sql => sql`
  (SELECT mine.period AS period, mine.bucket AS bucket, mine.grp AS grp, held.assumed AS assumed, ${PART} AS part
    FROM ${mine(usage, grouping)} AS mine JOIN ${holders} AS held
      ON held.period = mine.period AND held.person = mine.person AND held.assistant = mine.assistant)`;

const MONEY = raw('sum(part) AS micros, sum(part * assumed) AS assumed');

const partsQuery = (usage: Usage, holders: Sql, grouping: Grouping): Sql =>
  sql`SELECT period, bucket, grp, ${MONEY} FROM ${partsOf(usage, holders, grouping)} AS parts GROUP BY 1, 2, 3`;

const sumQuery = (usage: Usage, holders: Sql): Sql =>
  sql`SELECT period, sum(round(part)) AS micros, sum(round(part) * is_assumed) AS assumed FROM (
      SELECT period, assumed AS is_assumed, part FROM ${partsOf(usage, holders, {})} AS parts
    ) AS rounded GROUP BY period`;
