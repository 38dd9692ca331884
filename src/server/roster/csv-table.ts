import { parse } from 'csv-parse/sync';
import type { CsvError, Info } from 'csv-parse/sync';
import { cleanText } from '../../otlp/attributes.ts';
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

/** What people and other systems call the columns; a column of the name itself comes first. */
const SYNONYMS: Readonly<Record<string, string>> = {
  ...{ e_mail: 'email', mail: 'email', email_address: 'email', e_mail_address: 'email', user_email: 'email' },
  ...{ full_name: 'name', display_name: 'name', role_name: 'role', price: 'monthly_price', alias: 'aliases' },
};

function namesOf(header: readonly string[]): string[] {
  const names = header.map(columnName);
  return names.map((name) => {
    const meant = SYNONYMS[name];
    return meant === undefined || names.includes(meant) ? name : meant;
  });
}

/** What Excel writes, and reads, before the header: `sep=;`. */
const SEPARATOR = /^sep=(.)(?=\r?\n)/i;

/** What spreadsheets write between cells depends on their language. */
function delimiterOf(text: string): string {
  const [, said] = SEPARATOR.exec(text) ?? [];
  if (said !== undefined) return said;
  const [header = ''] = text.split(/\r?\n/, 1);
  const count = (mark: string): number => header.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

/**
 * A table with a header line. Rows that cannot be read are listed, the others are kept.
 * @throws CsvTableError where a required column is missing
 */
export function readTable(
  given: string,
  columns: { required: readonly string[]; optional: readonly string[] },
): CsvTable {
  const text = given.replace(/^\uFEFF/, '');
  const rejected: CsvProblem[] = [];
  // The line stays, so that all others keep their numbers.
  const records = parse(text.replace(SEPARATOR, ''), {
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
  if (!header) throw new CsvTableError('there is no line in the file that can be read');
  const names = namesOf(header.record);
  const missing = columns.required.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new CsvTableError(
      `the first line must name the columns; ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing, it has ${shownNames(header.record)}`,
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

const shownNames = (header: readonly string[]): string => {
  const names = header.map((name) => `"${cleanText(name).trim().slice(0, 30)}"`);
  return [...names.slice(0, 8), ...(names.length > 8 ? ['…'] : [])].join(', ');
};
