import type { Store } from '../../src/store/store.ts';
import { StoreUnavailable } from '../../src/store/store.ts';

/** A real store that can be told to be out of reach. */
export interface Outage {
  /** Every call fails while this is true. */
  down: boolean;
  /** So many calls fail, then it recovers. */
  failures: number;
  wrap: (store: Store) => Store;
}

export function outage(): Outage {
  const state: Outage = {
    down: false,
    failures: 0,
    wrap: (store) =>
      new Proxy(store, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]): unknown => {
            if (!state.down && state.failures === 0) return Reflect.apply(member, target, args);
            if (state.failures > 0) state.failures--;
            return Promise.reject(new StoreUnavailable('out of reach for a test'));
          };
        },
      }),
  };
  return state;
}
