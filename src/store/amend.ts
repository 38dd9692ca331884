import type { EventState } from '../usage/event.ts';
import { storeHash } from '../usage/identity.ts';
import { join } from '../usage/merge.ts';
import { needsSettling, settle } from '../usage/pairing.ts';
import type { StoredEvent } from './columns.ts';
import { unsettled } from './rows.ts';
import type { Pricer } from './store.ts';

/** What a commit must read of the table; `R` is a row with its place. */
export interface Lookup<R extends StoredEvent> {
  byHash(hashes: readonly bigint[]): Promise<R[]>;
  /** Observed and derived rows that carry one of these message or call keys. */
  byKeys(messageKeys: readonly bigint[], callKeys: readonly bigint[]): Promise<R[]>;
}

/** The change of the table that a batch comes to. Nothing outside it is touched. */
export interface Amendment<R> {
  remove: R[];
  insert: StoredEvent[];
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
async function closure<R extends StoredEvent>(seeds: Iterable<StoredEvent>, lookup: Lookup<R>): Promise<R[]> {
  const seen = { message: new Set<bigint>(), call: new Set<bigint>() };
  const found = new Map<bigint, R>();
  let frontier: StoredEvent[] = [...seeds];
  while (frontier.length > 0) {
    const message = new Set<bigint>();
    const call = new Set<bigint>();
    for (const row of frontier) {
      if (row.messageKey !== null && !seen.message.has(row.messageKey)) message.add(row.messageKey);
      if (row.callKey !== null && !seen.call.has(row.callKey)) call.add(row.callKey);
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

const sameRow = (a: StoredEvent, b: StoredEvent): boolean =>
  a.counted === b.counted && a.listMicros === b.listMicros && a.derived === b.derived;

/**
 * Joins a batch with what the table holds: pure but for `lookup`, and the same for every engine that reads before it
 * writes. Rows that do not change are neither removed nor inserted.
 */
export async function amend<R extends StoredEvent>(
  events: readonly EventState[],
  lookup: Lookup<R>,
  price: Pricer,
): Promise<Amendment<R>> {
  const batch = joinBatch(events);
  const before = new Map((await lookup.byHash([...batch.keys()])).map((row) => [row.hash, row]));
  const after = new Map<bigint, StoredEvent>();
  const seeds: StoredEvent[] = [];
  for (const [hash, event] of batch) {
    const old = before.get(hash);
    const state = old ? join(old, event) : event;
    if (state === old) continue;
    const row = unsettled(state, hash);
    after.set(hash, row);
    if (needsSettling(row)) seeds.push(row);
    if (old && needsSettling(old)) seeds.push(old);
  }
  if (seeds.length > 0) {
    for (const row of await closure(seeds, lookup)) {
      before.set(row.hash, row);
      if (!row.derived && !after.has(row.hash)) after.set(row.hash, row);
    }
    settleRows(after);
  }
  const insert: StoredEvent[] = [];
  const remove: R[] = [];
  for (const row of after.values()) {
    const old = before.get(row.hash);
    const priced = row.counted ? { ...row, listMicros: price(row) } : { ...row, listMicros: null };
    if (old && joinedNothing(old, row) && sameRow(old, priced)) continue;
    insert.push(priced);
    if (old) remove.push(old);
  }
  for (const old of before.values()) if (old.derived && !after.has(old.hash)) remove.push(old);
  return { remove, insert };
}

const joinedNothing = (old: StoredEvent, row: StoredEvent): boolean => join(old, row) === old && join(row, old) === row;

/** Decides for all rows at hand which count, and adds the calls made of several rows. */
function settleRows(rows: Map<bigint, StoredEvent>): void {
  const observed = [...rows.values()];
  const byOrg = groupByOrg(observed);
  for (const group of byOrg.values()) {
    const { counted, derived } = settle(group);
    for (const row of group) rows.set(row.hash, { ...row, counted: counted.has(row.id) });
    for (const state of derived) {
      const row = { ...unsettled(state), derived: true };
      rows.set(row.hash, row);
    }
  }
}

function groupByOrg(rows: readonly StoredEvent[]): Map<string, StoredEvent[]> {
  const groups = new Map<string, StoredEvent[]>();
  for (const row of rows) {
    const group = groups.get(row.org);
    if (group) group.push(row);
    else groups.set(row.org, [row]);
  }
  return groups;
}
