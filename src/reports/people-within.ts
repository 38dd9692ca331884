import type { UsedDays } from './person-days.ts';

/** Distinct people of so many days up to a day; days are counted since 1970-01-01. */
export type PeopleWithin = (length: number) => (last: number) => number;

/** Days of people, counted by day without a set of people for each: those of a year are a million. */
export function distinctPeople(used: readonly UsedDays[]): PeopleWithin {
  const people = new Map<string, (readonly number[])[]>();
  let [first, last] = [Infinity, -Infinity];
  for (const { person, days } of used) {
    const known = people.get(person);
    if (known) known.push(days);
    else people.set(person, [days]);
    first = Math.min(first, days[0] ?? first);
    last = Math.max(last, days.at(-1) ?? last);
  }
  if (first > last) return () => () => 0;
  const actives = activeDays(people.values(), first, last);
  return (length) => {
    const counts = new Int32Array(last - first + length + 1);
    const change = (day: number, by: 1 | -1): void => void (counts[day] = (counts[day] ?? 0) + by);
    for (const days of actives) {
      // A day counts for itself and those after it; where the next one's begin, they go on.
      let end = 0;
      for (const day of days) {
        change(Math.max(day, end), 1);
        end = day + length;
        change(end, -1);
      }
    }
    for (let day = 1; day < counts.length; day++) counts[day] = (counts[day] ?? 0) + (counts[day - 1] ?? 0);
    return (day) => counts[day - first] ?? 0;
  };
}

/** Of each person the days with use by any assistant, rising, counted from the first. */
function activeDays(people: Iterable<readonly (readonly number[])[]>, first: number, last: number): Int32Array[] {
  const active = new Uint8Array(last - first + 1);
  const days = new Int32Array(active.length);
  return Array.from(people, (lists) => {
    for (const list of lists) for (const day of list) active[day - first] = 1;
    let found = 0;
    for (let day = 0; day < active.length; day++) if (active[day] === 1) days[found++] = day;
    active.fill(0);
    return days.slice(0, found);
  });
}
