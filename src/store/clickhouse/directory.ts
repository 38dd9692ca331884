import type { DirectoryRow } from '../store.ts';
import type { Connection } from './connection.ts';
import { nextGeneration } from './generation.ts';
import { RowBinary } from './row-binary.ts';

const COLUMNS = ['org', 'generation', 'actor', 'from_ms', 'to_ms', 'person', 'team', 'department'];

/** One insert is a generation, and the newest is the organisation's directory. */
export async function replaceDirectory(
  connection: Connection,
  org: string,
  directory: readonly DirectoryRow[],
): Promise<void> {
  const generation = await nextGeneration(connection);
  const rows = new RowBinary();
  // An actor without a name stands for a generation that may be empty.
  for (const row of [NOBODY, ...directory]) {
    rows.text(org);
    rows.u64(generation);
    rows.text(row.actor);
    rows.integer(row.fromMs);
    rows.integer(row.toMs);
    rows.text(row.person);
    for (const value of [row.team, row.department]) {
      rows.u8(value === null ? 1 : 0);
      if (value !== null) rows.text(value);
    }
  }
  await connection.insert({ name: 'directory_row', columns: COLUMNS }, rows.bytes);
}

const NOBODY: DirectoryRow = { actor: '', fromMs: 0, toMs: 0, person: '', team: null, department: null };
