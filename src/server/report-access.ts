import type { ReportContext } from '../reports/context.ts';
import { NO_ROSTER } from '../reports/context.ts';
import type { Query } from '../reports/sql.ts';
import type { Visibility } from '../reports/visibility.ts';
import { EVERYBODY } from '../reports/visibility.ts';
import { emailActor } from '../usage/actor.ts';
import type { Caller } from './services/keys.ts';

/** Whose usage a caller sees, and by what names. */
export interface Sight {
  visibility: Visibility;
  /** Whether people go by pseudonyms. */
  pseudonymous: boolean;
  /** What stands for a person. */
  shown: (person: string) => string;
  /** The person that a text of the caller means. */
  actual: (text: string) => string;
}

/** What the routes of reports need of the rest of the server. */
export interface ReportAccess {
  contextOf: (org: string) => ReportContext;
  sightOf: (caller: Caller, org: string) => Sight;
}

/** Without a roster: a member sees oneself, everybody else all. */
export const withoutRoster = (query: Query, now: () => number): ReportAccess => ({
  contextOf: () => ({ query, nowMs: now(), roster: NO_ROSTER, syncs: [], budgets: [] }),
  sightOf: ({ scope, email }) => {
    // A member key without an e-mail is nobody.
    const own = emailActor(email);
    const visibility: Visibility =
      scope === 'member' ? { kind: 'people', people: own === null ? [] : [own] } : EVERYBODY;
    return { visibility, pseudonymous: false, shown: (person) => person, actual: (text) => text };
  },
});
