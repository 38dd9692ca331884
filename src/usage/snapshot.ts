import type { Assistant, EventState, Source } from './event.ts';
import { hasSource, sourcesOf } from './event.ts';
import { eventId } from './identity.ts';
import { GROUPS, join, observe, retraction } from './merge.ts';

/**
 * Snapshots: how a source without ids, whose rows change and vanish, stays exact. Its rows travel in UTC-hour buckets,
 * each read of a bucket under the vendor's clock, and a closing record says how many rows that reading had. Once all
 * of them are there, whatever the bucket held under an older reading and no longer has is retracted.
 *
 * A vendor's daily report is such a source too: its rows stand at noon UTC of their day, and the hour that begins then
 * is the bucket of one reporter's rows of that day.
 *
 * A complete snapshot leaves a marker among the bucket's rows, which counts in no figure. By it a row of an older
 * reading that arrives late is retracted on arrival, so that order does not matter here either.
 */
export const BUCKET_MS = 3_600_000;

/** What a closing record says. */
export interface Snapshot {
  org: string;
  assistant: Assistant;
  /** Of day rows: which report they are from. Absent for calls. */
  reporter?: string | null;
  /** By which road the rows come: by default `sync` for calls, `report` for a reporter's rows. */
  source?: Source;
  /** The UTC hour's start, ms. */
  bucketMs: number;
  /** The vendor's clock when the bucket was read, ms: the revision of its rows. */
  snapshotMs: number;
  /** How many rows the bucket had. */
  count: number;
}

export type Bucket = Pick<Snapshot, 'org' | 'assistant' | 'reporter' | 'bucketMs'>;

export const bucketStart = (atMs: number): number => Math.floor(atMs / BUCKET_MS) * BUCKET_MS;

export const bucketOf = (row: Pick<EventState, 'org' | 'assistant' | 'reporter' | 'atMs'>): Bucket => ({
  org: row.org,
  assistant: row.assistant,
  reporter: row.reporter,
  bucketMs: bucketStart(row.atMs),
});

export const bucketOfSnapshot = ({ org, assistant, reporter = null, bucketMs }: Snapshot): Bucket => ({
  org,
  assistant,
  reporter,
  bucketMs: bucketStart(bucketMs),
});

/** Whether a row can be part of a bucket: it comes in snapshots, or stands beside such rows. */
export const isBucketRow = (row: Pick<EventState, 'reporter' | 'sources'>): boolean =>
  row.reporter !== null || hasSource(row.sources, 'sync');

/** One text for one bucket, to group by. */
export const bucketKey = ({ org, assistant, reporter, bucketMs }: Bucket): string =>
  `${assistant}:${bucketMs}:${org}:${reporter ?? ''}`;

export const markerId = ({ assistant, reporter, bucketMs }: Bucket): string =>
  eventId(['snapshot', assistant, bucketMs, ...(reporter ? [reporter] : [])]);

/** Markers of several snapshots join to the newest. */
const marker = (snapshot: Snapshot): EventState =>
  observe({
    org: snapshot.org,
    id: markerId(bucketOfSnapshot(snapshot)),
    assistant: snapshot.assistant,
    reporter: snapshot.reporter ?? null,
    granularity: snapshot.reporter ? 'day' : 'call',
    atMs: snapshot.bucketMs,
    source: snapshot.source ?? (snapshot.reporter ? 'report' : 'sync'),
    revision: snapshot.snapshotMs,
    status: 'retracted',
    requests: 0,
  });

const STATUS = GROUPS.findIndex(({ name }) => name === 'status');

/** Under which reading a row was last said to be there, or to be gone. */
const revisionOf = (row: EventState): number => row.revisions[STATUS] ?? 0;

/** Which reading a marker stands for. */
export const snapshotOfMarker = (marker: EventState): number => revisionOf(marker);

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
  const key = bucketKey(bucket);
  const observed = rows.filter((row) => row.id !== id && isBucketRow(row) && bucketKey(bucketOf(row)) === key);
  const { complete, incomplete } = judge(observed, before ? revisionOf(before) : 0, closings);
  const after = complete && before ? join(before, marker(complete)) : complete ? marker(complete) : before;
  if (!after) return { changed: [], incomplete };
  const newest = revisionOf(after);
  const [source = 'sync'] = sourcesOf(after.sources);
  const outdated = observed.filter((row) => revisionOf(row) < newest);
  const retracted = outdated.map((row) => join(row, retraction(row, source, newest)));
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
export const incompleteReason = ({ assistant, reporter, bucketMs, snapshotMs }: Snapshot): string =>
  `${reporter ?? assistant} bucket ${new Date(bucketMs).toISOString()} ${INCOMPLETE} ${new Date(snapshotMs).toISOString()}: send it again`;
