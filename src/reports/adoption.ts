import { bucketsOf, movedBack } from '../usage/buckets.ts';
import type { DateRange } from '../usage/dates.ts';
import type { Assistant } from '../usage/event.ts';
import { localDay } from '../usage/zone.ts';
import type { Metric } from './metric.ts';
import { ratio } from './metric.ts';
import type { Missing } from './missing.ts';
import { missing } from './missing.ts';
import { QUARTER_MS } from './period.ts';
import type { PeopleWithin } from './people-within.ts';
import { distinctPeople } from './people-within.ts';
import type { UsedDays } from './person-days.ts';
import { firstSeen, usedDays } from './person-days.ts';
import { seatsInFilter } from './seat-spread.ts';
import type { Question, Usage } from './usage.ts';
import { openUsage } from './usage.ts';

const count = (key: string, title: string, definition: string, more: Partial<Metric> = {}): Metric => ({
  ...{ key, title, definition, unit: 'count', denominator: null, whenEmpty: 0 },
  ...more,
});
const NO_SEATS = { whenEmpty: null } as const;

export const ADOPTION_METRICS: readonly Metric[] = [
  count('activeUsers', 'Active users', 'People with at least one usage event in the period.'),
  count(
    'licensedUsers',
    'Licensed users',
    'People holding a seat on any day of the period, by the roster. Null without a roster.',
    NO_SEATS,
  ),
  count(
    'activeLicensedUsers',
    'Active licensed users',
    'Licensed users with an event of the assistant whose seat they hold.',
    NO_SEATS,
  ),
  count(
    'adoptionRate',
    'Adoption rate',
    'Licensed users with an event of the assistant whose seat they hold, divided by licensed users.',
    {
      unit: 'percent',
      denominator: 'licensed users',
      whenEmpty: null,
    },
  ),
  count('newUsers', 'New users', 'People whose first event ever falls in the period.'),
  count('churnedUsers', 'Churned users', 'People active in the period before and not in this one.'),
  count('dailyActiveUsers', 'Daily active users', 'Distinct people of a day; mean over the days of the period.', {
    unit: 'ratio',
    denominator: 'days',
    whenEmpty: null,
  }),
  count('weeklyActiveUsers', 'Weekly active users', 'Distinct people of the seven days up to the period’s last.'),
  count('monthlyActiveUsers', 'Monthly active users', 'Distinct people of the thirty days up to the period’s last.'),
  count('stickiness', 'Stickiness', 'Mean daily active users divided by monthly active users.', {
    unit: 'percent',
    denominator: 'monthly active users',
    whenEmpty: null,
  }),
  count('usersOfSeveral', 'Users of several assistants', 'People who used two or more assistants in the period.'),
];

export interface AdoptionFigures {
  activeUsers: number;
  licensedUsers: number | null;
  activeLicensedUsers: number | null;
  adoptionRate: number | null;
  newUsers: number;
  churnedUsers: number;
  dailyActiveUsers: number | null;
  weeklyActiveUsers: number;
  monthlyActiveUsers: number;
  stickiness: number | null;
  usersOfSeveral: number;
}

interface ActiveUsers {
  dailyActiveUsers: number;
  weeklyActiveUsers: number;
  monthlyActiveUsers: number;
}

export interface AdoptionDay extends ActiveUsers {
  label: string;
  startMs: number;
  /** Of the day at the same place of the period before. */
  previous: ActiveUsers;
}

type OfAssistant = Pick<AdoptionFigures, 'activeUsers' | 'licensedUsers' | 'activeLicensedUsers' | 'adoptionRate'>;

export interface AssistantAdoption extends OfAssistant {
  assistant: string;
  previous: OfAssistant;
}

export interface Adoption {
  figures: AdoptionFigures;
  previous: AdoptionFigures;
  assistants: AssistantAdoption[];
  days: AdoptionDay[];
  missing: Missing;
}

const MONTH_DAYS = 30;

/** Who came, who stayed, and how many of those who could. */
export async function adoption(question: Question): Promise<Adoption> {
  const { fromMs, toMs } = question.range;
  const lengthMs = toMs - fromMs;
  // Who is gone in the period before was there in the one before that.
  const sinceMs = Math.min(fromMs - lengthMs - (MONTH_DAYS + 1) * 86_400_000, fromMs - 2 * lengthMs - QUARTER_MS);
  const usage = await openUsage(question, { sinceMs });
  const [used, first] = await Promise.all([usedDays(usage, 'by assistant'), firstSeen(usage)]);
  const { range, previous } = usage.period;
  // Not by the calendar: a period may begin in the middle of a day.
  const activeIn = (period: number): UsedDays[] => used.filter((one) => one.period === period);
  const [inAll, inEarlier] = [distinctPeople(used), distinctPeople(used.filter(({ period }) => period > 0))];
  const people = (period: number): Set<string> => new Set(activeIn(period).map(({ person }) => person));
  const goneIn = (period: number): number => {
    const stayed = people(period);
    return [...people(period + 1)].filter((person) => !stayed.has(person)).length;
  };
  const [byAssistant, byAssistantThen] = [
    adoptionIn(usage, range, activeIn(0)),
    adoptionIn(usage, previous, activeIn(1)),
  ];
  return {
    figures: { ...figuresOf(usage, range, activeIn(0), inAll, first), churnedUsers: goneIn(0) },
    previous: { ...figuresOf(usage, previous, activeIn(1), inEarlier, first), churnedUsers: goneIn(1) },
    assistants: assistantsOf(usage, activeIn(0)).map((assistant) => ({
      ...{ assistant, ...byAssistant(assistant) },
      previous: byAssistantThen(assistant),
    })),
    days: daily(usage, inAll, inEarlier),
    missing: missing(usage.context.roster.seats.length === 0 && 'seats'),
  };
}

function figuresOf(
  usage: Usage,
  range: { fromMs: number; toMs: number },
  active: readonly UsedDays[],
  within: PeopleWithin,
  first: ReadonlyMap<string, number>,
) {
  const tz = usage.range.tz;
  const people = new Map<string, Set<string>>();
  for (const { person, assistant } of active) {
    const used = people.get(person);
    if (used) used.add(assistant);
    else people.set(person, new Set([assistant]));
  }
  const [firstDay, last] = [localDay(range.fromMs, tz), localDay(range.toMs - 1, tz)];
  const length = last - firstDay + 1;
  const onDay = distinctPeople(active)(1);
  const personDayCount = Array.from({ length }, (_, i) => onDay(firstDay + i)).reduce((sum, count) => sum + count, 0);
  const monthly = within(MONTH_DAYS)(last);
  const daily = ratio(personDayCount, length);
  const isNew = (person: string): boolean => {
    const ms = first.get(person) ?? 0;
    return ms >= range.fromMs && ms < range.toMs;
  };
  return {
    activeUsers: people.size,
    ...licensed(usage, range, people),
    newUsers: [...people.keys()].filter(isNew).length,
    dailyActiveUsers: daily,
    weeklyActiveUsers: within(7)(last),
    monthlyActiveUsers: monthly,
    stickiness: daily === null ? null : ratio(daily, monthly),
    usersOfSeveral: [...people.values()].filter(({ size }) => size > 1).length,
  };
}

function licensed(
  usage: Usage,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  people: ReadonlyMap<string, ReadonlySet<string>>,
  only?: string,
): Pick<AdoptionFigures, 'licensedUsers' | 'activeLicensedUsers' | 'adoptionRate'> {
  if (usage.context.roster.seats.length === 0)
    return { licensedUsers: null, activeLicensedUsers: null, adoptionRate: null };
  const held = seatsInFilter(usage).filter(
    (seat) => seat.fromMs < toMs && (seat.toMs ?? toMs) > fromMs && (only === undefined || seat.assistant === only),
  );
  const holders = new Set(held.map(({ person }) => person));
  const active = new Set(held.flatMap(({ person, assistant }) => (people.get(person)?.has(assistant) ? [person] : [])));
  return {
    licensedUsers: holders.size,
    activeLicensedUsers: active.size,
    adoptionRate: ratio(active.size, holders.size),
  };
}

/** Those in use, and those of which there are seats. */
const assistantsOf = (usage: Usage, active: readonly UsedDays[]): Assistant[] =>
  [
    ...new Set<Assistant>([
      ...active.map(({ assistant }) => assistant as Assistant),
      ...seatsInFilter(usage).map(({ assistant }) => assistant),
    ]),
  ].sort();

function adoptionIn(usage: Usage, range: DateRange, active: readonly UsedDays[]): (assistant: string) => OfAssistant {
  const people = new Map<string, Set<string>>();
  for (const { person, assistant } of active) people.set(person, (people.get(person) ?? new Set()).add(assistant));
  return (assistant) => ({
    activeUsers: new Set(active.flatMap((one) => (one.assistant === assistant ? [one.person] : []))).size,
    ...licensed(usage, range, people, assistant),
  });
}

function daily({ period }: Usage, within: PeopleWithin, withinEarlier: PeopleWithin): AdoptionDay[] {
  const { range, previous } = period;
  const [now, before] = [activeUsers(within), activeUsers(withinEarlier)];
  return bucketsOf(range, 'day').map((bucket) => {
    const { startMs, endMs } = movedBack(bucket, range.fromMs - previous.fromMs, 'day', range.tz);
    return {
      ...{ label: bucket.label, startMs: bucket.startMs },
      ...now(localDay(bucket.startMs, range.tz)),
      previous: before(localDay(Math.floor((startMs + endMs) / 2), range.tz)),
    };
  });
}

function activeUsers(within: PeopleWithin): (day: number) => ActiveUsers {
  const [daily, weekly, monthly] = [within(1), within(7), within(MONTH_DAYS)];
  return (day) => ({ dailyActiveUsers: daily(day), weeklyActiveUsers: weekly(day), monthlyActiveUsers: monthly(day) });
}
