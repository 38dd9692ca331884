import { isDeepStrictEqual } from 'node:util';
import type { ControlLog } from './control-log.ts';
import type { Versioned } from './entities.ts';
import { Entities } from './entities.ts';
import type { Asking } from './roster.ts';

/** What an organisation decides about its people. */
export interface PeopleSettings {
  /** Whose people the names of keys (`claude_code_key_ada.lovelace_…`) are. */
  mailDomains: readonly string[];
  /** Reports name nobody but the reader; the roster still does. */
  pseudonyms: boolean;
}

export const DEFAULT_SETTINGS: PeopleSettings = { mailDomains: [], pseudonyms: false };
const KEY = 'people';

export class Settings {
  readonly #entities: Entities<PeopleSettings>;

  constructor(log: ControlLog, now: () => number) {
    this.#entities = new Entities(log, 'settings', now);
  }

  of(org: string): Versioned<PeopleSettings> {
    return this.#entities.find(org, KEY) ?? { version: 0, value: DEFAULT_SETTINGS };
  }

  put(asking: Asking, change: Partial<PeopleSettings>): Promise<Versioned<PeopleSettings>> {
    const decide = (known: PeopleSettings | null): PeopleSettings => {
      const after: PeopleSettings = { ...(known ?? DEFAULT_SETTINGS), ...change };
      return known && isDeepStrictEqual(known, after) ? known : after;
    };
    return this.#entities.change({ ...asking, basedOn: asking.version, key: KEY, decide });
  }
}
