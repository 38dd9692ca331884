import { bucketsOf } from '../usage/buckets.ts';
import { localDay } from '../usage/zone.ts';
import type { Metric } from './metric.ts';
import { ratio } from './metric.ts';
import { firstSeen, usedDays } from './person-days.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';

export const RETENTION_METRICS: readonly Metric[] = [
  {
    key: 'retention',
    title: 'Retention',
    definition:
      'By ISO week of people’s first use ever: the share of them who are active in that week and in each later one of the period. The last week may not be over yet.',
    unit: 'percent',
    denominator: 'people whose first use was in the week',
    whenEmpty: null,
  },
];

export interface Cohort {
  /** The ISO week of the first use. */
  label: string;
  people: number;
  /** For the week itself and each later one: how many of them were active, and their share. */
  weeks: { label: string; active: number; share: number | null }[];
}

export interface Retention {
  cohorts: Cohort[];
  /** Active in the period before, not in this one. */
  churned: { person: string; lastDay: number }[];
}

const weekOfDay = (day: number): number => Math.floor((day + 3) / 7);

/** Who came back, week by week. */
export async function retention(question: Question): Promise<Retention> {
  const usage = await openUsage(question);
  const [rows, seen] = await Promise.all([usedDays(usage, 'of all assistants'), firstSeen(usage)]);
  const { range } = usage.period;
  const weeks = bucketsOf(range, 'week').map(({ label, startMs }) => ({
    label,
    week: weekOfDay(localDay(startMs, range.tz)),
  }));
  const active = new Map<number, Set<string>>();
  const lastDay = new Map<string, number>();
  const present = new Set<string>();
  for (const { person, period, days } of rows) {
    lastDay.set(person, Math.max(lastDay.get(person) ?? 0, days.at(-1) ?? 0));
    if (period !== 0) continue;
    present.add(person);
    for (const week of new Set(days.map(weekOfDay))) active.set(week, (active.get(week) ?? new Set()).add(person));
  }
  // Of the people of the filter only: who is new in the period is active in it.
  const first = [...seen].flatMap(([person, ms]) =>
    lastDay.has(person) && ms >= range.fromMs && ms < range.toMs
      ? [{ person, week: weekOfDay(localDay(ms, range.tz)) }]
      : [],
  );
  const cohorts = weeks.map(({ label, week }, i): Cohort => {
    const people = first.flatMap((one) => (one.week === week ? [one.person] : []));
    return {
      label,
      people: people.length,
      weeks: weeks.slice(i).map((later) => {
        const count = people.filter((person) => active.get(later.week)?.has(person)).length;
        return { label: later.label, active: count, share: ratio(count, people.length) };
      }),
    };
  });
  const churned = [...lastDay].flatMap(([person, day]) => (present.has(person) ? [] : [{ person, lastDay: day }]));
  churned.sort((a, b) => b.lastDay - a.lastDay || (a.person < b.person ? -1 : 1));
  return { cohorts, churned };
}
