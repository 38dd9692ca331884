/**
 * Report text with typed parameters, rendered by each engine in its own way.
 *
 *     sql`SELECT sum(requests) AS requests FROM usage_event WHERE org = ${text(org)} AND at_ms >= ${integer(from)}`
 */
export type Param =
  | { type: 'text'; value: string }
  | { type: 'integer'; value: number }
  | { type: 'text[]'; value: readonly string[] }
  | { type: 'rows'; value: readonly ListColumn[] };

/** A column of a relation that comes with the query. `real` is a 64-bit float. */
export type ListColumn =
  | { name: string; kind: 'text'; values: readonly string[] }
  | { name: string; kind: 'integer' | 'real'; values: readonly number[] };

export interface Sql {
  readonly parts: readonly string[];
  readonly params: readonly Param[];
}

export const text = (value: string): Param => ({ type: 'text', value });
export const integer = (value: number): Param => ({ type: 'integer', value });
export const texts = (value: readonly string[]): Param => ({ type: 'text[]', value });

/** Stands where a table may stand: a query in parentheses. All columns are of one length. */
export const rows = (...columns: ListColumn[]): Param => ({ type: 'rows', value: columns });

const isSql = (value: Param | Sql): value is Sql => 'parts' in value;

/** `column IN (…)`; nothing is in an empty list. */
export const among = (column: Sql, values: readonly string[]): Sql =>
  values.length === 0
    ? raw('1 = 0')
    : sql`${column} IN (${joined(
        values.map((value) => sql`${text(value)}`),
        ', ',
      )})`;

/** All of them; without any, everything. */
export const all = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? raw('1 = 1') : joined(conditions, ' AND ');

export function sql(strings: TemplateStringsArray, ...values: (Param | Sql)[]): Sql {
  const parts: string[] = [strings[0] ?? ''];
  const params: Param[] = [];
  const append = (more: string): void => {
    parts[parts.length - 1] = (parts[parts.length - 1] ?? '') + more;
  };
  values.forEach((value, i) => {
    if (isSql(value)) {
      append(value.parts[0] ?? '');
      parts.push(...value.parts.slice(1));
      params.push(...value.params);
    } else {
      params.push(value);
      parts.push('');
    }
    append(strings[i + 1] ?? '');
  });
  return { parts, params };
}

/** Text that is part of the program, never of a request: a column's name, a constant expression. */
export const raw = (trusted: string): Sql => ({ parts: [trusted], params: [] });

export function joined(pieces: readonly Sql[], separator: string): Sql {
  return pieces.reduce((all, piece, i) => (i === 0 ? piece : sql`${all}${raw(separator)}${piece}`), raw(''));
}

/** A cell of a report: 64-bit sums come as numbers (exact up to 2^53), never as text. */
export type Cell = string | number | boolean | null;
export type ReportRow = Readonly<Record<string, Cell>>;

/** Runs report text; every store has one. */
export type Query = (sql: Sql) => Promise<ReportRow[]>;
