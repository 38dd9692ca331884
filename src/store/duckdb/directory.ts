import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column } from '../columns.ts';
import type { RowValue } from '../rows.ts';
import type { DirectoryRow } from '../store.ts';
import { appendRows } from './table.ts';

/** Replaces an organisation's part of the table in the connection's open transaction. */
export async function replaceDirectory(
  connection: DuckDBConnection,
  org: string,
  rows: readonly DirectoryRow[],
): Promise<void> {
  await connection.run('DELETE FROM directory WHERE org = $1', [org]);
  const column = (name: string, kind: Column['kind'], read: (row: DirectoryRow) => RowValue) => ({
    column: { name, kind },
    read,
  });
  const readers = [
    column('org', 'text', () => org),
    column('actor', 'text', ({ actor }) => actor),
    column('from_ms', 'integer', ({ fromMs }) => fromMs),
    column('to_ms', 'integer', ({ toMs }) => toMs),
    column('person', 'text', ({ person }) => person),
    column('team', 'text', ({ team }) => team),
    column('department', 'text', ({ department }) => department),
  ];
  await appendRows(connection, 'directory', readers, rows);
}
