import { BoundedMap } from './bounded-map.ts';
import { DateError, quoted } from './date-error.ts';
import { DAY_MS, parseDate, utcDay } from './days.ts';

/**
 * Calendar days of a time zone. A wall time is written as the UTC milliseconds at which UTC's clocks show it;
 * wall time = instant + offset.
 */

// Zone names come from query strings, in any case; making a formatter is slow, keeping one takes kilobytes.
const formatters = new BoundedMap<string, Intl.DateTimeFormat>(600);

function formatterOf(tz: string): Intl.DateTimeFormat {
  const name = tz.toLowerCase();
  return formatters.getOr(name, () => {
    try {
      const numeric = {
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      } as const;
      return new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', year: 'numeric', ...numeric });
    } catch (cause) {
      throw new DateError('tz', `${quoted(tz)} is no time zone; write one such as Europe/Berlin or UTC`, { cause });
    }
  });
}

/** Throws a DateError (`tz`) where the zone is not known. */
export const checkZone = (tz: string): void => void formatterOf(tz);

/** What the zone's clocks are ahead of UTC at an instant, ms. Throws a DateError (`tz`). */
export function offsetMs(ms: number, tz: string): number {
  if (tz === 'UTC') return 0;
  const numbers = formatterOf(tz).format(ms).match(/\d+/g)?.map(Number) ?? [];
  const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = numbers;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1_000) * 1_000;
}

// No zone has ever been further from UTC than this.
const REACH_MS = 16 * 3_600_000;

/** The instant in (after, until] from which on the offset of `until` holds; null where it does not change. */
export function transition(after: number, until: number, tz: string): number | null {
  const last = offsetMs(until, tz);
  if (offsetMs(after, tz) === last) return null;
  let before = after;
  let found = until;
  while (found - before > 1) {
    const middle = Math.floor((before + found) / 2);
    if (offsetMs(middle, tz) === last) found = middle;
    else before = middle;
  }
  return found;
}

/**
 * The instant at which the zone's clocks show a wall time: the first of two where clocks were put back, the moment
 * of the change where they skipped it.
 */
export function instantOf(wallMs: number, tz: string): number {
  const earlier = offsetMs(wallMs - REACH_MS, tz);
  const later = offsetMs(wallMs + REACH_MS, tz);
  const change = earlier === later ? null : transition(wallMs - REACH_MS, wallMs + REACH_MS, tz);
  if (change === null || wallMs - earlier < change) return wallMs - earlier;
  return Math.max(change, wallMs - later);
}

/** The calendar day (days since 1970-01-01) that an instant falls on. */
export const localDay = (ms: number, tz: string): number => utcDay(ms + offsetMs(ms, tz));

/** The instant at which a calendar day (number, or `2026-03-29`) begins in a zone. Throws a DateError. */
export function dayStartMs(date: string | number, tz: string): number {
  const day = typeof date === 'number' ? date : parseDate(date);
  if (day === null) throw new DateError('date', `${quoted(String(date))} is no day; write one such as 2026-03-29`);
  return instantOf(day * DAY_MS, tz);
}
