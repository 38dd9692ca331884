import type { Activity } from '../../usage/event.ts';
import { ACTIVITY_COLUMNS } from '../columns.ts';
import { ACTIVITY_READERS, storedActivity } from '../rows.ts';
import type { Connection } from './connection.ts';
import { writeValue } from './placed-row.ts';
import { RowBinary } from './row-binary.ts';

const TABLE = { name: 'activity_row', columns: ACTIVITY_COLUMNS.map(({ name }) => name) };

/** An activity is the same wherever it is seen: the engine keeps one row of it. Resolves when they are durable. */
export async function insertActivities(connection: Connection, activities: readonly Activity[]): Promise<void> {
  const rows = new RowBinary(activities.length * 256);
  for (const activity of new Map(activities.map(storedActivity).map((row) => [row.hash, row])).values())
    for (const { column, read } of ACTIVITY_READERS) writeValue(rows, column, read(activity));
  await connection.insert(TABLE, rows.bytes);
}
