import { z } from 'zod';
import type { Filter } from '../../../reports/filter.ts';
import type { Question } from '../../../reports/usage.ts';
import { emailActor } from '../../../usage/actor.ts';
import { DateError } from '../../../usage/date-error.ts';
import type { DateRange } from '../../../usage/dates.ts';
import { resolveRange } from '../../../usage/dates.ts';
import { ASSISTANTS } from '../../../usage/event.ts';
import { ServerError } from '../../errors.ts';
import type { ReportAccess, Sight } from '../../report-access.ts';
import type { Caller } from '../../services/keys.ts';

// An empty value is what a form sends for a field left alone.
const list = (what: string, example: string) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((value) => (typeof value === 'string' ? [value] : value).filter((one) => one !== ''))
    .optional()
    .describe(`${what}; repeat the parameter for alternatives`)
    .meta({ example });

/** The parameters that every report has. */
export const filterShape = {
  from: z
    .string()
    .optional()
    .describe(
      'Inclusive: a date (a calendar day in tz) or an ISO 8601 time, which counts by quarter-hours; default 30 days before `to`',
    )
    .meta({ examples: ['2026-10-01'] }),
  to: z
    .string()
    .optional()
    .describe('Exclusive: a date or a time; default now')
    .meta({ examples: ['2026-11-01T12:00:00Z'] }),
  tz: z
    .string()
    .optional()
    .describe('IANA time zone of the calendar days; default UTC')
    .meta({ examples: ['Europe/Berlin'] }),
  user: list('E-mail, or another actor such as `account:…`', 'ada@acme.com'),
  team: list('Team of the roster', 'Payments'),
  department: list('Department of the roster', 'Engineering'),
  organization: list('Organisation label that clients send', 'Acme'),
  assistant: z
    .union([z.enum(ASSISTANTS), z.array(z.enum(ASSISTANTS))])
    .transform((value) => (typeof value === 'string' ? [value] : value))
    .optional()
    .describe('Assistant; repeat the parameter for alternatives')
    .meta({ example: 'claude-code' }),
  model: list('Model', 'claude-sonnet-5'),
  project: list('Project', 'web'),
  repository: list('Repository', 'acme/app'),
  agent: list('Agent: `main`, a sub-agent’s type, `background:…`', 'main'),
  view: z
    .enum(['user', 'organization'])
    .default('user')
    .describe(
      '`organization`: aggregates only, nobody is named, what fewer than five people used is left out or refused',
    ),
  format: z.enum(['json', 'csv']).default('json').describe('`csv`: the rows of the answer as a table'),
};

export type AskedFilters = z.infer<z.ZodObject<typeof filterShape>>;

/** A question, and by what names its answer may call people. */
export interface Asked extends Question {
  sight: Sight;
  /** No person may be named. */
  anonymous: boolean;
}

/** What is asked, within what the caller may see. @throws ServerError `invalid`, `forbidden` */
export function readQuestion(org: string, asked: AskedFilters, caller: Caller, access: ReportAccess): Asked {
  const sight = access.sightOf(caller, org);
  const context = access.contextOf(org);
  const anonymous = asked.view === 'organization';
  const people = (asked.user ?? []).map((user) => personOf(user, sight));
  if (anonymous && people.length > 0)
    throw new ServerError('invalid', 'user: the organisation view names nobody; leave the parameter out');
  if (sight.visibility.kind === 'people') requireVisible(people, sight.visibility.people);
  const filter: Filter = {
    org,
    visibility: sight.visibility,
    people,
    teams: asked.team ?? [],
    departments: asked.department ?? [],
    organizations: asked.organization ?? [],
    assistants: asked.assistant ?? [],
    models: asked.model ?? [],
    projects: asked.project ?? [],
    repositories: asked.repository ?? [],
    agents: asked.agent ?? [],
  };
  return { context, filter, range: rangeOf(asked, context.nowMs), sight, anonymous };
}

export const personOf = (text: string, { actual }: Sight): string => {
  const meant = actual(text);
  return meant.includes(':') ? meant : (emailActor(meant) ?? meant);
};

function requireVisible(asked: readonly string[], visible: readonly string[]): void {
  if (asked.some((person) => !visible.includes(person)))
    throw new ServerError('forbidden', 'user: this key answers about its own people only');
}

function rangeOf(asked: AskedFilters, nowMs: number): DateRange {
  try {
    return resolveRange(asked, nowMs);
  } catch (error) {
    return asInvalid(error);
  }
}

/** What a date cannot be is the caller's mistake. */
export function asInvalid(error: unknown): never {
  if (error instanceof DateError) throw new ServerError('invalid', error.message, { cause: error });
  throw error;
}
