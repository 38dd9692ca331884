import { microsFromUsd } from '../../usage/money.ts';
import { parseDecimal } from '../../usage/decimal.ts';
import { cleanText } from '../../otlp/attributes.ts';
import { RowProblem } from './csv-error.ts';
import type { WrittenTime } from './times.ts';
import { readTime } from './times.ts';

/** Where a format's columns stand in a file; -1 where the file lacks one. */
export type Places<Column extends string> = Readonly<Record<Column, number>>;

/** `Input (w/ Cache Write)` -> `input_w_cache_write`: by this columns are known. */
export const columnName = (title: string): string =>
  title
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');

/** More of anything than one row can hold. */
const MAX_COUNT = 1e15;

/** The cells of one row, read column by column. Everything throws a `RowProblem` that names the column. */
export class Cells<Column extends string> {
  readonly #places: Places<Column>;
  readonly #titles: readonly string[];
  /** Decimals are written with a comma, as where cells are divided by semicolons. */
  readonly #comma: boolean;
  #cells: readonly string[] = [];

  constructor(places: Places<Column>, { titles, comma }: { titles: readonly string[]; comma: boolean }) {
    this.#places = places;
    this.#titles = titles;
    this.#comma = comma;
  }

  at(cells: readonly string[]): this {
    this.#cells = cells;
    return this;
  }

  has(column: Column): boolean {
    return this.#places[column] >= 0;
  }

  /** Trimmed; null where it is empty or the file has no such column. */
  text(column: Column): string | null {
    const written = this.#cells[this.#places[column]] ?? '';
    let text = written.trim();
    // So spreadsheets keep text from being taken for a number.
    if (text.startsWith('="') && text.endsWith('"') && text.length > 2) text = text.slice(2, -1).replaceAll('""', '"');
    if (text.startsWith('=')) throw this.#problem(column, 'holds a formula, not its result');
    const clean = cleanText(text).trim();
    return clean === '' ? null : clean;
  }

  required(column: Column): string {
    const text = this.text(column);
    if (text === null) throw this.#problem(column, 'is empty');
    return text;
  }

  /** A whole number; an empty cell is 0, as vendors leave cells empty. */
  count(column: Column): number {
    const text = this.text(column);
    if (text === null || text === '-') return 0;
    const plain = /^\d{1,3}(?:[,. \u00a0\u202f']\d{3})+$/.test(text) ? text.replace(/\D/g, '') : text;
    const number = parseDecimal(plain) === null ? NaN : Number(plain);
    if (Number.isNaN(number)) throw this.#problem(column, 'is no number');
    if (number < 0) throw this.#problem(column, 'is negative');
    if (number > MAX_COUNT) throw this.#problem(column, 'is more than any row can hold');
    return Math.round(number);
  }

  /** Micro-dollars; null for an empty cell and for words such as `Included`. */
  dollars(column: Column): number | null {
    const text = this.text(column);
    if (text === null || !/\d/.test(text)) return null;
    const written = this.#comma && /,\d{1,6}$/.test(text) ? text.replaceAll('.', '').replace(',', '.') : text;
    const micros = microsFromUsd(written.replace(/\s*(?:USD|US\$)\s*/i, ''));
    if (micros === null) throw this.#problem(column, 'is no amount of dollars');
    return micros;
  }

  time(column: Column, nowMs: number): WrittenTime {
    const time = readTime(this.required(column));
    if (typeof time === 'string') throw this.#problem(column, time);
    if (time.atMs > nowMs + 86_400_000) throw this.#problem(column, 'lies in the future');
    return time;
  }

  #problem(column: Column, what: string): RowProblem {
    return new RowProblem(`${this.#titles[this.#places[column]] ?? column} ${what}`);
  }
}
