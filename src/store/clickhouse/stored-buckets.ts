import type { EventState } from '../../usage/event.ts';
import { bucketKey } from '../../usage/snapshot.ts';
import type { Snapshot } from '../../usage/snapshot.ts';
import type { TouchedBucket } from '../close-buckets.ts';
import { closeBuckets, touchedBuckets } from '../close-buckets.ts';
import type { Connection } from './connection.ts';
import { keyOfBucket, readKeys } from './event-keys.ts';
import { readObservations } from './observations.ts';

export interface ClosedBuckets {
  /** Rows, by their hashes, that were marked or retracted. */
  changed: Set<bigint>;
  incomplete: Set<Snapshot>;
}

/**
 * Applies the closing records of a batch whose rows are inserted, and the markers of earlier ones.
 *
 * A marker is inserted before the bucket is read for what it retracts, and a row before the marker is read: so of a
 * marker and an outdated row that come at the same time at least one writer sees both. Whoever does retracts the row.
 * The loop ends where a reading finds nothing to change, which is what everybody comes to who reads last.
 */
export async function closeStoredBuckets(
  connection: Connection,
  events: ReadonlyMap<bigint, EventState>,
  snapshots: readonly Snapshot[],
  insert: (states: readonly EventState[]) => Promise<void>,
): Promise<ClosedBuckets> {
  const closed: ClosedBuckets = { changed: new Set(), incomplete: new Set() };
  let touched = touchedBuckets(events, snapshots);
  // Buckets that were given a marker just now: they are read whole.
  const marked = new Set<string>();
  while (touched.length > 0) {
    const stored = await rowsOf(connection, touched, marked);
    const { changed, incomplete } = closeBuckets(touched, stored, (hash) => stored.get(hash));
    for (const snapshot of incomplete) closed.incomplete.add(snapshot);
    if (changed.size === 0) break;
    await insert([...changed.values()]);
    for (const hash of changed.keys()) closed.changed.add(hash);
    touched = touched.filter(({ marker }) => changed.has(marker)).map((bucket) => ({ ...bucket, closings: [] }));
    for (const { bucket } of touched) marked.add(bucketKey(bucket));
  }
  return closed;
}

async function rowsOf(
  connection: Connection,
  touched: readonly TouchedBucket[],
  marked: ReadonlySet<string>,
): Promise<Map<bigint, EventState>> {
  const whole = touched.filter(({ bucket, closings }) => closings.length > 0 || marked.has(bucketKey(bucket)));
  const inside = await readKeys(
    connection,
    whole.map(({ bucket }) => keyOfBucket(bucket)),
  );
  const hashes = new Set(inside.map(({ hash }) => hash));
  for (const { marker, rows } of touched) for (const hash of [marker, ...rows]) hashes.add(hash);
  const rows = await readObservations(connection, [...hashes]);
  return new Map([...rows].map(([hash, { state }]) => [hash, state]));
}
