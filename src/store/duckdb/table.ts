import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBType } from '@duckdb/node-api';
import { BIGINT, BLOB, BOOLEAN, DuckDBDataChunk, LIST, UBIGINT, VARCHAR, listValue } from '@duckdb/node-api';
import type { Column, Kind } from '../columns.ts';
import type { Row, RowValue } from '../rows.ts';
import { CHUNK_ROWS, writeColumn } from './chunk-columns.ts';

/** How rows get into and out of one DuckDB table. */

const TYPES: Record<Kind, DuckDBType> = {
  text: VARCHAR,
  integer: BIGINT,
  hash: UBIGINT,
  hashes: LIST(UBIGINT),
  bytes: BLOB,
  flag: BOOLEAN,
};

/** Appends in the connection's open transaction. */
export async function appendRows<T>(
  connection: DuckDBConnection,
  table: string,
  readers: readonly { column: Column; read: (value: T) => RowValue }[],
  values: readonly T[],
): Promise<void> {
  if (values.length === 0) return;
  const appender = await connection.createAppender(table);
  const types = readers.map(({ column }) => TYPES[column.kind]);
  for (let start = 0; start < values.length; start += CHUNK_ROWS) {
    const slice = values.slice(start, start + CHUNK_ROWS);
    const chunk = DuckDBDataChunk.create(types, slice.length);
    readers.forEach(({ column, read }, i) => writeColumn(chunk, i, column.kind, slice.map(read)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

// `bytes` are hex in our rows.
const selected = (columns: readonly Column[]): string =>
  columns.map(({ name, kind }) => (kind === 'bytes' ? `lower(hex(${name})) AS ${name}` : name)).join(', ');

/** `rowid` is the row's place until the table is next checkpointed: use it inside one transaction only. */
export type PlacedRow = Row & { rowid: bigint };

/** Rows whose `key` is among `values`. The small side is hashed, the table is scanned once, over that column alone. */
export async function rowsBy(
  connection: DuckDBConnection,
  table: string,
  columns: readonly Column[],
  key: string,
  values: readonly bigint[],
): Promise<PlacedRow[]> {
  if (values.length === 0) return [];
  return await rowsAt(connection, table, columns, await rowidsBy(connection, table, key, values));
}

/** Whole rows by their places. */
export async function rowsAt(
  connection: DuckDBConnection,
  table: string,
  columns: readonly Column[],
  rowids: readonly bigint[],
): Promise<PlacedRow[]> {
  if (rowids.length === 0) return [];
  const rows = await connection.runAndReadAll(
    `SELECT rowid, ${selected(columns)} FROM ${table} WHERE rowid IN (SELECT unnest($1))`,
    [listValue([...rowids])],
    [LIST(BIGINT)],
  );
  return rows.getRowObjectsJS() as PlacedRow[];
}

const prepared = new WeakMap<DuckDBConnection, Map<string, DuckDBPreparedStatement>>();

/** The first column of a statement over one list of hashes. Commits repeat them, and planning takes longest. */
async function probe(connection: DuckDBConnection, sql: string, values: readonly bigint[]): Promise<bigint[]> {
  const statements = prepared.get(connection) ?? new Map<string, DuckDBPreparedStatement>();
  prepared.set(connection, statements);
  const statement = statements.get(sql) ?? (await connection.prepare(sql));
  statements.set(sql, statement);
  statement.bind([listValue([...values])], [LIST(UBIGINT)]);
  const found = await statement.runAndReadAll();
  return found.getRowsJS().map(([value]) => value as bigint);
}

const rowidsBy = (connection: DuckDBConnection, table: string, key: string, values: readonly bigint[]) =>
  probe(connection, `SELECT rowid FROM ${table} WHERE ${key} IN (SELECT unnest($1))`, values);

/** Whole rows with one of `values` in a column of lists, which few rows have. */
export async function rowsWithin(
  connection: DuckDBConnection,
  table: string,
  columns: readonly Column[],
  key: string,
  values: readonly bigint[],
): Promise<PlacedRow[]> {
  if (values.length === 0) return [];
  const lists = `SELECT rowid AS place, unnest(${key}) AS value FROM ${table} WHERE ${key} IS NOT NULL`;
  const places = await probe(connection, `SELECT place FROM (${lists}) WHERE value IN (SELECT unnest($1))`, values);
  return await rowsAt(connection, table, columns, [...new Set(places)]);
}

/** Which of `values` stand in a column already. */
export async function present(
  connection: DuckDBConnection,
  table: string,
  key: string,
  values: readonly bigint[],
): Promise<Set<bigint>> {
  if (values.length === 0) return new Set();
  return new Set(await probe(connection, `SELECT ${key} FROM ${table} WHERE ${key} IN (SELECT unnest($1))`, values));
}

export async function deleteRows(
  connection: DuckDBConnection,
  table: string,
  rowids: readonly bigint[],
): Promise<void> {
  if (rowids.length === 0) return;
  await connection.run(
    `DELETE FROM ${table} WHERE rowid IN (SELECT unnest($1))`,
    [listValue([...rowids])],
    [LIST(BIGINT)],
  );
}
