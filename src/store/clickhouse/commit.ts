import type { EventState } from '../../usage/event.ts';
import { storeHash } from '../../usage/identity.ts';
import { join } from '../../usage/merge.ts';
import type { Pricer, WriteBatch, Written } from '../store.ts';
import { insertActivities } from './activities.ts';
import { closeStoredBuckets } from './stored-buckets.ts';
import type { Connection } from './connection.ts';
import { insertKeys, keysOf } from './event-keys.ts';
import { insertObservations, readObservations } from './observations.ts';
import { settleStored } from './settle-stored.ts';

/** Writes a batch; see `settlement.ts` for why several may do so at once. Resolves when all of it is durable. */
export async function writeBatch(connection: Connection, batch: WriteBatch, price: Pricer): Promise<Written> {
  const { snapshots = [] } = batch;
  const events = joinEvents(batch.events);
  const known = await readObservations(connection, [...events.keys()]);
  // What is there with all that it brings is not inserted again, which would only make the table grow; but nobody may
  // have settled it.
  const fresh = [...events].flatMap(([hash, event]) => (bringsNothing(known.get(hash)?.state, event) ? [] : [event]));
  await Promise.all([insertAll(connection, fresh), insertActivities(connection, batch.activities)]);
  const { changed, incomplete } = await closeStoredBuckets(connection, events, snapshots, (states) =>
    insertAll(connection, states),
  );
  await settleStored(connection, { events, changed, known: new Set(known.keys()) }, price);
  return { incomplete: snapshots.filter((snapshot) => incomplete.has(snapshot)) };
}

/** Events of one commit are joined with each other before they meet the table. */
function joinEvents(events: readonly EventState[]): Map<bigint, EventState> {
  const joined = new Map<bigint, EventState>();
  for (const event of events) {
    const hash = storeHash(event.org, event.id);
    const earlier = joined.get(hash);
    joined.set(hash, { ...(earlier ? join(earlier, event) : event), hash });
  }
  return joined;
}

const bringsNothing = (stored: EventState | undefined, event: EventState): boolean =>
  stored !== undefined && join(stored, event) === stored;

async function insertAll(connection: Connection, events: readonly EventState[]): Promise<void> {
  await Promise.all([insertObservations(connection, events), insertKeys(connection, events.flatMap(keysOf))]);
}
