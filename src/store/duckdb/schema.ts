import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column, Kind } from '../columns.ts';
import { slicesOf } from '../slices.ts';
import { ACTIVITY_COLUMNS, EVENT_COLUMNS } from '../columns.ts';
import { FIGURE_COLUMNS, PULL_REQUEST_COLUMNS } from '../vendor-rows.ts';

const TYPES: Record<Kind, string> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  hash: 'UBIGINT',
  hashes: 'UBIGINT[]',
  bytes: 'BLOB',
  flag: 'BOOLEAN',
};

const definition = (columns: readonly Column[]): string =>
  columns.map((c) => `${c.name} ${TYPES[c.kind]}${c.nullable ? '' : ' NOT NULL'}`).join(', ');

/** Numbered from 1; each runs once, in one transaction with its number. Append only. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE usage_event (${definition(EVENT_COLUMNS)})`,
    `CREATE TABLE activity (${definition(ACTIVITY_COLUMNS)})`,
    `CREATE TABLE control (kind VARCHAR NOT NULL, entity_id VARCHAR NOT NULL, version BIGINT NOT NULL,
      org VARCHAR NOT NULL, at_ms BIGINT NOT NULL, author VARCHAR NOT NULL, data VARCHAR NOT NULL)`,
    `CREATE TABLE directory (org VARCHAR NOT NULL, actor VARCHAR NOT NULL, from_ms BIGINT NOT NULL, to_ms BIGINT NOT NULL,
      person VARCHAR NOT NULL, team VARCHAR, department VARCHAR)`,
  ],
  [
    `CREATE TABLE daily_figure (${definition(FIGURE_COLUMNS.map(({ column }) => column))})`,
    `CREATE TABLE pull_request (${definition(PULL_REQUEST_COLUMNS.map(({ column }) => column))})`,
  ],
];

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
  await connection.run(`CREATE OR REPLACE VIEW usage_slice AS ${slicesOf('usage_event')}`);
}
