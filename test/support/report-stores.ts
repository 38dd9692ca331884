import type { Pricer, Store } from '../../src/store/store.ts';
import { STORES } from './stores.ts';

/** An engine that reports are tested on. */
export interface ReportStore {
  name: string;
  open: (price: Pricer) => Promise<{ store: Store; close: () => Promise<void> }>;
}

/** Every engine answers every report alike. */
export const REPORT_STORES: readonly ReportStore[] = STORES.map(({ name, create }) => ({
  name,
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
