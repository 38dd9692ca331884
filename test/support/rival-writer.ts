import fc from 'fast-check';
import type { Store } from '../../src/store/store.ts';
import type { EventState } from '../../src/usage/event.ts';
import type { Snapshot } from '../../src/usage/snapshot.ts';
import type { Reading } from './observations.ts';
import { delivery, observation, readings } from './observations.ts';

/** Several writers of one database who all have the same to say, each in its own order and portions. */

export interface Rivalry {
  seed: number;
  organizations: number;
}

/** What there is to say of one organisation; the same for every writer. */
interface Matter {
  org: string;
  events: EventState[];
  readings: Reading[];
}

export function mattersOf({ seed, organizations }: Rivalry): Matter[] {
  return Array.from({ length: organizations }, (_, i) => {
    const org = `rivals-${seed}-${i}`;
    const options = { seed: seed + i, numRuns: 1 };
    const [events = []] = fc.sample(fc.array(observation(org), { minLength: 4, maxLength: 10 }), options);
    // Rows of a vendor that comes in snapshots have an organisation of their own: those above come without.
    const [snapshots = []] = fc.sample(readings(`${org}-snapshots`), options);
    return { org, events, readings: snapshots };
  });
}

export const price = (event: EventState) => ({ listMicros: event.outputTokens * 20, cacheSavingsMicros: null });

/** One writer's part: everything, once or twice, in an order that depends on who it is. */
export async function writeAll(store: Store, rivalry: Rivalry, who: number): Promise<void> {
  for (const { events, readings: snapshots } of mattersOf(rivalry)) {
    const [batches = []] = fc.sample(delivery(events), { seed: rivalry.seed * 31 + who, numRuns: 1 });
    for (const batch of batches) await store.write({ events: batch, activities: [] });
    await sendReadings(store, who % 2 === 0 ? snapshots : snapshots.toReversed());
  }
}

/** Rows and closing records apart, and again for as long as a closing record is answered as incomplete. */
async function sendReadings(store: Store, all: readonly Reading[]): Promise<void> {
  for (const { rows } of all) await store.write({ events: rows, activities: [] });
  let open: Snapshot[] = all.map(({ closing }) => closing);
  for (let rounds = 0; open.length > 0 && rounds < 5; rounds++) {
    const still: Snapshot[] = [];
    for (const { rows, closing } of all.filter((reading) => open.includes(reading.closing))) {
      const events = rounds === 0 ? [] : rows;
      const { incomplete } = await store.write({ events, activities: [], snapshots: [closing] });
      still.push(...incomplete);
    }
    open = still;
  }
  if (open.length > 0) throw new Error('closing records stay incomplete');
}
