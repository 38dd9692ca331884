import { VendorError, malformed } from './vendor-error.ts';

/** One page of a list. */
export interface Page {
  values: readonly unknown[];
  /** By what the next page is asked for; null on the last. */
  next: string | null;
  /** The vendor's clock; null where it shows none. */
  dateMs: number | null;
}

/** A list, whole. */
export interface Reading<Row> {
  rows: Row[];
  /** Rows that the vendor has but that cannot be read. */
  unreadable: number;
  /** The vendor's clock before the first row was read; null where it shows none. */
  dateMs: number | null;
}

/** `cursor` is null for the first page. */
export type AskPage = (cursor: string | null) => Promise<Page>;

/** Guard against a vendor whose last page never comes. */
const MAX_PAGES = 10_000;
/** How often a list is read from its start again whose pages expired under way. */
const READINGS = 3;

/**
 * All of a list that is paged by a cursor, or none: a cursor that expires, or a page that is promised
 * and empty, makes the list be read from its start.
 * `parse` gives null for what is no row. @throws VendorError
 */
export async function readPages<Row>(
  vendor: string,
  ask: AskPage,
  parse: (value: unknown) => Row | null,
): Promise<Reading<Row>> {
  for (let reading = 1; ; reading++) {
    try {
      return await readOnce(vendor, ask, parse);
    } catch (error) {
      const passing = error instanceof VendorError && (error.trouble === 'expired' || error.trouble === 'moving');
      if (!passing || reading >= READINGS) throw error;
    }
  }
}

async function readOnce<Row>(
  vendor: string,
  ask: AskPage,
  parse: (value: unknown) => Row | null,
): Promise<Reading<Row>> {
  const reading: Reading<Row> = { rows: [], unreadable: 0, dateMs: null };
  const seen = new Set<string>();
  for (let cursor: string | null = null; ;) {
    const { values, next, dateMs } = await ask(cursor);
    if (cursor === null) reading.dateMs = dateMs;
    // The page before said that there is more: without it the list would look shorter than it is.
    else if (values.length === 0) throw new VendorError(`${vendor} promised a page and gave an empty one`, 'moving');
    for (const value of values) {
      const row = parse(value);
      if (row === null) reading.unreadable += 1;
      else reading.rows.push(row);
    }
    if (next === null) return reading;
    if (seen.has(next) || seen.size >= MAX_PAGES) throw malformed(vendor, 'its pages do not come to an end');
    seen.add(next);
    cursor = next;
  }
}
