import { DAY_MS, quarterHour } from '../usage/days.ts';
import type { Assistant } from '../usage/event.ts';
import type { Seat } from '../usage/seat.ts';
import { seatChains } from '../usage/seat.ts';
import type { Figures } from './figures.ts';
import { figuresFrom } from './figures.ts';
import { totalsBy, wholeOf } from './grouped.ts';
import type { Metric } from './metric.ts';
import { numberOf, ratio, textOf } from './metric.ts';
import type { Missing } from './missing.ts';
import { missing } from './missing.ts';
import { resolved } from './directory.ts';
import { activeDaysQuery } from './person-days.ts';
import { seatCost } from './seat-cost.ts';
import { seatsInFilter } from './seat-spread.ts';
import { integer, sql } from './sql.ts';
import type { Question, Usage } from './usage.ts';
import { openUsage } from './usage.ts';

const metric = (key: string, title: string, definition: string, more: Partial<Metric> = {}): Metric => ({
  ...{ key, title, definition, unit: 'count', denominator: null, whenEmpty: null },
  ...more,
});

export const VALUE_METRICS: readonly Metric[] = [
  metric(
    'inactiveSeats',
    'Inactive seats',
    'Seats held for 14 days or longer whose holder has no event of that assistant in the period, which is widened to at least 30 days for this figure.',
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

export interface SeatUse {
  person: string;
  assistant: Assistant;
  plan: string;
  monthlyMicros: number;
  /** In the period. */
  costMicros: number;
  apiEquivalentMicros: number;
  multiple: number | null;
  /** Over the widened period. */
  lastMs: number | null;
  state: 'inactive' | 'underused' | 'used' | 'new';
}

export interface DecliningUser {
  person: string;
  activeDays: number;
  activeDaysBefore: number;
}

export interface Value {
  figures: Figures;
  previous: Figures;
  assistants: { assistant: string; figures: Figures }[];
  /** Null: no seats are on the roster. */
  inactiveSeats: number | null;
  recoverableMicros: number | null;
  underusedSeats: number | null;
  seats: SeatUse[];
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
    decliningUsers(usage),
  ]);
  const has = question.context.roster.seats.length > 0;
  const inactive = seats.filter(({ state }) => state === 'inactive');
  return {
    figures: figuresFrom(wholeOf(whole, 0)),
    previous: figuresFrom(wholeOf(whole, 1)),
    assistants: [...byAssistant.groups.values()]
      .filter(({ period }) => period === 0)
      .map(({ key, totals }) => ({ assistant: key ?? '', figures: figuresFrom(totals) }))
      .sort(
        (a, b) => (b.figures.costMicros ?? 0) - (a.figures.costMicros ?? 0) || (a.assistant < b.assistant ? -1 : 1),
      ),
    inactiveSeats: has ? inactive.length : null,
    recoverableMicros: has ? inactive.reduce((sum, { monthlyMicros }) => sum + monthlyMicros, 0) : null,
    underusedSeats: has ? seats.filter(({ state }) => state === 'underused').length : null,
    seats,
    declining,
    missing: missing(!has && 'seats'),
  };
}

/** Of every seat that is held at the period's end. */
async function seatUse(question: Question): Promise<SeatUse[]> {
  const { fromMs, toMs } = question.range;
  const widened = await openUsage(
    { ...question, range: { ...question.range, fromMs: Math.min(fromMs, toMs - WIDEST_NEEDED) } },
    { withoutPrevious: true },
  );
  const from = quarterHour(fromMs);
  const cells = sql`(
    SELECT actor, ${widened.directory.slot} AS slot, assistant, max(last_ms) AS ended_ms,
      CAST(sum(CASE WHEN quarter_hour >= ${integer(from)} THEN list_micros ELSE 0 END) AS DOUBLE) AS list
    FROM usage_slice WHERE ${widened.unfiltered} GROUP BY 1, 2, 3)`;
  const rows = await question.context.query(sql`
    SELECT person, assistant, max(ended_ms) AS ended_ms, sum(list) AS list
    FROM ${resolved(cells, ['assistant', 'ended_ms', 'list'], widened.directory)} AS used GROUP BY person, assistant`);
  const use = new Map(rows.map((row) => [`${textOf(row, 'person') ?? ''} ${String(row.assistant)}`, row]));
  const held = seatsInFilter(widened).filter((seat) => seat.fromMs < toMs && (seat.toMs ?? toMs) >= toMs);
  const chainOf = seatChains(question.context.roster.seats);
  return held
    .map((seat) => useOf(seat, chainOf(seat), use.get(`${seat.person} ${seat.assistant}`), widened, question))
    .sort((a, b) => b.monthlyMicros - a.monthlyMicros || (a.person + a.assistant < b.person + b.assistant ? -1 : 1));
}

/** `chain`: the seat with what it was before: another price does not make it a new one. */
function useOf(
  seat: Seat,
  chain: readonly Seat[],
  row: Parameters<typeof numberOf>[0],
  widened: Usage,
  { range }: Question,
): SeatUse {
  const costMicros = chain.reduce((sum, one) => sum + seatCost(one, range), 0);
  const worth = numberOf(row, 'list');
  const heldMs = widened.period.range.toMs - (chain.at(-1) ?? seat).fromMs;
  const { person, assistant, plan, monthlyMicros } = seat;
  const unused = row === undefined;
  const state = unused ? (heldMs >= HELD_LONG_MS ? 'inactive' : 'new') : worth < costMicros ? 'underused' : 'used';
  return {
    ...{ person, assistant, plan, monthlyMicros, costMicros, state },
    apiEquivalentMicros: worth,
    multiple: ratio(worth, costMicros),
    lastMs: unused ? null : numberOf(row, 'ended_ms'),
  };
}

async function decliningUsers(usage: Usage): Promise<DecliningUser[]> {
  if (usage.period.range.toMs - usage.period.range.fromMs < HELD_LONG_MS) return [];
  const rows = await usage.context.query(activeDaysQuery(usage));
  return rows
    .map((row) => ({
      person: String(row.person),
      activeDays: numberOf(row, 'days_now'),
      activeDaysBefore: numberOf(row, 'days_before'),
    }))
    .filter(({ activeDays, activeDaysBefore }) => activeDays > 0 && activeDays * 2 <= activeDaysBefore)
    .sort(
      (a, b) =>
        b.activeDaysBefore - b.activeDays - (a.activeDaysBefore - a.activeDays) || (a.person < b.person ? -1 : 1),
    );
}
