import type { DuckDBConnection } from '@duckdb/node-api';
import type { Activity, EventState } from '../../usage/event.ts';
import type { Bucket } from '../../usage/snapshot.ts';
import type { Lookup } from '../amend.ts';
import { amend } from '../amend.ts';
import { EVENT_COLUMNS } from '../columns.ts';
import { ACTIVITY_READERS, EVENT_READERS, eventOf, storedActivity } from '../rows.ts';
import { StaleDays } from '../stale-days.ts';
import type { Pricer, WriteBatch, Written } from '../store.ts';
import { rowsInBuckets } from './bucket-rows.ts';
import type { RowCounts } from './keeper.ts';
import type { KnownHashes } from './known-hashes.ts';
import { ACTIVITY_TABLES, EVENT_TABLES } from './names.ts';
import type { Place, PlacedRow } from './table.ts';
import { appendRows, deleteRows, present, rowsBy, rowsWithin } from './table.ts';

/** What a batch came to. */
export interface Committed extends Written {
  /** The lanes of events that are no more as they were. */
  touched: StaleDays;
  /** Rows added to the tables of new rows. */
  added: RowCounts;
}

export interface Writing {
  connection: DuckDBConnection;
  known: KnownHashes;
  price: Pricer;
  /** Called before rows are removed. */
  beforeRemoval: (places: readonly Place[]) => void;
}

/** Writes a batch inside the connection's open transaction. */
export async function writeBatch(writing: Writing, batch: WriteBatch): Promise<Committed> {
  const { connection, known, price } = writing;
  const { lookup, places } = lookupIn(connection, known);
  const { remove, insert, incomplete } = await amend(batch, lookup, price);
  if (remove.length > 0) {
    const removed = remove.flatMap(({ hash }) => places.get(hash) ?? []);
    writing.beforeRemoval(removed);
    await deleteRows(connection, removed);
  }
  for (const { hash, messageKey, callKeys } of insert) {
    known.add(hash);
    if (messageKey !== null) known.add(messageKey);
    for (const key of callKeys) known.add(key);
  }
  await appendRows(connection, EVENT_TABLES[0], EVENT_READERS, insert);
  const activities = await writeActivities(writing, batch.activities);
  const touched = new StaleDays();
  touched.addEvents(remove);
  touched.addEvents(insert);
  return { incomplete, touched, added: { events: insert.length, activities } };
}

/** Finds rows in both tables, but looks only for what they may have; `places` says where what was found stands. */
function lookupIn(connection: DuckDBConnection, known: KnownHashes): { lookup: Lookup; places: Map<bigint, Place> } {
  const places = new Map<bigint, Place>();
  const eventsOf = (rows: readonly PlacedRow[]): EventState[] =>
    rows.map(({ row, place }) => {
      const event = eventOf(row);
      places.set(event.hash, place);
      return event;
    });
  const find = async (key: string, values: readonly bigint[]): Promise<EventState[]> =>
    eventsOf(await rowsBy(connection, EVENT_TABLES, EVENT_COLUMNS, key, values.filter(known.mayHave)));
  const lookup = {
    byHash: (hashes: readonly bigint[]) => find('hash', hashes),
    byKeys: async (messageKeys: readonly bigint[], callKeys: readonly bigint[]) => {
      const lists = callKeys.filter(known.mayHave);
      const rows = [
        ...(await find('message_key', messageKeys)),
        ...(await find('call_key', callKeys)),
        ...eventsOf(await rowsWithin(connection, EVENT_TABLES, EVENT_COLUMNS, 'more_call_keys', lists)),
      ];
      return [...new Map(rows.map((row) => [row.hash, row])).values()];
    },
    inBuckets: async (buckets: readonly Bucket[]) => eventsOf(await rowsInBuckets(connection, buckets)),
  };
  return { lookup, places };
}

// An activity is the same wherever it is seen, so that the first copy stands for all.
async function writeActivities({ connection, known }: Writing, activities: readonly Activity[]): Promise<number> {
  const rows = new Map(activities.map(storedActivity).map((row) => [row.hash, row]));
  const suspects = [...rows.keys()].filter(known.mayHave);
  const stored = await present(connection, ACTIVITY_TABLES, 'hash', suspects);
  const fresh = [...rows.values()].filter((row) => !stored.has(row.hash));
  for (const { hash } of fresh) known.add(hash);
  await appendRows(connection, ACTIVITY_TABLES[0], ACTIVITY_READERS, fresh);
  return fresh.length;
}
