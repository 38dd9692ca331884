import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { BIGINT, LIST, VARCHAR, listValue } from '@duckdb/node-api';
import type { Cell, Param, ReportRow, Sql } from '../../reports/sql.ts';

const TYPES: Record<Param['type'], DuckDBType> = {
  text: VARCHAR,
  integer: BIGINT,
  'text[]': LIST(VARCHAR),
};

function bound({ type, value }: Param): DuckDBValue {
  if (type === 'integer') return BigInt(value as number);
  if (type === 'text[]') return listValue([...(value as readonly string[])]);
  return value as string;
}

// 64-bit integers and their 128-bit sums come as bigint.
function cell(value: unknown): Cell {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw new TypeError('a report may only select text, numbers and flags');
}

export async function runSql(connection: DuckDBConnection, sql: Sql): Promise<ReportRow[]> {
  const text = sql.parts.reduce((all, part, i) => `${all}$${i}${part}`);
  const reader = await connection.runAndReadAll(
    text,
    sql.params.map(bound),
    sql.params.map(({ type }) => TYPES[type]),
  );
  return reader
    .getRowObjectsJS()
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(value)])));
}
