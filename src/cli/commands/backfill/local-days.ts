import { DAY_MS, dateOf, utcDay } from '../../../usage/days.ts';
import { localDay, offsetMs } from '../../../usage/zone.ts';

/** The time zone of this machine's user. */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** From times to days such as `2026-03-29` in a zone. Asks the calendar once for each day, as it is slow. */
export function daysOf(tz: string): (ms: number) => string {
  const offsets = new Map<number, number | null>();
  const names = new Map<number, string>();
  const offsetOf = (day: number): number | null => {
    const start = offsetMs(day * DAY_MS, tz);
    return start === offsetMs((day + 1) * DAY_MS - 1, tz) ? start : null;
  };
  return (ms) => {
    const day = utcDay(ms);
    let offset = offsets.get(day);
    if (offset === undefined) offsets.set(day, (offset = offsetOf(day)));
    // Clocks change on that day.
    const local = offset === null ? localDay(ms, tz) : utcDay(ms + offset);
    let name = names.get(local);
    if (name === undefined) names.set(local, (name = dateOf(local)));
    return name;
  };
}
