import type { ReportContext } from '../reports/context.ts';
import type { Query } from '../reports/sql.ts';
import { BoundedMap } from '../usage/bounded-map.ts';
import type { People } from './people.ts';
import type { ReportAccess, Sight } from './report-access.ts';
import { personOf } from './roster/member.ts';
import type { Names } from './visibility.ts';
import { REAL_NAMES, pseudonymOf, visibilityOf } from './visibility.ts';

/** So many pseudonyms that were shown can be asked for again. */
const MOST_REMEMBERED = 100_000;

/** No actor is called so. */
const NOBODY = 'person-';

export interface SightDependencies {
  people: Pick<People, 'viewOf' | 'sessions'>;
  query: Query;
  now: () => number;
  /** What else reports take from the server. */
  more: (org: string) => Pick<ReportContext, 'syncs' | 'budgets'>;
}

/** What reports need of people: the roster, and for each caller whose usage they see and by what names. */
export function reportSight({ people, query, now, more }: SightDependencies): ReportAccess {
  const { viewOf, sessions } = people;
  const shownBefore = new BoundedMap<string, string>(MOST_REMEMBERED);
  const names = (org: string, self: string | null): Names => {
    const pseudonym = (person: string): string => {
      const made = pseudonymOf(sessions.secret, org, person);
      shownBefore.getOr(`${org}\n${made}`, () => person);
      return made;
    };
    const remembered = (text: string): string | null => shownBefore.peek(`${org}\n${text}`);
    return {
      shown: (person) => (person === self ? person : pseudonym(person)),
      actual: (text) => {
        const known = remembered(text);
        if (known !== null) return known;
        // Whoever could ask by address would learn whose pseudonym is whose.
        if (!text.startsWith('person-')) return self !== null && personOf(text) === self ? self : NOBODY;
        // A link that is older than this process: of the roster's people it can still be told.
        for (const { email } of viewOf(org).members) pseudonym(personOf(email));
        return remembered(text) ?? text;
      },
    };
  };
  return {
    contextOf: (org) => {
      const view = viewOf(org);
      const nowMs = now();
      return { query, nowMs, roster: view.forReports(nowMs), seatPrices: view.seatPrices, ...more(org) };
    },
    sightOf: (caller, org): Sight => {
      const view = viewOf(org);
      const visibility = visibilityOf(caller, view);
      if (!view.settings.pseudonyms) return { visibility, pseudonymous: false, ...REAL_NAMES };
      const self = caller.email === null ? null : view.personFor(caller.email);
      return { visibility, pseudonymous: true, ...names(org, self) };
    },
  };
}
