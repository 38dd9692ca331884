import type { Assistant } from '../usage/event.ts';
import type { Sql } from './sql.ts';
import { among, raw } from './sql.ts';
import type { Visibility } from './visibility.ts';

/** What a report is about, besides its time. Lists are alternatives; an empty or absent list lets everything through. */
export interface Filter {
  org: string;
  /** What the caller may see at all; default everybody. */
  visibility?: Visibility;
  /** Persons: `email:ada@acme.com`, or an actor whom nobody has named. */
  people?: readonly string[];
  teams?: readonly string[];
  departments?: readonly string[];
  /** The label that clients send, not the tenant. */
  organizations?: readonly string[];
  assistants?: readonly Assistant[];
  models?: readonly string[];
  projects?: readonly string[];
  repositories?: readonly string[];
  agents?: readonly string[];
}

const WORK = {
  organizations: 'organization',
  models: 'model',
  projects: 'project',
  repositories: 'repository',
  agents: 'agent',
} as const;

/** What selects among a person's events of an assistant; a seat is spread before these apply. */
export const workConditions = (filter: Filter): Sql[] =>
  Object.entries(WORK).flatMap(([name, column]) => {
    const values = filter[name as keyof typeof WORK] ?? [];
    return values.length === 0 ? [] : [among(raw(column), values)];
  });

export const assistantConditions = ({ assistants = [] }: Filter): Sql[] =>
  assistants.length === 0 ? [] : [among(raw('assistant'), assistants)];

/** What a filter and the caller's sight leave of the people; null: no limit. */
export interface PeopleLimit {
  people: readonly string[] | null;
  /** All of these lists must hold. */
  teams: readonly (readonly string[])[];
  departments: readonly string[] | null;
}

export function peopleLimit({ visibility, people = [], teams = [], departments = [] }: Filter): PeopleLimit {
  const seen = visibility?.kind === 'people' ? visibility.people : null;
  const asked = people.length === 0 ? null : people;
  return {
    people: seen && asked ? asked.filter((person) => seen.includes(person)) : (seen ?? asked),
    teams: [...(teams.length === 0 ? [] : [teams]), ...(visibility?.kind === 'teams' ? [visibility.teams] : [])],
    departments: departments.length === 0 ? null : departments,
  };
}

export const limitsPeople = ({ people, teams, departments }: PeopleLimit): boolean =>
  people !== null || teams.length > 0 || departments !== null;
