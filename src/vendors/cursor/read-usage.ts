import type { Answer, VendorApi } from '../vendor-api.ts';
import { VendorError } from '../vendor-error.ts';
import type { UsagePage } from './usage-page.ts';
import { readUsagePage } from './usage-page.ts';
import type { UsageRow } from './usage-row.ts';

const PATH = '/teams/filtered-usage-events';

/** The newest documentation allows 1000; servers that do not take it are asked for their own default. */
const PAGE_SIZES = [1000, 100] as const;

/** Guard against a server whose last page never comes. */
const MAX_PAGES = 20_000;

/** How often a window is read again whose rows moved while it was read. */
const READINGS = 4;

export interface UsageWindow {
  fromMs: number;
  /** Exclusive; at most 30 days after `fromMs`. */
  toMs: number;
}

export interface UsageReading {
  rows: UsageRow[];
  /** Rows that the vendor has but that cannot be read. */
  unreadable: number;
  /** The vendor's clock before the first row was read; null where it shows none. */
  dateMs: number | null;
  /** By how much the vendor's clock is ahead of ours, to the second; null where it shows none. */
  clockOffsetMs: number | null;
}

/** The window has to be read in parts: it has more rows than asked for, or they moved whenever it was read (null). */
export interface TooMany {
  total: number | null;
}

/** Reads `filtered-usage-events` in windows, each whole or not at all. */
export class UsageReader {
  readonly #api: Pick<VendorApi, 'post'>;
  #pageSize: number = PAGE_SIZES[0];

  constructor(api: Pick<VendorApi, 'post'>) {
    this.#api = api;
  }

  /**
   * All rows of a window. Its pages are counted against the total that each of them states: rows that come or go
   * while it is read make that differ, and the window is read anew. `maxRows` is Infinity for a window that cannot be
   * read in parts. @throws VendorError
   */
  async read(window: UsageWindow, maxRows: number): Promise<UsageReading | TooMany> {
    for (let reading = 1; ; reading++) {
      const found = await this.#readOnce(window, maxRows);
      if (found !== 'moving') return found;
      if (reading < READINGS) continue;
      if (Number.isFinite(maxRows)) return { total: null };
      throw new VendorError(
        `Cursor's rows from ${iso(window.fromMs)} to ${iso(window.toMs)} changed each time they were read`,
        'moving',
      );
    }
  }

  async #readOnce(window: UsageWindow, maxRows: number): Promise<UsageReading | TooMany | 'moving'> {
    const first = await this.#page(window, 1);
    const { total } = first.page;
    if (total !== null && total > maxRows) return { total };
    const pages = await this.#pages(window, first.page);
    const read = pages && (await this.#settleTies(window, pages));
    if (!read) return 'moving';
    // What lies outside was not asked for; hours that are read in part must not be taken for whole ones.
    const rows = read.filter(({ atMs }) => atMs >= window.fromMs && atMs < window.toMs);
    const { dateMs, nowMs } = first.answer;
    return {
      rows,
      unreadable: sum(pages.map(({ unreadable }) => unreadable)) + read.length - rows.length,
      dateMs,
      clockOffsetMs: dateMs === null ? null : dateMs - Math.floor(nowMs / 1000) * 1000,
    };
  }

  /** Null where the pages do not add up to one list. */
  async #pages(window: UsageWindow, first: UsagePage): Promise<UsagePage[] | null> {
    const pages = [first];
    const { total } = first;
    let count = sizeOf(first);
    for (let last = first; last.hasNext; pages.push(last)) {
      // Beyond the stated total there is nothing to wait for: rows were pushed onto later pages. At the total a server
      // may still promise a page, where its last one was full; that one is empty.
      if (pages.length >= MAX_PAGES || (total !== null && count > total)) return null;
      last = (await this.#page(window, pages.length + 1)).page;
      count += sizeOf(last);
      if (last.total !== total) return null;
    }
    return total === null || count === total ? pages : null;
  }

  /**
   * Rows of one millisecond may come in any order, so that where a page ends among them the next may repeat one and
   * leave out another. Such a millisecond is read by itself.
   */
  async #settleTies({ fromMs, toMs }: UsageWindow, pages: readonly UsagePage[]): Promise<UsageRow[] | null> {
    let rows = pages.flatMap((page) => page.rows);
    if (toMs - fromMs <= 1) return rows;
    const ends = pages.slice(1).map((page, i) => [pages[i]?.rows.at(-1)?.atMs, page.rows[0]?.atMs]);
    for (const atMs of new Set(ends.flatMap(([last, next]) => (last !== undefined && last === next ? [last] : [])))) {
      const exact = await this.#readOnce({ fromMs: atMs, toMs: atMs + 1 }, Number.POSITIVE_INFINITY);
      const others = rows.filter((row) => row.atMs !== atMs);
      if (exact === 'moving' || 'total' in exact || others.length + exact.rows.length !== rows.length) return null;
      rows = [...others, ...exact.rows];
    }
    return rows;
  }

  async #page(window: UsageWindow, page: number): Promise<{ page: UsagePage; answer: Answer }> {
    const pageSize = this.#pageSize;
    // Both ends are inclusive.
    const body = { startDate: window.fromMs, endDate: window.toMs - 1, page, pageSize };
    try {
      const answer = await this.#api.post(PATH, body);
      return { page: readUsagePage(answer.body, page, pageSize), answer };
    } catch (error) {
      const smaller = PAGE_SIZES.find((size) => size < pageSize);
      if (page > 1 || smaller === undefined || !(error instanceof VendorError) || error.trouble !== 'invalid')
        throw error;
      this.#pageSize = smaller;
      return await this.#page(window, page);
    }
  }
}

const sizeOf = ({ rows, unreadable }: UsagePage): number => rows.length + unreadable;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const iso = (ms: number): string => new Date(ms).toISOString();
