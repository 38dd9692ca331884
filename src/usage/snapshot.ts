import type { Assistant, EventState } from './event.ts';
import { hasSource } from './event.ts';
import { eventId } from './identity.ts';
import { GROUPS, join, observe, retraction } from './merge.ts';

/**
 * Snapshots: how a source without ids, whose rows change and vanish, stays exact. Its rows travel in UTC-hour buckets,
 * each read of a bucket under the vendor's clock, and a closing record says how many rows that reading had. Once all
 * of them are there, whatever the bucket held under an older reading and no longer has is retracted.
 *
 * A complete snapshot leaves a marker among the bucket's rows, which counts in no figure. By it a row of an older
 * reading that arrives late is retracted on arrival, so that order does not matter here either.
 */
export const BUCKET_MS = 3_600_000;

/** What a closing record says. */
export interface Snapshot {
  org: string;
  assistant: Assistant;
  /** The UTC hour's start, ms. */
  bucketMs: number;
  /** The vendor's clock when the bucket was read, ms: the revision of its rows. */
  snapshotMs: number;
  /** How many rows the bucket had. */
  count: number;
}

export type Bucket = Pick<Snapshot, 'org' | 'assistant' | 'bucketMs'>;

export const bucketStart = (atMs: number): number => Math.floor(atMs / BUCKET_MS) * BUCKET_MS;

export const bucketOf = ({ org, assistant, atMs }: Pick<EventState, 'org' | 'assistant' | 'atMs'>): Bucket => ({
  org,
  assistant,
  bucketMs: bucketStart(atMs),
});

/** One text for one bucket, to group by. */
export const bucketKey = ({ org, assistant, bucketMs }: Bucket): string => `${assistant}:${bucketMs}:${org}`;

export const markerId = ({ assistant, bucketMs }: Bucket): string => eventId(['snapshot', assistant, bucketMs]);

/** Markers of several snapshots join to the newest. */
const marker = (snapshot: Snapshot): EventState =>
  observe({
    org: snapshot.org,
    id: markerId(snapshot),
    assistant: snapshot.assistant,
    atMs: snapshot.bucketMs,
    source: 'sync',
    revision: snapshot.snapshotMs,
    status: 'retracted',
    requests: 0,
  });

const STATUS = GROUPS.findIndex(({ name }) => name === 'status');

/** Under which reading a row was last said to be there, or to be gone. */
const revisionOf = (row: EventState): number => row.revisions[STATUS] ?? 0;

/** What a bucket comes to. `changed` holds only what is not as it was, the marker included. */
export interface Closed {
  changed: EventState[];
  /** Readings that are not all there: to be sent again. */
  incomplete: Snapshot[];
}

/**
 * Applies closing records to a bucket and to its newest marker. `rows`: where `closings` are given, every row that
 * the organisation has of the assistant in the bucket; otherwise those that have just been joined.
 */
export function closeBucket(bucket: Bucket, rows: readonly EventState[], closings: readonly Snapshot[]): Closed {
  const id = markerId(bucket);
  const before = rows.find((row) => row.id === id) ?? null;
  const observed = rows.filter((row) => row.id !== id && hasSource(row.sources, 'sync'));
  const { complete, incomplete } = judge(observed, before ? revisionOf(before) : 0, closings);
  const after = complete && before ? join(before, marker(complete)) : complete ? marker(complete) : before;
  if (!after) return { changed: [], incomplete };
  const newest = revisionOf(after);
  const outdated = observed.filter((row) => revisionOf(row) < newest);
  const retracted = outdated.map((row) => join(row, retraction(row, 'sync', newest)));
  return { changed: after === before ? retracted : [after, ...retracted], incomplete };
}

/** Newest first: what is older than a complete snapshot says nothing any more. */
function judge(
  rows: readonly EventState[],
  newest: number,
  closings: readonly Snapshot[],
): { complete: Snapshot | null; incomplete: Snapshot[] } {
  const incomplete: Snapshot[] = [];
  for (const closing of closings.toSorted((a, b) => b.snapshotMs - a.snapshotMs)) {
    if (closing.snapshotMs <= newest) break;
    const there = rows.filter((row) => row.status !== 'retracted' && revisionOf(row) === closing.snapshotMs).length;
    if (there === closing.count) return { complete: closing, incomplete };
    incomplete.push(closing);
  }
  return { complete: null, incomplete };
}

/** By this a sender knows an answer about snapshots. */
export const INCOMPLETE = 'is incomplete as of';

/** For the sender of a closing record; names the bucket and the reading, in ISO time. */
export const incompleteReason = ({ assistant, bucketMs, snapshotMs }: Snapshot): string =>
  `${assistant} bucket ${new Date(bucketMs).toISOString()} ${INCOMPLETE} ${new Date(snapshotMs).toISOString()}: send it again`;
