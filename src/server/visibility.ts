import { createHmac } from 'node:crypto';
import type { Visibility } from '../reports/visibility.ts';
import { EVERYBODY } from '../reports/visibility.ts';
import { personOf } from './roster/member.ts';
import { rootOf } from './roster/merges.ts';
import type { Caller } from './services/keys.ts';
import type { RosterView } from './services/roster-view.ts';

type Known = Pick<RosterView, 'teams' | 'members' | 'merges' | 'personFor'>;

/**
 * The one place that decides whose usage a caller sees. A member sees oneself; a manager the teams that name them as
 * manager, else the people who do, and where neither does, the whole organisation; an admin everybody.
 */
export function visibilityOf({ scope, email }: Pick<Caller, 'scope' | 'email'>, known: Known): Visibility {
  if (scope === 'admin') return EVERYBODY;
  if (scope === 'manager') return email === null ? EVERYBODY : managedBy(known.personFor(email), known);
  // Without an e-mail a member's key is nobody.
  return { kind: 'people', people: scope === 'member' && email !== null ? [known.personFor(email)] : [] };
}

function managedBy(person: string, { teams, members, merges, personFor }: Known): Visibility {
  const led = teams.filter(({ managers }) => managers.some((email) => personFor(email) === person));
  if (led.length > 0) return { kind: 'teams', teams: led.map(({ name }) => name) };
  const people = new Set([person]);
  for (const leader of people)
    for (const { email, manager } of members)
      if (manager !== null && personFor(manager) === leader) people.add(rootOf(merges, personOf(email)));
  return people.size > 1 ? { kind: 'people', people: [...people] } : EVERYBODY;
}

/** How people are called in what a caller reads. */
export interface Names {
  /** What stands for a person. */
  shown: (person: string) => string;
  /** The person that a text of the caller means; the text itself where it is no pseudonym. */
  actual: (text: string) => string;
}

export const REAL_NAMES: Names = { shown: (person) => person, actual: (text) => text };

/** The same person has the same pseudonym for as long as the secret is kept; nobody can work back from it. */
export const pseudonymOf = (secret: string, org: string, person: string): string =>
  `person-${createHmac('sha256', secret).update(`${org}\n${person}`).digest('hex').slice(0, 10)}`;
