import type { EventState } from '../../usage/event.ts';
import type { Pricer } from '../store.ts';
import type { Connection } from './connection.ts';
import type { KeyedHash } from './event-keys.ts';
import { insertKeys, keysOf, linksOf, readKeys } from './event-keys.ts';
import type { Observed } from './observation.ts';
import { observed } from './observation.ts';
import { readObservations, writtenAgain } from './observations.ts';
import { insertPlacedRows, settledRevisions } from './placed-rows.ts';
import { groupsOf, revisionOf, settlementOf } from './settlement.ts';

/** What a batch has inserted, or found to be there. */
export interface Inserted {
  events: ReadonlyMap<bigint, EventState>;
  /** Marked or retracted since. */
  changed: ReadonlySet<bigint>;
  /** There before the batch came. */
  known: ReadonlySet<bigint>;
}

/** Reads back what was inserted with all that is linked to it, and writes what becomes of it; see `settlement.ts`. */
export async function settleStored(connection: Connection, inserted: Inserted, price: Pricer): Promise<void> {
  const rows = await linked(connection, inserted);
  const groups = await unsettled(connection, inserted, groupsOf([...rows.values()]));
  await insertPlacedRows(connection, settlementOf(groups.flat(), price));
}

/** The batch's rows as they are stored now, closed over the keys that they share with others. */
async function linked(connection: Connection, { events, changed, known }: Inserted): Promise<Map<bigint, Observed>> {
  const rows = new Map<bigint, Observed>();
  const orgs = new Set([...events.values()].map(({ org }) => org));
  // What nobody else has written of is as it was inserted.
  const alone = [...events].filter(([hash]) => !known.has(hash) && !changed.has(hash));
  const [again, links] = await Promise.all([
    writtenAgain(
      connection,
      alone.map(([hash]) => hash),
    ),
    linksBetween(connection, [...events.values()]),
  ]);
  const shared = new Set(again);
  for (const [hash, event] of alone) if (!shared.has(hash)) rows.set(hash, observed(event));
  let wanted = new Set([...events.keys(), ...changed, ...links.map(({ hash }) => hash)]);
  const followed = new Set(links.map(({ key }) => key));
  for (;;) {
    const missing = [...wanted].filter((hash) => !rows.has(hash));
    const read = [...(await readObservations(connection, missing)).values()];
    for (const { state } of read) if (changed.has(state.hash)) orgs.add(state.org);
    const found = read.filter(({ state }) => orgs.has(state.org));
    for (const row of found) rows.set(row.state.hash, row);
    const next = found.flatMap(linksOf).filter((key) => !followed.has(key));
    if (next.length === 0) return rows;
    for (const key of next) followed.add(key);
    wanted = new Set((await readKeys(connection, [...new Set(next)])).map(({ hash }) => hash));
  }
}

/** Who else has the keys of these events. A writer that died may have inserted an event without its keys. */
async function linksBetween(connection: Connection, events: readonly EventState[]): Promise<KeyedHash[]> {
  const own = events.flatMap(keysOf);
  const keys = [...new Set(events.flatMap((event) => linksOf(observed(event))))];
  const found = await readKeys(connection, keys);
  const there = new Set(found.map(({ key, hash }) => `${key} ${hash}`));
  const followed = new Set(keys);
  const lost = own.filter(({ key, hash }) => followed.has(key) && !there.has(`${key} ${hash}`));
  if (lost.length === 0) return found;
  await insertKeys(connection, own);
  return await readKeys(connection, keys);
}

/** Groups whose outcome is not there yet. Those that the batch has added something to cannot be. */
async function unsettled(
  connection: Connection,
  { events, changed, known }: Inserted,
  groups: readonly Observed[][],
): Promise<Observed[][]> {
  const isNew = ({ state: { hash } }: Observed): boolean => changed.has(hash) || (events.has(hash) && !known.has(hash));
  const old = groups.filter((group) => !group.some(isNew));
  const revisions = await settledRevisions(connection, old.flat());
  const settled = new Set(
    old.filter((group) => {
      // An outcome on one day is written whole or not at all; others are written again, to be sure.
      if (new Set(group.flatMap(({ days }) => days)).size > 1) return false;
      return group.every(({ state }) => revisions.get(state.hash) === revisionOf(group));
    }),
  );
  return groups.filter((group) => !settled.has(group));
}
