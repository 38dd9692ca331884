import type { DuckDBConnection } from '@duckdb/node-api';
import { MIGRATIONS } from './migrations.ts';

/** The file was written by a newer release, or by something else. */
export class ForeignDatabase extends Error {
  override readonly name = 'ForeignDatabase';
}

/** Brings the file to this release's schema; idempotent. */
export async function migrate(connection: DuckDBConnection): Promise<void> {
  const tables = await connection.runAndReadAll(`SELECT table_name FROM duckdb_tables() WHERE NOT internal`);
  const names = (tables.getRowsJS() as [string][]).map(([name]) => name);
  if (names.length > 0 && !names.includes('schema_version'))
    throw new ForeignDatabase('the database file holds tables of another program');
  await connection.run('CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)');
  const reader = await connection.runAndReadAll('SELECT coalesce(max(version), 0) FROM schema_version');
  const version = Number(reader.getRowsJS()[0]?.[0] ?? 0);
  if (version > MIGRATIONS.length)
    throw new ForeignDatabase(`the database has schema ${version}, this release knows up to ${MIGRATIONS.length}`);
  for (const [i, statements] of MIGRATIONS.entries()) {
    if (i < version) continue;
    await connection.run('BEGIN');
    for (const statement of statements) await connection.run(statement);
    await connection.run(`INSERT INTO schema_version VALUES (${i + 1})`);
    await connection.run('COMMIT');
  }
}
