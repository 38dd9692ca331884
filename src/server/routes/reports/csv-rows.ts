import { z } from 'zod';
import type { Cell } from '../../../reports/csv.ts';
import { csvLines } from '../../../reports/csv.ts';

export type Row = Readonly<Record<string, unknown>>;

/** A column of a table, and where in a row its cells stand: `previous.costMicros`. */
type Path = readonly string[];

function pathsOf(schema: unknown, at: Path = []): Path[] {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return pathsOf(schema.unwrap(), at);
  if (schema instanceof z.ZodUnion) {
    const paths = schema.options.flatMap((option) => pathsOf(option, at));
    return [...new Map(paths.map((path) => [path.join('.'), path])).values()];
  }
  if (!(schema instanceof z.ZodObject)) return [at];
  return Object.entries(schema.shape).flatMap(([key, value]) => pathsOf(value, [...at, key]));
}

function cellAt(row: unknown, path: Path): Cell {
  const value = path.reduce<unknown>((at, key) => (at as Row | null | undefined)?.[key], row);
  if (Array.isArray(value)) return value.join('; ');
  if (value === null || value === undefined) return null;
  if (typeof value === 'object') return JSON.stringify(value);
  return value as Cell;
}

const PIECE_CHARACTERS = 65_536;

/** Lines as they come would be a write each. */
export function* inPieces(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** The same of a table that is too long to be held: page by page, of which the first may be empty. */
export async function* csvOfPages(row: z.ZodType, pages: AsyncIterable<Iterable<Row>>): AsyncGenerator<string> {
  let isFirst = true;
  for await (const page of pages) {
    const lines = csvOf(row, page);
    // One header is enough.
    if (!isFirst) lines.next();
    isFirst = false;
    yield* inPieces(lines);
  }
}

/** The columns are those of the row's schema, so that a table without rows has a header too. */
export function csvOf(row: z.ZodType, rows: Iterable<Row>): Generator<string> {
  const paths = pathsOf(row);
  function* cells(): Generator<Cell[]> {
    for (const one of rows) yield paths.map((path) => cellAt(one, path));
  }
  return csvLines(
    paths.map((path) => path.join('.')),
    cells(),
  );
}
