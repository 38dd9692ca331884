import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBType } from '@duckdb/node-api';
import { BIGINT, BLOB, BOOLEAN, DuckDBDataChunk, LIST, UBIGINT, VARCHAR, listValue } from '@duckdb/node-api';
import type { Column, Kind } from '../columns.ts';
import type { ColumnReader, Row } from '../rows.ts';
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
  readers: readonly ColumnReader<T>[],
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

/** Where a row stands, until that table is next checkpointed or the row is moved: inside one `writeTransaction` only. */
export interface Place {
  table: string;
  rowid: bigint;
}
export interface PlacedRow {
  row: Row;
  place: Place;
}

/** Rows whose `key` is among `values`. The small side is hashed, each table is scanned once, over that column alone. */
export async function rowsBy(
  connection: DuckDBConnection,
  tables: readonly string[],
  columns: readonly Column[],
  key: string,
  values: readonly bigint[],
): Promise<PlacedRow[]> {
  if (values.length === 0) return [];
  return await rowsFound(connection, tables, columns, (table) =>
    probe(connection, `SELECT rowid FROM ${table} WHERE ${key} IN (SELECT unnest($1))`, values),
  );
}

/** Rows with one of `values` in a column of lists, which few rows have. */
export async function rowsWithin(
  connection: DuckDBConnection,
  tables: readonly string[],
  columns: readonly Column[],
  key: string,
  values: readonly bigint[],
): Promise<PlacedRow[]> {
  if (values.length === 0) return [];
  return await rowsFound(connection, tables, columns, async (table) => {
    const lists = `SELECT rowid AS place, unnest(${key}) AS value FROM ${table} WHERE ${key} IS NOT NULL`;
    const sql = `SELECT place FROM (${lists}) WHERE value IN (SELECT unnest($1))`;
    return [...new Set(await probe(connection, sql, values))];
  });
}

/** Whole rows of several tables, by what `find` answers for each: their places in it. */
export async function rowsFound(
  connection: DuckDBConnection,
  tables: readonly string[],
  columns: readonly Column[],
  find: (table: string) => Promise<readonly bigint[]>,
): Promise<PlacedRow[]> {
  const found: PlacedRow[] = [];
  for (const table of tables) {
    const rowids = await find(table);
    if (rowids.length === 0) continue;
    const reader = await connection.runAndReadAll(
      `SELECT rowid, ${selected(columns)} FROM ${table} WHERE rowid IN (SELECT unnest($1))`,
      [listValue([...rowids])],
      [LIST(BIGINT)],
    );
    for (const { rowid, ...row } of reader.getRowObjectsJS() as (Row & { rowid: bigint })[])
      found.push({ row, place: { table, rowid } });
  }
  return found;
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

/** Which of `values` stand in a column of one of the tables already. */
export async function present(
  connection: DuckDBConnection,
  tables: readonly string[],
  key: string,
  values: readonly bigint[],
): Promise<Set<bigint>> {
  if (values.length === 0) return new Set();
  const found: bigint[] = [];
  for (const table of tables)
    found.push(...(await probe(connection, `SELECT ${key} FROM ${table} WHERE ${key} IN (SELECT unnest($1))`, values)));
  return new Set(found);
}

export async function deleteRows(connection: DuckDBConnection, places: readonly Place[]): Promise<void> {
  for (const table of new Set(places.map((place) => place.table))) {
    const rowids = places.flatMap((place) => (place.table === table ? [place.rowid] : []));
    await connection.run(
      `DELETE FROM ${table} WHERE rowid IN (SELECT unnest($1))`,
      [listValue(rowids)],
      [LIST(BIGINT)],
    );
  }
}
