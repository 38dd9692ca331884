import { DateError, quoted } from './date-error.ts';
import type { DateParameter } from './date-error.ts';
import { DAY_MS, dateOf, parseDate } from './days.ts';
import { checkZone, dayStartMs, instantOf } from './zone.ts';

/** A span of time, ms UTC, as a viewer in `tz` sees it. */
export interface DateRange {
  /** Inclusive. */
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  /** IANA name. */
  tz: string;
}

const DEFAULT_DAYS = 30;
const FIRST_MS = 0;
const LAST_MS = Date.UTC(2200, 0, 1);
const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?(Z|[+-](?:0\d|1[0-8]):?[0-5]\d)?$/i;
const RELATIVE = /^(\d{1,5})([dwmy])$/i;

/**
 * The instant (ms UTC) that a `--since` value means: `7d` `2w` back from now, `1m` `1y` back by the (UTC) calendar,
 * an ISO date (its start) or an ISO date-time; without an offset these are in `tz`. Throws a DateError (`since`).
 */
export function parseSince(text: string, nowMs: number, tz = 'UTC'): number {
  const [, amount, unit] = RELATIVE.exec(text.trim()) ?? [];
  const ms = amount && unit ? stepBack(nowMs, Number(amount), unit.toLowerCase()) : parseInstant('since', text, tz);
  if (ms > nowMs) throw new DateError('since', `${quoted(text)} lies in the future`);
  return inBounds('since', text, ms);
}

function stepBack(nowMs: number, amount: number, unit: string): number {
  if (unit === 'd') return nowMs - amount * DAY_MS;
  if (unit === 'w') return nowMs - amount * 7 * DAY_MS;
  const now = new Date(nowMs);
  const month = now.getUTCMonth() - amount * (unit === 'y' ? 12 : 1);
  // Day 0 of the month after is the month's last: a month before 31 March is 28 or 29 February.
  const lastDay = new Date(Date.UTC(now.getUTCFullYear(), month + 1, 0)).getUTCDate();
  return Date.UTC(now.getUTCFullYear(), month, Math.min(now.getUTCDate(), lastDay)) + (nowMs % DAY_MS);
}

function parseInstant(parameter: DateParameter, text: string, tz: string): number {
  const trimmed = text.trim();
  const date = parseDate(trimmed);
  if (date !== null) return dayStartMs(date, tz);
  const [, dayText = '', hour, minute, second = '0', fraction = '', offset] = DATE_TIME.exec(trimmed) ?? [];
  const day = parseDate(dayText);
  if (day === null) throw new DateError(parameter, unreadable(parameter, text));
  const millis = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const wall = day * DAY_MS + Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1_000 + millis;
  return offset === undefined ? instantOf(wall, tz) : wall - offsetOf(offset);
}

function offsetOf(text: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(text) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function unreadable(parameter: DateParameter, text: string): string {
  const relative = parameter === 'since' ? '7d, 2w, 1m, 1y, ' : '';
  return `${quoted(text)} is no date; write ${relative}2026-03-29 or 2026-03-29T10:00:00Z`;
}

function inBounds(parameter: DateParameter, text: string, ms: number): number {
  if (ms >= FIRST_MS && ms < LAST_MS) return ms;
  throw new DateError(parameter, `${quoted(text)} lies outside ${dateOf(0)} to ${dateOf(LAST_MS / DAY_MS - 1)}`);
}

/** What a report was asked for, as it came. */
export interface RangeQuery {
  from?: string | undefined;
  to?: string | undefined;
  tz?: string | undefined;
}

/**
 * The range of a report. Dates without a time are calendar days in `tz` (default UTC) and stand for their start, so
 * that `to` is the first day no longer counted. Without `to` it ends now, without `from` it is 30 days long.
 * Throws a DateError that names the parameter.
 */
export function resolveRange(query: RangeQuery, nowMs: number): DateRange {
  const tz = query.tz ?? 'UTC';
  checkZone(tz);
  const toMs = query.to === undefined ? nowMs : bound('to', query.to, tz);
  const fromMs = query.from === undefined ? toMs - DEFAULT_DAYS * DAY_MS : bound('from', query.from, tz);
  if (fromMs < toMs) return { fromMs, toMs, tz };
  if (query.to === undefined) throw new DateError('from', `${quoted(query.from ?? '')} lies in the future`);
  throw new DateError('to', `${quoted(query.to)} must be later than from; it is the first day or moment not counted`);
}

const bound = (parameter: 'from' | 'to', text: string, tz: string): number =>
  inBounds(parameter, text, parseInstant(parameter, text, tz));

/** The period before: of the same length, ending where this one starts. */
export const previous = (range: DateRange): DateRange => ({
  fromMs: range.fromMs - (range.toMs - range.fromMs),
  toMs: range.fromMs,
  tz: range.tz,
});
