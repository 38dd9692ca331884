/** Days and quarter-hours as integers: what is stored with each event, so that no query needs a calendar. */

export const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;

/** Days since 1970-01-01 UTC. */
export const utcDay = (ms: number): number => Math.floor(ms / DAY_MS);

/**
 * Quarter-hours since 1970-01-01 UTC. Every zone's offset since 1995 is a multiple of a quarter-hour, so that the
 * days and hours of any zone begin where a quarter does. (Before, Liberia stood 44 min 30 s behind, until 1972, and
 * Kiritimati 10 h 40 min, until 1994: there the quarter in which a day begins counts as part of that day.)
 */
export const quarterHour = (ms: number): number => Math.floor(ms / QUARTER_MS);

/** `2026-03-29` of a day number. */
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Day number of `2026-03-29`; null for another form or a day that no calendar has. */
export function parseDate(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text ? null : utcDay(ms);
}
