import type { Pricer, Store } from '../../src/store/store.ts';
import { STORES } from './stores.ts';

/** An engine that reports are tested on. */
export interface ReportStore {
  name: string;
  /** How often a property is tried that asks for many reports. */
  runs: number;
  open: (price: Pricer) => Promise<{ store: Store; close: () => Promise<void> }>;
}

const asked = STORES.filter(({ name }) => name !== 'ClickHouse on two shards');

/** Every engine answers every report alike. */
export const REPORT_STORES: readonly ReportStore[] = asked.map(({ name, create }) => ({
  name,
  runs: name === 'DuckDB' ? 15 : 2,
  open: async (price) => {
    const database = await create();
    const store = await database.open(price);
    const close = async (): Promise<void> => {
      await store.close();
      await database.remove();
    };
    return { store, close };
  },
}));
