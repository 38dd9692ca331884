/**
 * Report text with typed parameters, rendered by each engine in its own way.
 *
 *     sql`SELECT sum(requests) AS requests FROM usage_event WHERE org = ${text(org)} AND at_ms >= ${integer(from)}`
 */
export interface Param {
  type: 'text' | 'integer' | 'text[]';
  value: string | number | readonly string[];
}

export interface Sql {
  readonly parts: readonly string[];
  readonly params: readonly Param[];
}

export const text = (value: string): Param => ({ type: 'text', value });
export const integer = (value: number): Param => ({ type: 'integer', value });
export const texts = (value: readonly string[]): Param => ({ type: 'text[]', value });

const isSql = (value: Param | Sql): value is Sql => 'parts' in value;

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
