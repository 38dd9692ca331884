import type { EventState, PricedValues } from '../usage/event.ts';
import { storeHash } from '../usage/identity.ts';
import { join } from '../usage/merge.ts';
import { needsSettling, settle } from '../usage/pairing.ts';
import type { Bucket, Snapshot } from '../usage/snapshot.ts';
import { closeBuckets, touchedBuckets } from './close-buckets.ts';
import type { Pricer, WriteBatch } from './store.ts';

/** What a commit must read of the table. */
export interface Lookup {
  byHash(hashes: readonly bigint[]): Promise<EventState[]>;
  /** Observed and derived rows that carry one of these message or call keys. */
  byKeys(messageKeys: readonly bigint[], callKeys: readonly bigint[]): Promise<EventState[]>;
  /** Observed rows of an organisation's assistant by the UTC hours that their time lies in. */
  inBuckets(buckets: readonly Bucket[]): Promise<EventState[]>;
}

/** The change of the table that a batch comes to. Nothing outside it is touched. */
export interface Amendment {
  remove: EventState[];
  insert: EventState[];
  /** Closing records whose rows are not all there; nothing was done for them. */
  incomplete: Snapshot[];
}

/** Events of one commit are joined with each other before they meet the table. */
function joinBatch(events: readonly EventState[]): Map<bigint, EventState> {
  const byHash = new Map<bigint, EventState>();
  for (const event of events) {
    const hash = storeHash(event.org, event.id);
    const earlier = byHash.get(hash);
    byHash.set(hash, earlier ? join(earlier, event) : event);
  }
  return byHash;
}

/** Every row that could change its count because of `seeds`: closed over shared message and call keys. */
async function closure(seeds: Iterable<EventState>, lookup: Lookup): Promise<EventState[]> {
  const seen = { message: new Set<bigint>(), call: new Set<bigint>() };
  const found = new Map<bigint, EventState>();
  let frontier: EventState[] = [...seeds];
  while (frontier.length > 0) {
    const message = new Set<bigint>();
    const call = new Set<bigint>();
    for (const row of frontier) {
      if (row.messageKey !== null && !seen.message.has(row.messageKey)) message.add(row.messageKey);
      for (const key of row.callKeys) if (!seen.call.has(key)) call.add(key);
    }
    if (message.size + call.size === 0) break;
    for (const key of message) seen.message.add(key);
    for (const key of call) seen.call.add(key);
    const rows = await lookup.byKeys([...message], [...call]);
    frontier = rows.filter((row) => !found.has(row.hash));
    for (const row of rows) found.set(row.hash, row);
  }
  return [...found.values()];
}

/** What becomes of an event: whether it counts by itself, or stands for several that do not. */
interface Standing {
  state: EventState;
  counted: boolean;
  derived: boolean;
}

const alone = (state: EventState): Standing => ({
  state,
  counted: state.status !== 'retracted' && state.status !== 'test',
  derived: false,
});

/**
 * Joins a batch with what the table holds: pure but for `lookup`, and the same for every engine that reads before it
 * writes. Rows that do not change are neither removed nor inserted.
 */
export async function amend(
  { events, snapshots = [] }: Pick<WriteBatch, 'events' | 'snapshots'>,
  lookup: Lookup,
  price: Pricer,
): Promise<Amendment> {
  const batch = joinBatch(events);
  const touched = touchedBuckets(batch, snapshots);
  const hashes = [...batch.keys(), ...touched.map(({ marker }) => marker)];
  const before = new Map((await lookup.byHash(hashes)).map((row) => [row.hash, row]));
  const after = new Map<bigint, Standing>();
  const seeds: EventState[] = [];
  for (const [hash, event] of batch) {
    const old = before.get(hash);
    const state = old ? join(old, event) : event;
    if (state === old) continue;
    after.set(hash, alone(state));
    if (needsSettling(state)) seeds.push(state);
    if (old && needsSettling(old)) seeds.push(old);
  }
  if (snapshots.length > 0) {
    const closing = touched.flatMap(({ bucket, closings }) => (closings.length > 0 ? [bucket] : []));
    for (const row of await lookup.inBuckets(closing)) before.set(row.hash, row);
  }
  const { changed, incomplete } = closeBuckets(touched, before, (hash) => after.get(hash)?.state ?? before.get(hash));
  for (const [hash, state] of changed) after.set(hash, alone(state));
  if (seeds.length > 0) {
    for (const row of await closure(seeds, lookup)) {
      before.set(row.hash, row);
      if (!row.derived && !after.has(row.hash)) after.set(row.hash, alone(row));
    }
    settleRows(after);
  }
  const insert: EventState[] = [];
  const remove: EventState[] = [];
  for (const [hash, { state, counted, derived }] of after) {
    const old = before.get(hash);
    const row = { ...state };
    row.hash = hash;
    row.counted = counted;
    row.derived = derived;
    const { listMicros, cacheSavingsMicros } = counted ? price(state) : UNPRICED;
    row.listMicros = listMicros;
    row.cacheSavingsMicros = cacheSavingsMicros;
    if (old && sameRow(old, row)) continue;
    insert.push(row);
    if (old) remove.push(old);
  }
  for (const old of before.values()) if (old.derived && !after.has(old.hash)) remove.push(old);
  return { remove, insert, incomplete };
}

const UNPRICED: PricedValues = { listMicros: null, cacheSavingsMicros: null };

const sameRow = (old: EventState, row: EventState): boolean =>
  old.counted === row.counted &&
  old.listMicros === row.listMicros &&
  old.cacheSavingsMicros === row.cacheSavingsMicros &&
  old.derived === row.derived &&
  join(old, row) === old &&
  join(row, old) === row;

/** Decides for all rows at hand which count, and adds the calls made of several rows. */
function settleRows(rows: Map<bigint, Standing>): void {
  for (const group of groupByOrg(rows).values()) {
    const { counted, derived } = settle(group.map(({ state }) => state));
    for (const standing of group) standing.counted = counted.has(standing.state.id);
    for (const state of derived) rows.set(storeHash(state.org, state.id), { state, counted: true, derived: true });
  }
}

function groupByOrg(rows: ReadonlyMap<bigint, Standing>): Map<string, Standing[]> {
  const groups = new Map<string, Standing[]>();
  for (const standing of rows.values()) {
    const group = groups.get(standing.state.org);
    if (group) group.push(standing);
    else groups.set(standing.state.org, [standing]);
  }
  return groups;
}
