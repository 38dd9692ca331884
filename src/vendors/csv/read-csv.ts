import { columnName } from './cells.ts';
import { CsvError, RowProblem } from './csv-error.ts';
import { CursorNumbers } from './cursor-numbers.ts';
import type { CsvFormat, CsvUsage, Header, ImportHints, Remark } from './format.ts';
import { FORMATS } from './formats.ts';
import type { CsvRecord } from './records.ts';
import { RecordReader, cellsOf } from './records.ts';
import { SeenRows } from './seen-rows.ts';
import type { Line } from './text-lines.ts';
import { linesOf } from './text-lines.ts';
import type { UsageRow } from '../cursor/usage-row.ts';

export interface Problem {
  /** From 1, the header's included. */
  line: number;
  reason: string;
}

/** A usage that is read for the first time in this file. */
export type ImportedUsage =
  { kind: 'cursor'; row: UsageRow; occurrence: number } | Exclude<CsvUsage, { kind: 'cursor' }>;

/** What came of some rows of a file. */
export interface CsvBatch {
  usages: ImportedUsage[];
  /** Rows read, whatever came of them. */
  rows: number;
  /** Of those: which say what a row before them has said. */
  duplicates: number;
  problems: Problem[];
  remarks: Partial<Record<Remark, number>>;
}

export interface CsvFile {
  format: CsvFormat;
  delimiter: string;
  /** Titles of columns that are not read. */
  unread: string[];
  batches: () => AsyncGenerator<CsvBatch>;
}

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Lines before the header: titles, `sep=;`, nothing. */
const MOST_BEFORE_HEADER = 20;

/** Finds out what a file is. @throws CsvError for a file that is not known here, or that lacks what has to be said */
export async function openCsv(chunks: AsyncIterable<Uint8Array>, hints: ImportHints): Promise<CsvFile> {
  const groups = linesOf(chunks);
  const before: Line[] = [];
  for (let group = await groups.next(); !group.done; group = await groups.next()) {
    for (const [i, line] of group.value.entries()) {
      before.push(line);
      const found = headerIn(line);
      if (found) return fileOf(found, group.value.slice(i + 1), groups, hints);
      if (before.length >= MOST_BEFORE_HEADER) throw unknownFile(before);
    }
  }
  throw unknownFile(before);
}

interface FoundHeader {
  format: CsvFormat;
  delimiter: string;
  titles: string[];
}

function headerIn({ text }: Line): FoundHeader | null {
  if (text === null || text.length > 65_536) return null;
  for (const delimiter of DELIMITERS) {
    const titles = text.includes(delimiter) ? cellsOf(text, delimiter)?.map((title) => title.trim()) : undefined;
    if (!titles) continue;
    const names = new Set(titles.map(columnName));
    const format = FORMATS.find((one) => one.recognises(names));
    if (format) return { format, delimiter, titles };
  }
  return null;
}

function unknownFile(lines: readonly Line[]): CsvError {
  if (lines.every(({ text }) => text?.trim() === '')) return new CsvError('the file is empty');
  return new CsvError('this file is of no known kind: its header is none of theirs', {
    hint: `Known are ${FORMATS.map(({ name }) => name).join(', ')}. The header has to be as it was exported.`,
  });
}

function fileOf(found: FoundHeader, rest: readonly Line[], more: AsyncGenerator<Line[]>, hints: ImportHints): CsvFile {
  const { format, delimiter, titles } = found;
  const names = new Set(titles.map(columnName));
  if (format.totals && !hints.period)
    throw new CsvError('this file holds totals, and does not say of which days', {
      hint: 'Say the dates it was exported for: --from 2026-11-01 --to 2026-12-01 (the first day no longer counted).',
    });
  if (format.anonymous?.(names) && hints.user === null)
    throw new CsvError('this file does not say whose usage it is', { hint: 'Say it: --user ada@acme.com.' });
  const known = new Set(format.known);
  return {
    format,
    delimiter,
    unread: titles.filter((title) => title !== '' && !known.has(columnName(title))),
    batches: async function* () {
      const reader = new BatchReader(format, { titles, comma: delimiter === ';' }, hints);
      const records = new RecordReader(delimiter, titles.length);
      yield reader.read(records.read(rest));
      for await (const lines of more) yield reader.read(records.read(lines));
      yield reader.read(records.end(), 'last');
    },
  };
}

/** Rows to usages: each once, with what was wrong with the others. */
class BatchReader {
  readonly #read: ReturnType<CsvFormat['reader']>;
  readonly #seen = new SeenRows();
  readonly #cursor = new CursorNumbers(this.#seen);
  #batch = emptyBatch();

  constructor(format: CsvFormat, header: Header, hints: ImportHints) {
    this.#read = format.reader(header, hints);
  }

  read(records: readonly CsvRecord[], last?: 'last'): CsvBatch {
    for (const record of records) this.#take(record);
    if (last) this.#number(this.#cursor.settle());
    const batch = this.#batch;
    this.#batch = emptyBatch();
    return batch;
  }

  #take({ line, cells, problem = '' }: CsvRecord): void {
    this.#batch.rows += 1;
    if (cells === null) {
      this.#batch.problems.push({ line, reason: problem });
      return;
    }
    try {
      const { usages, remark } = this.#read(cells);
      if (remark) this.#remark(remark);
      let fresh = usages.length === 0;
      for (const usage of usages) fresh = this.#keep(line, usage) || fresh;
      if (!fresh) this.#batch.duplicates += 1;
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      this.#batch.problems.push({ line, reason: error.message });
    }
  }

  /** False for what was read before. */
  #keep(line: number, usage: CsvUsage): boolean {
    if (usage.kind === 'cursor') {
      this.#number(this.#cursor.add(line, usage.row));
      return true;
    }
    const { id, ...said } = usage.kind === 'observed' ? usage.input : usage.state;
    const seen = this.#seen.add(BigInt(`0x${id.slice(0, 12)}`), printOf(said));
    if (seen === 'same') return false;
    if (seen === 'other') this.#remark('repeated');
    this.#batch.usages.push(usage);
    return true;
  }

  #number(rows: ReturnType<CursorNumbers['add']>): void {
    for (const { row, occurrence } of rows) {
      if (occurrence === null) this.#batch.duplicates += 1;
      else this.#batch.usages.push({ kind: 'cursor', row, occurrence });
    }
  }

  #remark(remark: Remark): void {
    this.#batch.remarks[remark] = (this.#batch.remarks[remark] ?? 0) + 1;
  }
}

const emptyBatch = (): CsvBatch => ({ usages: [], rows: 0, duplicates: 0, problems: [], remarks: {} });

/** FNV-1a: only to see whether two rows of one key say the same. */
function printOf(said: object): bigint {
  const text = JSON.stringify(said, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  let hash = 0x811c_9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  return BigInt((hash ^ (hash >>> 16)) & 0xffff);
}
