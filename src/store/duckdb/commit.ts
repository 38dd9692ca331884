import type { DuckDBConnection } from '@duckdb/node-api';
import type { Activity } from '../../usage/event.ts';
import { amend } from '../amend.ts';
import type { StoredEvent } from '../columns.ts';
import { EVENT_COLUMNS } from '../columns.ts';
import { ACTIVITY_READERS, EVENT_READERS, eventOf, storedActivity } from '../rows.ts';
import type { Pricer, WriteBatch } from '../store.ts';
import type { PlacedRow } from './table.ts';
import { appendRows, deleteRows, present, rowsBy } from './table.ts';

type Placed = StoredEvent & { rowid: bigint };

const placed = (row: PlacedRow): Placed => ({ ...eventOf(row), rowid: row.rowid });

/** Writes a batch inside the connection's open transaction. */
export async function writeBatch(connection: DuckDBConnection, batch: WriteBatch, price: Pricer): Promise<void> {
  const events = (key: string, values: readonly bigint[]): Promise<PlacedRow[]> =>
    rowsBy(connection, 'usage_event', EVENT_COLUMNS, key, values);
  const { remove, insert } = await amend(
    batch.events,
    {
      byHash: async (hashes) => (await events('hash', hashes)).map(placed),
      byKeys: async (messageKeys, callKeys) => {
        const rows = [...(await events('message_key', messageKeys)), ...(await events('call_key', callKeys))];
        return [...new Map(rows.map((row) => [row.rowid, row])).values()].map(placed);
      },
    },
    price,
  );
  await deleteRows(
    connection,
    'usage_event',
    remove.map((row) => row.rowid),
  );
  await appendRows(connection, 'usage_event', EVENT_READERS, insert);
  await writeActivities(connection, batch.activities);
}

// An activity is the same wherever it is seen, so that the first copy stands for all.
async function writeActivities(connection: DuckDBConnection, activities: readonly Activity[]): Promise<void> {
  const rows = new Map(activities.map(storedActivity).map((row) => [row.hash, row]));
  const known = await present(connection, 'activity', 'hash', [...rows.keys()]);
  const fresh = [...rows.values()].filter((row) => !known.has(row.hash));
  await appendRows(connection, 'activity', ACTIVITY_READERS, fresh);
}
