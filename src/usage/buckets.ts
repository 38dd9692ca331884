import { DateError } from './date-error.ts';
import type { DateRange } from './dates.ts';
import { DAY_MS, dateOf } from './days.ts';
import { dayStartMs, localDay, offsetMs, transition } from './zone.ts';

export const INTERVALS = ['hour', 'day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

export interface Bucket {
  /** Inclusive, ms UTC. */
  startMs: number;
  /** Exclusive. */
  endMs: number;
  /** `2026-03-29T01:00+01:00`, `2026-03-29`, `2026-W13`, `2026-03`; unique in its list. */
  label: string;
}

const HOUR_MS = 3_600_000;
const LIMIT = 20_000;
const SHORTEST: Readonly<Record<Interval, number>> = {
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 28 * DAY_MS,
};

/**
 * The range cut along the calendar of its zone: the buckets tile it exactly, so the first and the last may be
 * incomplete. Weeks are ISO weeks (from Monday). Days with a change of clocks have 23 or 25 hours; an hour in
 * which clocks change is cut at the change. Throws a DateError (`interval`) for more than 20,000 buckets.
 */
export function bucketsOf(range: DateRange, interval: Interval): Bucket[] {
  if ((range.toMs - range.fromMs) / SHORTEST[interval] > LIMIT) {
    throw new DateError('interval', `${interval} is too fine for so long a range; choose a coarser one`);
  }
  const buckets: Bucket[] = [];
  let startMs = range.fromMs;
  while (startMs < range.toMs) {
    const next = interval === 'hour' ? nextHour(startMs, range.tz) : nextPeriod(startMs, interval, range.tz);
    const endMs = Math.min(next, range.toMs);
    buckets.push({ startMs, endMs, label: labelOf(startMs, interval, range.tz) });
    startMs = endMs;
  }
  return buckets;
}

/** A bucket moved back by so much: as long as before, named by the hour, day … that its middle lies in. */
export function movedBack(bucket: Bucket, byMs: number, interval: Interval, tz: string): Bucket {
  const [startMs, endMs] = [bucket.startMs - byMs, bucket.endMs - byMs];
  return { startMs, endMs, label: labelOf(Math.floor((startMs + endMs) / 2), interval, tz) };
}

function nextHour(ms: number, tz: string): number {
  const offset = offsetMs(ms, tz);
  const next = (Math.floor((ms + offset) / HOUR_MS) + 1) * HOUR_MS - offset;
  return transition(ms, next, tz) ?? next;
}

/** The first start of a day, week or month after the instant. A day that a zone skipped starts no bucket. */
function nextPeriod(ms: number, interval: Exclude<Interval, 'hour'>, tz: string): number {
  let day = localDay(ms, tz);
  let next = ms;
  while (next <= ms) {
    day = following(day, interval);
    next = dayStartMs(day, tz);
  }
  return next;
}

function following(day: number, interval: Exclude<Interval, 'hour'>): number {
  if (interval === 'day') return day + 1;
  if (interval === 'week') return mondayOf(day) + 7;
  const date = new Date(day * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY_MS;
}

/** Day 0 was a Thursday. */
const mondayOf = (day: number): number => day - ((((day + 3) % 7) + 7) % 7);

function labelOf(ms: number, interval: Interval, tz: string): string {
  if (interval === 'hour') return hourLabel(ms, offsetMs(ms, tz));
  const day = localDay(ms, tz);
  if (interval === 'week') return weekLabel(day);
  return interval === 'day' ? dateOf(day) : dateOf(day).slice(0, 7);
}

/** With its offset, which tells the two hours apart that share a name when clocks are put back. */
function hourLabel(ms: number, offset: number): string {
  const wall = new Date(ms + offset).toISOString().slice(0, 16);
  const minutes = Math.abs(offset) / 60_000;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${wall}${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** An ISO week belongs to the year that its Thursday is in. */
function weekLabel(day: number): string {
  const thursday = mondayOf(day) + 3;
  const year = new Date(thursday * DAY_MS).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1) / DAY_MS) / 7) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}
