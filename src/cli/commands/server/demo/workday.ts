import { DAY_MS } from '../../../../usage/days.ts';
import type { DemoPerson, Habit } from './company.ts';
import type { Random } from './random.ts';
import { randomOf } from './random.ts';

/** A stretch of work with one assistant. */
export interface DemoSession {
  startMs: number;
  project: string;
  /** How many prompts, and how many requests each took. */
  prompts: readonly number[];
  random: Random;
}

/** Days of the demonstration, the present one among them. */
export const DEMO_DAYS = 120;

interface Rhythm {
  /** Chance to work with an assistant on a working day. */
  presence: number;
  /** Sessions on such a day. */
  sessions: number;
  /** Prompts in a session. */
  prompts: number;
}

const RHYTHMS: Readonly<Record<Habit, Rhythm>> = {
  power: { presence: 0.95, sessions: 3, prompts: 6 },
  dear: { presence: 0.85, sessions: 3, prompts: 8 },
  steady: { presence: 0.75, sessions: 2, prompts: 5 },
  light: { presence: 0.3, sessions: 1, prompts: 3 },
  new: { presence: 0.8, sessions: 2, prompts: 4 },
  declining: { presence: 0.85, sessions: 2, prompts: 4 },
  left: { presence: 0.7, sessions: 2, prompts: 4 },
  idle: { presence: 0, sessions: 0, prompts: 0 },
};

/** Half of the company began at once, the others within two months. */
function firstDaysAgo({ email, habit }: DemoPerson): number {
  if (habit === 'new') return 18;
  const random = randomOf(email, 'first day');
  return random.chance(0.5) ? DEMO_DAYS : DEMO_DAYS - random.whole(7, 60);
}

/** How much somebody works so many days before today, against their rhythm. */
function tide(person: DemoPerson, daysAgo: number): number {
  const { habit } = person;
  if (daysAgo > firstDaysAgo(person)) return 0;
  if (habit === 'new') return 1;
  if (habit === 'left') return daysAgo < 45 ? 0 : 1;
  if (habit === 'declining') return daysAgo < 30 ? 0.25 : 1;
  // Assistants find their way into a company little by little.
  return 0.6 + 0.4 * (1 - daysAgo / DEMO_DAYS);
}

const isWeekend = (dayMs: number): boolean => [0, 6].includes(new Date(dayMs).getUTCDay());

/** The sessions that somebody has with one assistant on a day; the same whenever they are asked for. */
export function sessionsOn(person: DemoPerson, assistant: string, dayMs: number, nowMs: number): DemoSession[] {
  const random = randomOf(person.email, assistant, String(dayMs));
  const rhythm = RHYTHMS[person.habit];
  const daysAgo = Math.floor((nowMs - dayMs) / DAY_MS);
  const present = rhythm.presence * tide(person, daysAgo) * (isWeekend(dayMs) ? 0.06 : 1);
  if (!random.chance(present)) return [];
  const sessions = Array.from({ length: random.around(rhythm.sessions) }, (): DemoSession => {
    const hour = random.pick([8, 9, 9, 10, 10, 11, 13, 14, 14, 15, 16, 17, 20]);
    return {
      startMs: dayMs + hour * 3_600_000 + random.whole(0, 3_599_000),
      project: random.chance(0.75) ? person.projects[0] : random.pick(person.projects),
      prompts: Array.from({ length: random.around(rhythm.prompts) }, () => random.whole(1, 4)),
      random,
    };
  });
  return sessions.filter(({ startMs }) => startMs < nowMs);
}
