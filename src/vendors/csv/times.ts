import { DAY_MS, parseDate } from '../../usage/days.ts';

/** A moment as a file writes it. */
export interface WrittenTime {
  /** Milliseconds UTC; the start of the day where only that is said. */
  atMs: number;
  /** To what it is exact. */
  to: 'millisecond' | 'second' | 'day';
}

const FIRST_MS = Date.UTC(2000, 0, 1);
const LAST_MS = Date.UTC(2100, 0, 1);
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const CLOCK = String.raw`(?:(?:,|\s+at|T)?\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?)?`;
const ZONE = String.raw`\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${CLOCK}${ZONE}$`, 'i');
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})${CLOCK}${ZONE}$`, 'i');
const MONTH_FIRST = new RegExp(String.raw`^([a-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(\d{4})${CLOCK}${ZONE}$`, 'i');
const DAY_FIRST = new RegExp(String.raw`^(\d{1,2})\.?\s+([a-z]{3})[a-z]*\.?,?\s+(\d{4})${CLOCK}${ZONE}$`, 'i');

type Clock = readonly (string | undefined)[];

/**
 * Reads what vendors and spreadsheets write; without an offset it is UTC, in which all of these vendors count. Text
 * says why it cannot be read: `3/4/2026` may be March or April.
 */
export function readTime(text: string): WrittenTime | string {
  const written = epoch(text) ?? calendar(text.replace(/[\u00a0\u202f]/g, ' '));
  if (typeof written === 'string') return written;
  return written.atMs >= FIRST_MS && written.atMs < LAST_MS ? written : 'lies in another century';
}

function epoch(text: string): WrittenTime | null {
  if (/^\d{13}$/.test(text)) return { atMs: Number(text), to: 'millisecond' };
  return /^\d{10}$/.test(text) ? { atMs: Number(text) * 1000, to: 'second' } : null;
}

function calendar(text: string): WrittenTime | string {
  const [, year = '', month = '', day = '', ...clock] = YEAR_FIRST.exec(text) ?? [];
  if (year !== '') return at(year, month, day, clock);
  const named = MONTH_FIRST.exec(text);
  if (named) return at(named[3], monthOf(named[1]), named[2], named.slice(4));
  const dayNamed = DAY_FIRST.exec(text);
  if (dayNamed) return at(dayNamed[3], monthOf(dayNamed[2]), dayNamed[1], dayNamed.slice(4));
  const last = YEAR_LAST.exec(text);
  if (!last) return 'is no date';
  const [, one = '', sign, other = '', lastYear = '', ...lastClock] = last;
  // Written with dots the day comes first everywhere.
  if (sign === '.' || Number(one) > 12 || one === other) return at(lastYear, other, one, lastClock);
  if (Number(other) > 12) return at(lastYear, one, other, lastClock);
  return 'does not tell the day from the month; write it as 2026-03-29';
}

const monthOf = (name = ''): string => String(MONTHS.indexOf(name.toLowerCase()) + 1);

function at(year = '', month = '', day = '', clock: Clock): WrittenTime | string {
  const days = parseDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  if (days === null) return 'is a day that no calendar has';
  const [hour, minute = '0', second, fraction, half, offset] = clock;
  if (hour === undefined) return { atMs: days * DAY_MS, to: 'day' };
  const hours = hourOf(Number(hour), half);
  if (hours === null || Number(minute) > 59 || Number(second ?? 0) > 59) return 'holds a time that no clock shows';
  const seconds = hours * 3600 + Number(minute) * 60 + Number(second ?? 0);
  const millis = Number((fraction ?? '').slice(0, 3).padEnd(3, '0'));
  const atMs = days * DAY_MS + seconds * 1000 + millis - offsetMs(offset);
  return { atMs, to: fraction === undefined ? 'second' : 'millisecond' };
}

function hourOf(hour: number, half: string | undefined): number | null {
  if (half === undefined) return hour < 24 ? hour : null;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0);
}

function offsetMs(text: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(text ?? '') ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
