import { integer, raw, sql, text } from '../../reports/sql.ts';
import type { Store } from '../../store/store.ts';
import type { EventState } from '../../usage/event.ts';
import { GROUPS } from '../../usage/merge.ts';
import type { Snapshot } from '../../usage/snapshot.ts';
import { BUCKET_MS, markerId, snapshotOfMarker } from '../../usage/snapshot.ts';
import type { PartReading, ReadBucket } from '../../vendors/sync-part.ts';
import { Failure } from '../../errors.ts';

/** What writing a reading came to. */
export interface WrittenReading {
  /** Rows of buckets that were not as they are now, all of them. */
  written: number;
  /** Buckets that the vendor has rows of, and how many of them have changed. */
  buckets: number;
  changed: number;
  warnings: string[];
}

type EventStore = Pick<Store, 'find' | 'query' | 'write'>;

/**
 * Puts each bucket in the place of what the store has of it, all of a reading in one step. A bucket that is as it was
 * is left alone; one that the vendor suddenly shows nothing of is kept, with a warning. @throws StoreUnavailable
 */
export async function writeBuckets(
  store: EventStore,
  org: string,
  reading: Pick<PartReading, 'span' | 'buckets' | 'of' | 'dateMs'>,
  nowMs: number,
): Promise<WrittenReading> {
  const { buckets = [], of } = reading;
  const written: WrittenReading = { written: 0, buckets: buckets.length, changed: 0, warnings: [] };
  if (!of) return written;
  const stored = await storedCounts(store, org, reading);
  const there = new Set(buckets.map(({ bucketMs }) => bucketMs));
  written.warnings = emptied(stored, there, of.reporter ?? of.assistant);
  const snapshotMs = await nextSnapshot(store, org, buckets, reading.dateMs ?? nowMs);
  const read = buckets.map((bucket) => ({ bucket, states: bucket.statesAt(snapshotMs) }));
  const alike = read.filter(({ bucket, states }) => stored.get(bucket.bucketMs) === states.length);
  const known = await storedRows(
    store,
    org,
    alike.flatMap(({ states }) => states),
  );
  const same = new Set(alike.filter(({ states }) => states.every((state) => isSame(known.get(state.id), state))));
  const changed = read.filter((one) => !same.has(one));
  if (changed.length === 0) return written;
  const events = changed.flatMap(({ states }) => states);
  const snapshots = changed.map(({ bucket: { assistant, reporter, bucketMs }, states }): Snapshot => ({
    org,
    assistant,
    reporter,
    bucketMs,
    snapshotMs,
    count: states.length,
  }));
  const { incomplete } = await store.write({ events, activities: [], snapshots });
  if (incomplete.length > 0) throw new Failure('a reading did not arrive whole', { retryable: true });
  return { ...written, written: events.length, changed: changed.length };
}

/** How many rows the store has, by bucket; nothing of what a closing record would leave alone. */
async function storedCounts(
  store: Pick<Store, 'query'>,
  org: string,
  { span, of }: Pick<PartReading, 'span' | 'of'>,
): Promise<Map<number, number>> {
  const bucket = raw(`at_ms - at_ms % ${BUCKET_MS}`);
  // `sync` is the third of the sources: of calls only such rows come in snapshots.
  const ofReporter = of?.reporter ? sql`reporter = ${text(of.reporter)}` : sql`reporter IS NULL AND sources % 8 >= 4`;
  const rows = await store.query(
    sql`SELECT ${bucket} AS bucket, count(*) AS events FROM usage_event
      WHERE org = ${text(org)} AND assistant = ${text(of?.assistant ?? '')} AND ${ofReporter}
      AND status <> 'retracted' AND NOT derived AND at_ms >= ${integer(span.fromMs)} AND at_ms < ${integer(span.toMs)}
      GROUP BY ${bucket}`,
  );
  return new Map(rows.map((row) => [Number(row.bucket), Number(row.events)]));
}

function emptied(stored: ReadonlyMap<number, number>, there: ReadonlySet<number>, what: string): string[] {
  const gone = [...stored].filter(([bucketMs]) => !there.has(bucketMs)).sort(([a], [b]) => a - b);
  const rows = gone.reduce((sum, [, count]) => sum + count, 0);
  const [first, last] = [gone[0], gone.at(-1)];
  if (!first || !last) return [];
  const date = ([bucketMs]: [number, number]): string => new Date(bucketMs).toISOString().slice(0, 13);
  const when = first === last ? date(first) : `${date(first)} to ${date(last)}`;
  return [`${what}: the vendor shows none of ${rows} rows that it had at ${when}; they are kept`];
}

/** Later than any reading that a bucket has seen, whatever clocks do. */
async function nextSnapshot(
  store: Pick<Store, 'find'>,
  org: string,
  buckets: readonly ReadBucket[],
  dateMs: number,
): Promise<number> {
  const markers = await store.find(
    org,
    buckets.map((bucket) => markerId({ org, ...bucket })),
  );
  return markers.reduce((newest, marker) => Math.max(newest, snapshotOfMarker(marker) + 1), dateMs);
}

async function storedRows(
  store: Pick<Store, 'find'>,
  org: string,
  states: readonly EventState[],
): Promise<Map<string, EventState>> {
  const ids = states.map(({ id }) => id);
  const rows = ids.length === 0 ? [] : await store.find(org, ids);
  return new Map(rows.map((row) => [row.id, row]));
}

const FIELDS = GROUPS.flatMap(({ fields }) => fields);

const isSame = (known: EventState | undefined, state: EventState): boolean =>
  known !== undefined && FIELDS.every((field) => known[field] === state[field]);
