import { parse } from 'csv-parse/sync';
import type { Line } from './text-lines.ts';

/** A row of a file: its cells, or null where it cannot be taken apart. */
export interface CsvRecord {
  /** Where it begins, from 1. */
  line: number;
  cells: readonly string[] | null;
  problem?: string;
}

/** A cell with line ends in it goes over so many lines at most; beyond that a quote was never closed. */
const MAX_LINES = 50;
const MAX_LENGTH = 65_536;

const parseText = (text: string, delimiter: string): string[][] =>
  parse(text, { delimiter, relax_quotes: true, relax_column_count: true, skip_empty_lines: true });

/** The cells of a row by itself; null where its quotes do not come out. */
export function cellsOf(text: string, delimiter: string): string[] | null {
  try {
    const rows = parseText(text, delimiter);
    return rows.length === 1 ? (rows[0] ?? null) : null;
  } catch {
    return null;
  }
}

function hasOddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

const isBlank = (text: string, delimiter: string): boolean =>
  !/^[\w"]/.test(text) && text.replaceAll(delimiter, '').trim() === '';

/**
 * Takes lines apart into rows. Where a quote was never closed, that line alone is lost: a row that goes over several
 * lines only counts as one if it then has as many cells as the header.
 */
export class RecordReader {
  readonly #delimiter: string;
  readonly #width: number;
  /** Lines of a row whose quote is open, the first of them odd. */
  #held: Line[] = [];
  #heldLength = 0;

  constructor(delimiter: string, width: number) {
    this.#delimiter = delimiter;
    this.#width = width;
  }

  read(lines: readonly Line[]): CsvRecord[] {
    const ready: Line[] = [];
    const broken: CsvRecord[] = [];
    const waiting = [...lines].reverse();
    for (let line = waiting.pop(); line; line = waiting.pop()) this.#take(line, ready, broken, waiting);
    return this.#parsed(ready, broken);
  }

  /** What is left at the end of the file. */
  end(): CsvRecord[] {
    const ready: Line[] = [];
    const broken: CsvRecord[] = [];
    while (this.#held.length > 0) {
      const waiting: Line[] = [];
      this.#giveUp(broken, waiting);
      for (let line = waiting.pop(); line; line = waiting.pop()) this.#take(line, ready, broken, waiting);
    }
    return this.#parsed(ready, broken);
  }

  #take(line: Line, ready: Line[], broken: CsvRecord[], waiting: Line[]): void {
    const { number, text } = line;
    if (text === null) {
      if (this.#held.length > 0) this.#giveUp(broken, waiting, line);
      else broken.push({ line: number, cells: null, problem: 'the line is longer than a megabyte' });
      return;
    }
    const odd = hasOddQuotes(text);
    if (this.#held.length === 0) {
      if (!odd || this.#fits(text)) {
        if (!isBlank(text, this.#delimiter)) ready.push(line);
      } else this.#hold(line, text);
      return;
    }
    this.#hold(line, text);
    if (odd) {
      const joined = this.#held.map((each) => each.text ?? '').join('\n');
      if (this.#fits(joined)) {
        ready.push({ number: this.#held[0]?.number ?? number, text: joined });
        this.#drop();
        return;
      }
    }
    if (odd || this.#held.length > MAX_LINES || this.#heldLength > MAX_LENGTH) this.#giveUp(broken, waiting);
  }

  #hold(line: Line, text: string): void {
    this.#held.push(line);
    this.#heldLength += text.length;
  }

  #drop(): void {
    this.#held = [];
    this.#heldLength = 0;
  }

  #fits(text: string): boolean {
    return cellsOf(text, this.#delimiter)?.length === this.#width;
  }

  /** The first of the held lines is broken; the others are lines like any other. */
  #giveUp(broken: CsvRecord[], waiting: Line[], next?: Line): void {
    const [first, ...others] = this.#held;
    this.#drop();
    if (first) broken.push({ line: first.number, cells: null, problem: 'a quote in it is not closed' });
    if (next) waiting.push(next);
    waiting.push(...others.reverse());
  }

  #parsed(ready: readonly Line[], broken: readonly CsvRecord[]): CsvRecord[] {
    const records = this.#parsedAtOnce(ready) ?? ready.map((line) => this.#parsedAlone(line));
    return broken.length === 0 ? records : [...records, ...broken].sort((a, b) => a.line - b.line);
  }

  /** Null where the rows do not come out one by one. */
  #parsedAtOnce(ready: readonly Line[]): CsvRecord[] | null {
    if (ready.length === 0) return [];
    try {
      const rows = parseText(ready.map(({ text }) => text ?? '').join('\n'), this.#delimiter);
      if (rows.length !== ready.length) return null;
      return rows.map((cells, i) => this.#checked(ready[i]?.number ?? 0, cells));
    } catch {
      return null;
    }
  }

  #parsedAlone({ number, text }: Line): CsvRecord {
    const cells = cellsOf(text ?? '', this.#delimiter);
    return cells
      ? this.#checked(number, cells)
      : { line: number, cells: null, problem: 'its quotes do not come out even' };
  }

  #checked(line: number, cells: string[]): CsvRecord {
    if (cells.length === this.#width) return { line, cells };
    // Spreadsheets pad rows with empty cells.
    if (cells.length > this.#width && cells.slice(this.#width).every((cell) => cell.trim() === ''))
      return { line, cells };
    const problem = `it has ${cells.length} cells where the header has ${this.#width}`;
    return { line, cells: null, problem };
  }
}
