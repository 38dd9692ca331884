import { parse } from 'csv-parse/sync';
import type { CsvError, Info } from 'csv-parse/sync';
import { plainCell } from '../../reports/csv.ts';

export interface CsvRow {
  /** Where in the file it stands, from 1. */
  line: number;
  /** By column; trimmed, empty where absent. */
  cells: Readonly<Record<string, string>>;
}

export interface CsvProblem {
  line: number;
  problem: string;
}

export interface CsvTable {
  rows: CsvRow[];
  rejected: CsvProblem[];
  /** Columns that nobody reads. */
  ignoredColumns: string[];
}

/** The file as a whole cannot be read. */
export class CsvTableError extends Error {
  override readonly name = 'CsvTableError';
}

const columnName = (text: string): string =>
  plainCell(text)
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

/** What spreadsheets write between cells depends on their language. */
function delimiterOf(text: string): string {
  const [header = ''] = text.split(/\r?\n/, 1);
  const count = (mark: string): number => header.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

/**
 * A table with a header line. Rows that cannot be read are listed, the others are kept.
 * @throws CsvTableError where a required column is missing
 */
export function readTable(
  text: string,
  columns: { required: readonly string[]; optional: readonly string[] },
): CsvTable {
  const rejected: CsvProblem[] = [];
  const records = parse(text, {
    bom: true,
    delimiter: delimiterOf(text),
    info: true,
    relax_column_count: true,
    // A stray quote is text; only one that never closes takes the lines after it along.
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) =>
      void rejected.push({
        line: Number(error?.lines ?? 0),
        problem: 'cannot be read: look for quotes that do not close',
      }),
  }) as unknown as { record: string[]; info: Info }[];
  const [header, ...rest] = records;
  const names = header?.record.map(columnName) ?? [];
  const missing = columns.required.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new CsvTableError(
      `the first line must name the columns; ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
    );
  const known = [...columns.required, ...columns.optional];
  const rows = rest.flatMap(({ record, info }): CsvRow[] => {
    if (record.every((cell) => cell.trim() === '')) return [];
    if (record.length > names.length) {
      rejected.push({ line: info.lines, problem: `has ${record.length} cells, the header names ${names.length}` });
      return [];
    }
    const cells = known.map((name): [string, string] => [name, plainCell(record[names.indexOf(name)] ?? '').trim()]);
    return [{ line: info.lines, cells: Object.fromEntries(cells) }];
  });
  return { rows, rejected, ignoredColumns: names.filter((name) => !known.includes(name)) };
}
