import { DAY_MS, utcDay } from '../usage/days.ts';
import type { Members } from './json-values.ts';
import { isObject } from './json-values.ts';
import type { AskPage, Reading } from './paging.ts';
import { readPages } from './paging.ts';

/** UTC days, half-open; days since 1970-01-01. */
export interface Days {
  from: number;
  to: number;
}

export interface DayBuckets<Row> {
  vendor: string;
  ask: AskPage;
  days: Days;
  /** When a bucket begins, ms UTC; NaN where it does not say. */
  startOf: (bucket: Members) => number;
  /** Null for what is no row. */
  parse: (result: Members, day: number) => Row | null;
}

/** The results of all daily buckets of a report. What lies outside the days was not asked for, and is left out. */
export async function readDayBuckets<Row>({
  vendor,
  ask,
  days,
  startOf,
  parse,
}: DayBuckets<Row>): Promise<Reading<Row>> {
  const bucketOf = (value: unknown): { day: number; results: readonly unknown[] } | null => {
    if (!isObject(value) || !Array.isArray(value.results)) return null;
    const startMs = startOf(value);
    return Number.isNaN(startMs) || startMs % DAY_MS !== 0 ? null : { day: utcDay(startMs), results: value.results };
  };
  const { rows, unreadable, dateMs } = await readPages(vendor, ask, bucketOf);
  const reading: Reading<Row> = { rows: [], unreadable, dateMs };
  for (const { day, results } of rows) {
    if (day < days.from || day >= days.to) continue;
    for (const result of results) {
      const row = isObject(result) ? parse(result, day) : null;
      if (row === null) reading.unreadable += 1;
      else reading.rows.push(row);
    }
  }
  return reading;
}
