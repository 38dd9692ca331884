import { recordOf } from '../../reports/record.ts';
import type { Cell, ListColumn, Param, ReportRow, Sql } from '../../reports/sql.ts';
import type { Connection } from './connection.ts';
import { portable } from './dialect.ts';
import { narrowSlices } from './narrow-slices.ts';

/** A statement as ClickHouse takes it, its values apart from its text. */
export interface Bound {
  text: string;
  params: Record<string, unknown>;
}

const LISTS: Record<ListColumn['kind'], string> = {
  text: 'Array(String)',
  integer: 'Array(Int64)',
  real: 'Array(Float64)',
};

export function bind({ parts, params }: Sql): Bound {
  const bound: Bound = { text: portable(parts[0] ?? ''), params: {} };
  const add = (value: unknown, type: string): string => {
    const name = `p${Object.keys(bound.params).length}`;
    bound.params[name] = value;
    return `{${name}:${type}}`;
  };
  params.forEach((param, i) => {
    bound.text += placeholder(param, add) + portable(parts[i + 1] ?? '');
  });
  // A table of its own where events are looked through as they are kept; here they are looked through for it.
  bound.text = narrowSlices(bound.text.replace(/\busage_kind\b/g, 'usage_slice'), bound.params);
  return bound;
}

function placeholder(param: Param, add: (value: unknown, type: string) => string): string {
  if (param.type === 'text') return add(param.value, 'String');
  if (param.type === 'integer') return add(param.value, 'Int64');
  if (param.type === 'text[]') return add(param.value, 'Array(String)');
  const lists = param.value.map((list) => add(list.values, LISTS[list.kind]));
  const columns = param.value.map(({ name }, i) => `listed.${i + 1} AS ${name}`);
  return `(SELECT ${columns.join(', ')} FROM (SELECT arrayJoin(arrayZip(${lists.join(', ')})) AS listed))`;
}

function cell(value: unknown): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw new TypeError('a report may only select text, numbers and flags');
}

export async function runSql(connection: Connection, sql: Sql): Promise<ReportRow[]> {
  const { text, params } = bind(sql);
  const { meta, data } = await connection.table(text, params);
  const blank = recordOf<Cell>(meta.map(({ name }) => name));
  return data.map((row) => {
    const made = blank();
    for (let i = 0; i < meta.length; i++) made[meta[i]?.name ?? ''] = cell(row[i]);
    return made;
  });
}
