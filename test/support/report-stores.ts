import { openDuckdb } from '../../src/store/duckdb/open.ts';
import type { Pricer, Store } from '../../src/store/store.ts';
import { ownDirectory } from './temp-dir.ts';

/** An engine that reports are tested on. */
export interface ReportStore {
  name: string;
  open: (price: Pricer) => Promise<{ store: Store; close: () => Promise<void> }>;
}

/** Every engine answers every report alike. */
export const REPORT_STORES: readonly ReportStore[] = [
  {
    name: 'DuckDB',
    open: async (price) => {
      const directory = ownDirectory();
      const store = await openDuckdb({ directory: directory.path, price });
      const close = async (): Promise<void> => {
        await store.close();
        directory.remove();
      };
      return { store, close };
    },
  },
];
