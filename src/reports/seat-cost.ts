import type { Bucket } from '../usage/buckets.ts';
import { bucketsOf } from '../usage/buckets.ts';
import type { DateRange } from '../usage/dates.ts';
import { DAY_MS } from '../usage/days.ts';
import type { Assistant } from '../usage/event.ts';
import type { Seat } from '../usage/seat.ts';
import { seatMicros } from '../usage/seat-prices.ts';
import { findTier } from '../usage/tiers.ts';
import { dayStartMs, localDay } from '../usage/zone.ts';
import type { ReportContext } from './context.ts';

/** What a period's seats of one person for one assistant cost. */
export interface HolderCost {
  person: string;
  assistant: Assistant;
  micros: number;
}

/** Days of the span divided by the days of its month; a day cut by the span's ends counts in part. */
export function heldShare({ startMs, endMs }: Pick<Bucket, 'startMs' | 'endMs'>, tz: string): number {
  const first = new Date(localDay(startMs, tz) * DAY_MS);
  const daysOfMonth = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return (dayAndFraction(endMs, tz) - dayAndFraction(startMs, tz)) / daysOfMonth;
}

function dayAndFraction(ms: number, tz: string): number {
  const day = localDay(ms, tz);
  const startMs = dayStartMs(day, tz);
  return day + (ms - startMs) / (dayStartMs(day + 1, tz) - startMs);
}

/** What the seat costs in a period: its price for each month, by the days held. */
export function seatCost(seat: Seat, { fromMs, toMs, tz }: DateRange): number {
  const held = { fromMs: Math.max(fromMs, seat.fromMs), toMs: Math.min(toMs, seat.toMs ?? toMs), tz };
  if (held.fromMs >= held.toMs) return 0;
  return bucketsOf(held, 'month').reduce(
    (sum, month) => sum + Math.round(seat.monthlyMicros * heldShare(month, tz)),
    0,
  );
}

/** Each holder's seats of each assistant together, those that cost something. */
export function holderCosts(seats: readonly Seat[], range: DateRange): HolderCost[] {
  const costs = new Map<string, HolderCost>();
  // Most seats have one price and one time: worked out once.
  const known = new Map<string, number>();
  for (const seat of seats) {
    const [fromMs, toMs] = [Math.max(seat.fromMs, range.fromMs), Math.min(seat.toMs ?? range.toMs, range.toMs)];
    const terms = `${seat.monthlyMicros}:${fromMs}:${toMs}`;
    const micros = known.get(terms) ?? seatCost(seat, range);
    known.set(terms, micros);
    if (micros === 0) continue;
    const key = `${seat.person} ${seat.assistant}`;
    const { person, assistant } = seat;
    costs.set(key, { person, assistant, micros: (costs.get(key)?.micros ?? 0) + micros });
  }
  return [...costs.values()];
}

/** Assistants whose seats the roster knows; for the others the tier that is seen in the data stands. */
export const rosteredAssistants = (seats: readonly Seat[]): Assistant[] => [
  ...new Set(seats.map(({ assistant }) => assistant)),
];

/** Of a month; 0 for a tier that is not known, or whose price each customer agrees on. */
export function defaultPrice({ seatPrices }: ReportContext, assistant: Assistant, name: string): number {
  const tier = findTier(assistant, name);
  if (tier === null) return 0;
  return seatPrices?.get(`${assistant}:${tier.id}`) ?? seatMicros(tier) ?? 0;
}
