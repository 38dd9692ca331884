import { afterAll, beforeAll } from 'vitest';
import type { ReportContext } from '../../src/reports/context.ts';
import { NO_ROSTER } from '../../src/reports/context.ts';
import type { Filter } from '../../src/reports/filter.ts';
import type { Query } from '../../src/reports/sql.ts';
import type { Question } from '../../src/reports/usage.ts';
import { openDuckdb } from '../../src/store/duckdb/open.ts';
import type { Store } from '../../src/store/store.ts';
import { dayStartMs } from '../../src/usage/zone.ts';
import type { DateRange } from '../../src/usage/dates.ts';
import { eventId } from '../../src/usage/identity.ts';
import type { ObservationInput } from '../../src/usage/merge.ts';
import { observe } from '../../src/usage/merge.ts';
import { billingOf } from '../../src/usage/tiers.ts';
import { ownDirectory } from './temp-dir.ts';

/** What a test says of a call: the list value stands for itself. */
export type Usage = Partial<Omit<ObservationInput, 'atMs' | 'org'>> & {
  at: string;
  /** Micro-dollars at list price; null where no price is known. */
  value?: number | null;
};

export interface ReportWorld {
  query: Query;
  /** A question to a report; without a roster where none is given. */
  ask: (filter: Filter, range: DateRange, context?: Partial<ReportContext>) => Question;
  /** Stores calls and answers the organisation, of its own, that has them. */
  organization: (usages: readonly Usage[]) => Promise<string>;
}

/** A store for the reports of one file. Prices are what the calls themselves say. */
export function reportWorld(): ReportWorld {
  const directory = ownDirectory();
  const values = new Map<string, number | null>();
  let store: Store | null = null;
  let organizations = 0;
  let calls = 0;
  beforeAll(async () => {
    store = await openDuckdb({
      directory: directory.path,
      price: ({ id }) => ({ listMicros: values.get(id) ?? null, cacheSavingsMicros: null }),
    });
  });
  afterAll(async () => {
    await store?.close();
    directory.remove();
  });
  const opened = (): Store => {
    if (!store) throw new Error('the store opens before the first test');
    return store;
  };
  const query: Query = (sql) => opened().query(sql);
  return {
    query,
    ask: (filter, range, context = {}) => ({
      filter,
      range,
      context: { query, nowMs: range.toMs, roster: NO_ROSTER, syncs: [], budgets: [], ...context },
    }),
    organization: async (usages) => {
      const org = `org-${++organizations}`;
      const events = usages.map(({ at, value = 0, ...usage }) => {
        const { id = eventId(['test', ++calls]), assistant = 'claude-code', tier = null } = usage;
        values.set(id, value);
        const defaults = { source: 'telemetry', actor: 'email:ada@acme.com', model: 'opus' } as const;
        return observe({
          ...defaults,
          billing: billingOf(assistant, tier),
          ...usage,
          id,
          assistant,
          org,
          atMs: Date.parse(at),
        });
      });
      await opened().write({ events, activities: [] });
      return org;
    },
  };
}

/** Whole days, `to` excluded. */
export const days = (from: string, to: string, tz = 'UTC'): DateRange => ({
  fromMs: dayStartMs(from, tz),
  toMs: dayStartMs(to, tz),
  tz,
});
