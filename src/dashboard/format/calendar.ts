/** `2026-03-29` of a moment in a zone; UTC where the zone is unknown here. */
export function dateIn(tz: string, ms: number): string {
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone: tz, dateStyle: 'short' }).format(ms);
  } catch {
    return new Date(ms).toISOString().slice(0, 10);
  }
}

/** Whether there is such a day: `2026-02-30` is none. */
export function isDay(text: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const DAY_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** `29 Mar` */
export const shortDay = (date: string): string => DAY.format(Date.parse(`${date.slice(0, 10)}T00:00:00Z`));

/** `29 Mar 2026` */
export const longDay = (date: string): string => DAY_YEAR.format(Date.parse(`${date.slice(0, 10)}T00:00:00Z`));

/** `29` and `Mar`, as an axis names days. */
export function dayTick(date: string): readonly [string, string] {
  const [day = '', month = ''] = shortDay(date).split(' ');
  return [day, month];
}

/** `Week of 23 Mar 2026` of `2026-W13`: the fourth of January lies in the first week, weeks begin on Mondays. */
export function weekText(label: string): string {
  const [, year, week] = /^(\d{4})-W(\d\d)$/.exec(label) ?? [];
  if (year === undefined) return label;
  const fourth = Date.parse(`${year}-01-04T00:00:00Z`);
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * 86_400_000;
  return `Week of ${DAY_YEAR.format(monday + (Number(week) - 1) * 7 * 86_400_000)}`;
}

function inZone(iso: string, tz: string, options: Intl.DateTimeFormatOptions): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: tz }).format(Date.parse(iso));
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(Date.parse(iso));
  }
}

/** `29 Mar 2026, 14:05` in the zone. */
export const moment = (iso: string, tz: string): string => inZone(iso, tz, { dateStyle: 'medium', timeStyle: 'short' });

/** `29 Mar 2026, 14:05:09` in the zone. */
export const instant = (iso: string, tz: string): string =>
  inZone(iso, tz, { dateStyle: 'medium', timeStyle: 'medium' });

/** `14:05` in the zone. */
export const clock = (ms: number, tz: string): string => {
  const iso = new Date(ms).toISOString();
  return moment(iso, tz).slice(-5);
};

const STEPS = [
  [60_000, 1000, 'second'],
  [3_600_000, 60_000, 'minute'],
  [86_400_000, 3_600_000, 'hour'],
  [Infinity, 86_400_000, 'day'],
] as const;
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** `3 hours ago` */
export function ago(iso: string, nowMs: number): string {
  const ms = Date.parse(iso) - nowMs;
  const [, unitMs, unit] = STEPS.find(([limit]) => Math.abs(ms) < limit) ?? STEPS[3];
  return RELATIVE.format(Math.round(ms / unitMs), unit);
}
