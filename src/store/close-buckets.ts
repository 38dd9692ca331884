import type { EventState } from '../usage/event.ts';
import { storeHash } from '../usage/identity.ts';
import type { Bucket, Snapshot } from '../usage/snapshot.ts';
import { bucketKey, bucketOf, bucketOfSnapshot, closeBucket, isBucketRow, markerId } from '../usage/snapshot.ts';

/** A bucket that a commit brings rows or closing records of. */
export interface TouchedBucket {
  bucket: Bucket;
  /** Store hash of its marker. */
  marker: bigint;
  /** Store hashes of the rows that the commit brings. */
  rows: bigint[];
  closings: Snapshot[];
}

export function touchedBuckets(
  batch: ReadonlyMap<bigint, EventState>,
  snapshots: readonly Snapshot[],
): TouchedBucket[] {
  const touched = new Map<string, TouchedBucket>();
  const at = (bucket: Bucket): TouchedBucket => {
    const key = bucketKey(bucket);
    const found = touched.get(key) ?? {
      bucket,
      marker: storeHash(bucket.org, markerId(bucket)),
      rows: [],
      closings: [],
    };
    touched.set(key, found);
    return found;
  };
  for (const [hash, event] of batch) if (isBucketRow(event)) at(bucketOf(event)).rows.push(hash);
  for (const snapshot of snapshots) at(bucketOfSnapshot(snapshot)).closings.push(snapshot);
  return [...touched.values()];
}

/**
 * Applies the closing records of a commit, and the markers of earlier ones. `stored`: rows of the touched buckets that
 * the table holds, all of them where there are closing records. `current`: what the commit has made of a row so far.
 */
export function closeBuckets(
  touched: readonly TouchedBucket[],
  stored: ReadonlyMap<bigint, EventState>,
  current: (hash: bigint) => EventState | undefined,
): { changed: Map<bigint, EventState>; incomplete: Snapshot[] } {
  const changed = new Map<bigint, EventState>();
  const incomplete: Snapshot[] = [];
  const places = new Map<string, bigint[]>();
  for (const [hash, row] of stored) {
    const key = bucketKey(bucketOf(row));
    const hashes = places.get(key);
    if (hashes) hashes.push(hash);
    else places.set(key, [hash]);
  }
  for (const { bucket, marker, rows, closings } of touched) {
    const hashes = new Set([marker, ...rows, ...(places.get(bucketKey(bucket)) ?? [])]);
    const states = [...hashes].flatMap((hash) => current(hash) ?? []);
    const closed = closeBucket(bucket, states, closings);
    for (const state of closed.changed) changed.set(storeHash(state.org, state.id), state);
    incomplete.push(...closed.incomplete);
  }
  return { changed, incomplete };
}
