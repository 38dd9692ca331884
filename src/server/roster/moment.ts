import { DAY_MS, parseDate } from '../../usage/days.ts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/i;

/** Ms UTC of a date (its start in UTC) or an ISO 8601 time with an offset; null for anything else. */
export function parseMoment(text: string): number | null {
  const trimmed = text.trim();
  const day = parseDate(trimmed);
  if (day !== null) return day * DAY_MS;
  const ms = TIME.test(trimmed) ? Date.parse(trimmed) : NaN;
  return Number.isNaN(ms) || ms < 0 ? null : ms;
}

/** A date where the time is the start of one, else the time. Empty for an open end. */
export function writeMoment(ms: number | null): string {
  if (ms === null) return '';
  const text = new Date(ms).toISOString();
  return ms % DAY_MS === 0 ? text.slice(0, 10) : text;
}

export const MOMENT_RULE = 'a date such as 2026-03-29, or a time such as 2026-03-29T10:00:00Z';
