import type { DateRange } from '../usage/dates.ts';
import { DAY_MS, quarterHour } from '../usage/days.ts';
import type { Assistant } from '../usage/event.ts';
import type { Seat } from '../usage/seat.ts';
import { seatChains } from '../usage/seat.ts';
import type { Figures } from './figures.ts';
import { figuresFrom } from './figures.ts';
import { totalsBy, wholeOf } from './grouped.ts';
import type { Metric } from './metric.ts';
import { numberOf, numberOrNull, ratio, textOf } from './metric.ts';
import type { Missing } from './missing.ts';
import { missing } from './missing.ts';
import { resolved } from './directory.ts';
import { QUARTER_MS, periodOf } from './period.ts';
import { activeDaysQuery } from './person-days.ts';
import { seatCost } from './seat-cost.ts';
import { seatsInFilter } from './seat-spread.ts';
import type { ReportRow } from './sql.ts';
import { integer, joined, raw, sql } from './sql.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';

const metric = (key: string, title: string, definition: string, more: Partial<Metric> = {}): Metric => ({
  ...{ key, title, definition, unit: 'count', denominator: null, whenEmpty: null },
  ...more,
});

export const VALUE_METRICS: readonly Metric[] = [
  metric(
    'inactiveSeats',
    'Inactive seats',
    'Seats held for 14 days or longer whose holder has no event of that assistant in the period, which is widened to at least 30 days for this figure. Before: as that would have been said at the end of the period before.',
  ),
  metric('recoverableMicros', 'Recoverable cost', 'The monthly price of the inactive seats together.', {
    unit: 'micro-dollars',
  }),
  metric(
    'underusedSeats',
    'Underused seats',
    'Seats in use whose API-equivalent value in the period is below what they cost in it.',
  ),
  metric(
    'decliningUsers',
    'Declining',
    'People active in both periods, of 14 days or more each, whose active days are down by half or more.',
  ),
];

export interface SeatWorth {
  /** In the period. */
  costMicros: number;
  apiEquivalentMicros: number;
  multiple: number | null;
  state: 'inactive' | 'underused' | 'used' | 'new';
}

export interface SeatUse extends SeatWorth {
  person: string;
  assistant: Assistant;
  plan: string;
  monthlyMicros: number;
  /** Over the widened period. */
  lastMs: number | null;
}

/** Null: no seats are on the roster. */
export interface SeatCounts {
  inactiveSeats: number | null;
  recoverableMicros: number | null;
  underusedSeats: number | null;
}

export interface DecliningUser {
  person: string;
  activeDays: number;
  activeDaysBefore: number;
}

interface ValueOfPeriod extends SeatCounts {
  figures: Figures;
  decliningUsers: number;
}

export interface Value extends ValueOfPeriod {
  /** As all of it would have been said at the end of the period before. */
  previous: ValueOfPeriod;
  /** `previous` null: it had no use then. */
  assistants: { assistant: string; figures: Figures; previous: Figures | null }[];
  /** Those that are held at the period's end; `previous` null: not held at that of the one before. */
  seats: (SeatUse & { previous: SeatWorth | null })[];
  declining: DecliningUser[];
  missing: Missing;
}

const WIDEST_NEEDED = 30 * DAY_MS;
const HELD_LONG_MS = 14 * DAY_MS;

/** Whether the money is well spent. */
export async function value(question: Question): Promise<Value> {
  const usage = await openUsage(question);
  const [whole, byAssistant, seats, declining] = await Promise.all([
    totalsBy(usage),
    totalsBy(usage, { by: 'assistant' }),
    seatUse(question),
    decliningUsers(question),
  ]);
  const has = question.context.roster.seats.length > 0;
  const countsOf = (period: 0 | 1): ValueOfPeriod => {
    const inactive = seats[period].filter(({ state }) => state === 'inactive');
    return {
      figures: figuresFrom(wholeOf(whole, period)),
      inactiveSeats: has ? inactive.length : null,
      recoverableMicros: has ? inactive.reduce((sum, { monthlyMicros }) => sum + monthlyMicros, 0) : null,
      underusedSeats: has ? seats[period].filter(({ state }) => state === 'underused').length : null,
      decliningUsers: declining[period].length,
    };
  };
  const assistants = (period: 0 | 1): Map<string, Figures> =>
    new Map(
      [...byAssistant.groups.values()].flatMap((group) =>
        group.period === period ? [[group.key ?? '', figuresFrom(group.totals)]] : [],
      ),
    );
  const assistantsBefore = assistants(1);
  const seatsBefore = new Map(seats[1].map((seat) => [holderOf(seat), worthOf(seat)]));
  return {
    ...countsOf(0),
    previous: countsOf(1),
    assistants: [...assistants(0)]
      .map(([assistant, its]) => ({ assistant, figures: its, previous: assistantsBefore.get(assistant) ?? null }))
      .sort(
        (a, b) => (b.figures.costMicros ?? 0) - (a.figures.costMicros ?? 0) || (a.assistant < b.assistant ? -1 : 1),
      ),
    seats: seats[0].map((seat) => ({ ...seat, previous: seatsBefore.get(holderOf(seat)) ?? null })),
    declining: declining[0],
    missing: missing(!has && 'seats'),
  };
}

const holderOf = ({ person, assistant }: Pick<Seat, 'person' | 'assistant'>): string => `${person} ${assistant}`;
const worthOf = ({ costMicros, apiEquivalentMicros, multiple, state }: SeatUse): SeatWorth => ({
  ...{ costMicros, apiEquivalentMicros, multiple, state },
});
const widened = ({ fromMs, toMs }: DateRange): number => Math.min(fromMs, toMs - WIDEST_NEEDED);

/** Of every seat that is held at the period's end, and of those that were held at the end of the one before. */
async function seatUse(question: Question): Promise<readonly [SeatUse[], SeatUse[]]> {
  const spans = periodOf(question.range);
  const periods = [spans.range, spans.previous] as const;
  const usage = await openUsage(question, { sinceMs: widened(spans.previous) });
  // Two windows that may overlap, from one look.
  const windows = periods.map((span, i) => {
    const since = (ms: number) => sql`quarter_hour >= ${integer(quarterHour(ms))}`;
    const within = sql`quarter_hour < ${integer(quarterHour(span.toMs))}`;
    return sql`, max(CASE WHEN ${since(widened(span))} AND ${within} THEN last_ms END) AS ended_${raw(String(i))},
      CAST(sum(CASE WHEN ${since(span.fromMs)} AND ${within} THEN list_micros ELSE 0 END) AS DOUBLE)
        AS list_${raw(String(i))}`;
  });
  const cells = sql`(
    SELECT actor, ${usage.directory.slot} AS slot, assistant ${joined(windows, '')}
    FROM usage_slice WHERE ${usage.unfiltered} GROUP BY 1, 2, 3)`;
  const columns = ['ended_0', 'list_0', 'ended_1', 'list_1'];
  const rows = await question.context.query(sql`
    SELECT person, assistant, max(ended_0) AS ended_0, sum(list_0) AS list_0, max(ended_1) AS ended_1,
      sum(list_1) AS list_1
    FROM ${resolved(cells, ['assistant', ...columns], usage.directory)} AS used GROUP BY person, assistant`);
  const use = new Map(rows.map((row) => [`${textOf(row, 'person') ?? ''} ${String(row.assistant)}`, row]));
  const chainOf = seatChains(question.context.roster.seats);
  const seatsAt = (period: 0 | 1): SeatUse[] =>
    seatsInFilter(usage)
      .filter(({ fromMs, toMs }) => fromMs < periods[period].toMs && (toMs ?? Infinity) >= periods[period].toMs)
      .map((seat) => useOf(seat, chainOf(seat), periods[period], usedIn(use.get(holderOf(seat)), period)))
      .sort((a, b) => b.monthlyMicros - a.monthlyMicros || (a.person + a.assistant < b.person + b.assistant ? -1 : 1));
  return [seatsAt(0), seatsAt(1)];
}

interface Used {
  /** Null: not at all. */
  lastMs: number | null;
  worth: number;
}

const usedIn = (row: ReportRow | undefined, period: 0 | 1): Used => ({
  lastMs: row ? numberOrNull(row, `ended_${period}`) : null,
  worth: numberOf(row, `list_${period}`),
});

/** `chain`: the seat with what it was before: another price does not make it a new one. */
function useOf(seat: Seat, chain: readonly Seat[], span: DateRange, { lastMs, worth }: Used): SeatUse {
  const costMicros = chain.reduce((sum, one) => sum + seatCost(one, span), 0);
  const heldMs = span.toMs - (chain.at(-1) ?? seat).fromMs;
  const { person, assistant, plan, monthlyMicros } = seat;
  const unused = heldMs >= HELD_LONG_MS ? 'inactive' : 'new';
  return {
    ...{ person, assistant, plan, monthlyMicros, costMicros, lastMs },
    apiEquivalentMicros: worth,
    multiple: ratio(worth, costMicros),
    state: lastMs === null ? unused : worth < costMicros ? 'underused' : 'used',
  };
}

/** Of the period, and of the one before, which is held against the one before that. */
async function decliningUsers(question: Question): Promise<readonly [DecliningUser[], DecliningUser[]]> {
  const { range, from, quarters } = periodOf(question.range);
  if (range.toMs - range.fromMs < HELD_LONG_MS) return [[], []];
  const usage = await openUsage(question, { sinceMs: (from - 2 * quarters) * QUARTER_MS });
  const rows = await usage.context.query(activeDaysQuery(usage));
  const decliningIn = (period: 0 | 1): DecliningUser[] =>
    rows
      .map((row) => ({
        person: String(row.person),
        activeDays: numberOf(row, `days_${period}`),
        activeDaysBefore: numberOf(row, `days_${period + 1}`),
      }))
      .filter(({ activeDays, activeDaysBefore }) => activeDays > 0 && activeDays * 2 <= activeDaysBefore)
      .sort(
        (a, b) =>
          b.activeDaysBefore - b.activeDays - (a.activeDaysBefore - a.activeDays) || (a.person < b.person ? -1 : 1),
      );
  return [decliningIn(0), decliningIn(1)];
}
