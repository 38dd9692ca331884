import type { ReportContext } from '../reports/context.ts';
import type { Visibility } from '../reports/visibility.ts';
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
