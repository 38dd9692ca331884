import type { ReportContext } from '../../src/reports/context.ts';
import { NO_ROSTER } from '../../src/reports/context.ts';
import type { Filter } from '../../src/reports/filter.ts';
import type { Question } from '../../src/reports/usage.ts';
import type { Store } from '../../src/store/store.ts';
import type { DateRange } from '../../src/usage/dates.ts';
import { observe } from '../../src/usage/merge.ts';
import { createPriceBook } from '../../src/usage/pricing.ts';
import type { OracleWorld } from './oracle.ts';
import { oracleWorld } from './oracle.ts';
import type { ReportStore } from './report-stores.ts';
import type { SeededOrganization } from './seeded-organization.ts';
import { SEED_TO, seededOrganization, storeOrganization } from './seeded-organization.ts';

export interface SeededWorld {
  seeded: SeededOrganization;
  store: Store;
  /** With the roster and without one. */
  oracle: Readonly<Record<'roster' | 'none', OracleWorld>>;
  ask: (
    filter: Partial<Filter>,
    range: DateRange,
    roster?: 'roster' | 'none',
    context?: Partial<ReportContext>,
  ) => Question;
  close: () => Promise<void>;
}

export const SEED_ORG = 'seeded';

/** The seeded organisation in a store, and beside it what it must answer. */
export async function openSeededWorld(engine: ReportStore): Promise<SeededWorld> {
  const prices = createPriceBook();
  const seeded = seededOrganization(SEED_ORG);
  const { store, close } = await engine.open((event) => prices.valuesOf(event));
  await storeOrganization(store, SEED_ORG, seeded);
  const world = (roster: typeof NO_ROSTER): OracleWorld =>
    oracleWorld(seeded.observations, seeded.directory, roster, (observation) => {
      const { listMicros, cacheSavingsMicros } = prices.valuesOf(observe(observation));
      return { list: listMicros, savings: cacheSavingsMicros };
    });
  const rosters = { roster: seeded.roster, none: NO_ROSTER };
  return {
    seeded,
    store,
    oracle: { roster: world(seeded.roster), none: world(NO_ROSTER) },
    ask: (filter, range, roster = 'roster', context = {}) => ({
      filter: { org: SEED_ORG, ...filter },
      range,
      context: {
        query: (sql) => store.query(sql),
        ...{ nowMs: SEED_TO, roster: rosters[roster], syncs: [], budgets: [] },
        ...context,
      },
    }),
    close,
  };
}
