import type { DuckDBConnection } from '@duckdb/node-api';
import type { Activity, EventState } from '../../usage/event.ts';
import type { Bucket } from '../../usage/snapshot.ts';
import { amend } from '../amend.ts';
import { EVENT_COLUMNS } from '../columns.ts';
import { ACTIVITY_READERS, EVENT_READERS, eventOf, storedActivity } from '../rows.ts';
import type { Pricer, WriteBatch, Written } from '../store.ts';
import { rowsInBuckets } from './bucket-rows.ts';
import type { PlacedRow } from './table.ts';
import { appendRows, deleteRows, present, rowsBy, rowsWithin } from './table.ts';

/** Writes a batch inside the connection's open transaction. */
export async function writeBatch(connection: DuckDBConnection, batch: WriteBatch, price: Pricer): Promise<Written> {
  const places = new Map<bigint, bigint>();
  const eventsOf = (rows: readonly PlacedRow[]): EventState[] =>
    rows.map((row) => {
      const event = eventOf(row);
      places.set(event.hash, row.rowid);
      return event;
    });
  const find = async (key: string, values: readonly bigint[]): Promise<EventState[]> =>
    eventsOf(await rowsBy(connection, 'usage_event', EVENT_COLUMNS, key, values));
  const lookup = {
    byHash: (hashes: readonly bigint[]) => find('hash', hashes),
    byKeys: async (messageKeys: readonly bigint[], callKeys: readonly bigint[]) => {
      const rows = [
        ...(await find('message_key', messageKeys)),
        ...(await find('call_key', callKeys)),
        ...eventsOf(await rowsWithin(connection, 'usage_event', EVENT_COLUMNS, 'more_call_keys', callKeys)),
      ];
      return [...new Map(rows.map((row) => [row.hash, row])).values()];
    },
    inBuckets: async (buckets: readonly Bucket[]) => eventsOf(await rowsInBuckets(connection, buckets)),
  };
  const { remove, insert, incomplete } = await amend(batch, lookup, price);
  const removed = remove.flatMap(({ hash }) => places.get(hash) ?? []);
  await deleteRows(connection, 'usage_event', removed);
  await appendRows(connection, 'usage_event', EVENT_READERS, insert);
  await writeActivities(connection, batch.activities);
  return { incomplete };
}

// An activity is the same wherever it is seen, so that the first copy stands for all.
async function writeActivities(connection: DuckDBConnection, activities: readonly Activity[]): Promise<void> {
  const rows = new Map(activities.map(storedActivity).map((row) => [row.hash, row]));
  const known = await present(connection, 'activity', 'hash', [...rows.keys()]);
  const fresh = [...rows.values()].filter((row) => !known.has(row.hash));
  await appendRows(connection, 'activity', ACTIVITY_READERS, fresh);
}
