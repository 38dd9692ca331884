import { resolved } from './directory.ts';
import { peopleLimit, workConditions } from './filter.ts';
import type { Grouping } from './group.ts';
import { groupColumns, groupIdOf, peopleQuery } from './group.ts';
import { numberOf } from './metric.ts';
import { localDayOf, periodNumber } from './period.ts';
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
import type { SeatCosts, SeatShare } from './seat-spread.ts';
import { PART, isWhole, seatCosts, seatsInFilter, sharesOf, wholeShares } from './seat-spread.ts';
import type { ReportRow, Sql } from './sql.ts';
import { raw, sql } from './sql.ts';
import type { Usage } from './usage.ts';

interface PeopleAndSeats {
  /** (period, bucket, grp, people, days): distinct people of a group, and their distinct days. */
  people: readonly ReportRow[];
  seats: SeatCosts;
}

/** Who used what, and what their seats cost: both from one look at the slices where that can be. */
export async function peopleAndSeats(usage: Usage, grouping: Grouping): Promise<PeopleAndSeats> {
  const { query } = usage.context;
  const people = (): Promise<ReportRow[]> => query(peopleQuery(usage, grouping));
  if (!takesAllUse(usage)) {
    const [found, seats] = await Promise.all([people(), seatCosts(usage, grouping)]);
    return { people: found, seats };
  }
  const seats = pricedSeats(usage, seatsInFilter(usage));
  const tiers = pricedTiers(usage);
  if (seats.length === 0 && tiers.length === 0)
    return { people: await people(), seats: { shares: [], unused: [0, 0] } };
  const kinds: [ReportRow[], ReportRow[], ReportRow[]] = [[], [], []];
  for (const row of await query(together(usage, grouping, seatRows(seats), tiers))) kinds[Number(row.kind)]?.push(row);
  return { people: kinds[PEOPLE], seats: costsOf(grouping, kinds[SUMS], kinds[PARTS]) };
}

/** Nothing of what the people of the filter did with an assistant is left out: their seats count whole. */
function takesAllUse({ filter }: Usage): boolean {
  const { teams, departments } = peopleLimit(filter);
  return workConditions(filter).length === 0 && teams.length === 0 && departments === null;
}

/** Kinds of rows of one answer. */
const [PEOPLE, SUMS, PARTS] = [0, 1, 2] as const;

/** Where a group is one person or one assistant, its seats are whole; there is nothing to divide. */
const wholeGroups = ({ bucket, by }: Grouping): boolean =>
  bucket === undefined && (by === undefined || by === 'user' || by === 'assistant');

function costsOf(grouping: Grouping, sums: readonly ReportRow[], parts: readonly ReportRow[]): SeatCosts {
  const total = (period: number): number =>
    sums.reduce((sum, row) => (Number(row.period) === period ? sum + numberOf(row, 'unused') : sum), 0);
  const unused: [number, number] = [total(0), total(1)];
  if (isWhole(grouping)) return { shares: wholeShares(sums), unused };
  if (!wholeGroups(grouping)) return { shares: sharesOf(grouping, sums, parts), unused };
  const shares = sums.flatMap((row): SeatShare[] => {
    const id = groupIdOf(row, grouping);
    const micros = numberOf(row, 'micros');
    if (id === null || micros === 0) return [];
    const { period, bucket, key } = id;
    return [{ period, bucket, key, micros, assumedMicros: numberOf(row, 'assumed') }];
  });
  return { shares, unused };
}

/** Use by person, assistant and day of each group; its ends are people, their seats, and the groups' parts of these. */
function together(
  usage: Usage,
  grouping: Grouping,
  seats: ReturnType<typeof seatRows>,
  tiers: readonly PricedTier[],
): Sql {
  const { bucket, sliced, named } = groupColumns(grouping);
  const cells = sql`(
    SELECT ${periodNumber(usage.period)} AS period, ${bucket} AS bucket, ${sliced} AS sliced, actor,
      ${usage.directory.slot} AS slot, assistant, ${localDayOf(usage.period)} AS local_day,
      max(quarter_hour) AS last_quarter, CAST(sum(list_micros) AS DOUBLE) AS list,
      CAST(sum(requests) AS DOUBLE) AS calls, max(${tierMicros(tiers)}) AS tier_micros
    FROM usage_slice WHERE ${usage.filtered} GROUP BY 1, 2, 3, 4, 5, 6, 7)`;
  const columns = [
    'period',
    'bucket',
    'sliced',
    'assistant',
    'local_day',
    'last_quarter',
    'list',
    'calls',
    'tier_micros',
  ];
  const key = wholeGroups(grouping) && grouping.by === 'user' ? `nullif(person, '')` : undefined;
  const sumKey = raw(key ?? (wholeGroups(grouping) && grouping.by === 'assistant' ? 'assistant' : `''`));
  return sql`
    WITH named AS (
      SELECT period, bucket, ${named} AS grp, person, assistant, local_day,
        ${monthNumber(usage, raw('last_quarter'))} AS month, list, calls, tier_micros
      FROM ${resolved(cells, columns, usage.directory)} AS cells
    ), used AS (
      SELECT period, person, assistant, sum(list) AS list, sum(calls) AS calls,
        sum(${priceByMonth(usage, tiers)}) AS seen_price
      FROM (
        SELECT period, coalesce(person, '') AS person, assistant, month, sum(list) AS list, sum(calls) AS calls,
          max(tier_micros) AS tier_micros
        FROM named GROUP BY 1, 2, 3, 4
      ) AS monthly GROUP BY 1, 2, 3
    ), costs AS (
      SELECT coalesce(held.period, seats.period) AS period, coalesce(held.person, seats.person) AS person,
        coalesce(held.assistant, seats.assistant) AS assistant, held.list AS list, held.calls AS calls,
        ${assumedSql(usage)} AS assumed,
        CASE WHEN held.person IS NULL OR held.list + held.calls = 0 THEN 0 ELSE ${priceSql(usage)} END AS price,
        CASE WHEN held.person IS NULL THEN seats.micros ELSE 0 END AS unused
      FROM used AS held FULL OUTER JOIN ${seats} AS seats
        ON seats.period = held.period AND seats.person = held.person AND seats.assistant = held.assistant
    )
    SELECT ${raw(String(PEOPLE))} AS kind, period, bucket, grp, CAST(count(DISTINCT person) AS DOUBLE) AS people,
      CAST(count(*) AS DOUBLE) AS days, 0.0 AS micros, 0.0 AS assumed, 0.0 AS unused
    FROM (SELECT DISTINCT period, bucket, grp, person, local_day FROM named WHERE person IS NOT NULL) AS person_days
    GROUP BY period, bucket, grp
    UNION ALL SELECT ${raw(String(SUMS))} AS kind, period, 0 AS bucket, ${sumKey} AS grp, 0.0 AS people, 0.0 AS days,
      CAST(sum(price) AS DOUBLE) AS micros, CAST(sum(price * assumed) AS DOUBLE) AS assumed,
      CAST(sum(unused) AS DOUBLE) AS unused
    FROM costs GROUP BY 1, 2, 3, 4${wholeGroups(grouping) ? raw('') : PARTS_OF_GROUPS}`;
}

const PARTS_OF_GROUPS = sql`
    UNION ALL SELECT ${raw(String(PARTS))} AS kind, period, bucket, grp, 0.0 AS people, 0.0 AS days,
      sum(part) AS micros, sum(part * assumed) AS assumed, 0.0 AS unused FROM (
        SELECT mine.period AS period, mine.bucket AS bucket, mine.grp AS grp, held.assumed AS assumed, ${PART} AS part
        FROM (
          SELECT period, bucket, grp, coalesce(person, '') AS person, assistant, sum(list) AS list, sum(calls) AS calls
          FROM named GROUP BY 1, 2, 3, 4, 5
        ) AS mine JOIN costs AS held
          ON held.period = mine.period AND held.person = mine.person AND held.assistant = mine.assistant
        WHERE held.price > 0
      ) AS parts GROUP BY period, bucket, grp`;
