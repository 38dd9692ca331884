import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { BIGINT, DOUBLE, LIST, VARCHAR, listValue } from '@duckdb/node-api';
import { recordOf } from '../../reports/record.ts';
import type { Cell, ListColumn, Param, ReportRow, Sql } from '../../reports/sql.ts';

const LISTS: Record<ListColumn['kind'], DuckDBType> = {
  text: LIST(VARCHAR),
  integer: LIST(BIGINT),
  real: LIST(DOUBLE),
};

/** A statement as DuckDB takes it. */
interface Bound {
  text: string;
  values: DuckDBValue[];
  types: DuckDBType[];
}

const listOf = ({ kind, values }: ListColumn): DuckDBValue =>
  listValue(kind === 'integer' ? values.map((value) => BigInt(value)) : [...values]);

function append(bound: Bound, param: Param): void {
  const add = (value: DuckDBValue, type: DuckDBType): string => {
    bound.values.push(value);
    bound.types.push(type);
    return `$${bound.values.length}`;
  };
  if (param.type === 'text') bound.text += add(param.value, VARCHAR);
  else if (param.type === 'integer') bound.text += add(BigInt(param.value), BIGINT);
  else if (param.type === 'text[]') bound.text += add(listValue([...param.value]), LIST(VARCHAR));
  else {
    const columns = param.value.map((list) => `unnest(${add(listOf(list), LISTS[list.kind])}) AS ${list.name}`);
    bound.text += `(SELECT ${columns.join(', ')})`;
  }
}

function bind({ parts, params }: Sql): Bound {
  const bound: Bound = { text: parts[0] ?? '', values: [], types: [] };
  params.forEach((param, i) => {
    append(bound, param);
    bound.text += parts[i + 1] ?? '';
  });
  return bound;
}

// 64-bit integers and their 128-bit sums come as bigint.
function cell(value: unknown): Cell {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw new TypeError('a report may only select text, numbers and flags');
}

export async function runSql(connection: DuckDBConnection, sql: Sql): Promise<ReportRow[]> {
  const { text, values, types } = bind(sql);
  const reader = await connection.runAndReadAll(text, values, types);
  // Column by column: row by row takes several times as long.
  const names = reader.columnNames();
  const columns = reader.getColumnsJS();
  const blank = recordOf<Cell>(names);
  return Array.from({ length: reader.currentRowCount }, (_, row) => {
    const made = blank();
    for (let i = 0; i < names.length; i++) made[names[i] ?? ''] = cell(columns[i]?.[row]);
    return made;
  });
}
