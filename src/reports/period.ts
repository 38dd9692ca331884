import type { Bucket } from '../usage/buckets.ts';
import type { DateRange } from '../usage/dates.ts';
import { quarterHour } from '../usage/days.ts';
import { localDay, offsetMs, transition } from '../usage/zone.ts';
import type { Sql } from './sql.ts';
import { raw } from './sql.ts';

export const QUARTER_MS = 900_000;

/**
 * A period and the one before it, in quarter-hours, which is what slices are kept by: every zone's days begin at one.
 * A bound that lies within a quarter-hour takes in the whole of it.
 */
export interface Period {
  /** As asked for, at quarter-hours. */
  range: DateRange;
  previous: DateRange;
  from: number;
  /** Exclusive. */
  to: number;
  /** Where the period before begins. */
  before: number;
  quarters: number;
}

export function periodOf({ fromMs, toMs, tz }: DateRange): Period {
  const from = quarterHour(fromMs);
  const to = Math.ceil(toMs / QUARTER_MS);
  const before = from - (to - from);
  const rangeOf = (first: number, last: number): DateRange => ({
    fromMs: first * QUARTER_MS,
    toMs: last * QUARTER_MS,
    tz,
  });
  return { range: rangeOf(from, to), previous: rangeOf(before, from), from, to, before, quarters: to - from };
}

/** 0: of the period; 1: of the one before. */
export const periodNumber = ({ from }: Period): Sql => raw(`CASE WHEN quarter_hour < ${from} THEN 1 ELSE 0 END`);

/** The quarter-hour; of the period before, its counterpart in this one. */
export const alignedQuarter = ({ from, quarters }: Period): Sql =>
  raw(`(quarter_hour + CASE WHEN quarter_hour < ${from} THEN ${quarters} ELSE 0 END)`);

const DAY_STEP_MS = 86_400_000;

/** From when which offset holds, in quarter-hours. */
function offsetsOf(from: number, to: number, tz: string): { start: number; offset: number }[] {
  const quarters = (ms: number): number => Math.floor(offsetMs(ms, tz) / QUARTER_MS);
  const found = [{ start: from, offset: quarters(from * QUARTER_MS) }];
  for (let ms = from * QUARTER_MS; ms < to * QUARTER_MS; ms += DAY_STEP_MS) {
    const change = transition(ms, Math.min(ms + DAY_STEP_MS, to * QUARTER_MS), tz);
    if (change !== null) found.push({ start: Math.ceil(change / QUARTER_MS), offset: quarters(change) });
  }
  return found;
}

/** A quarter-hour as the zone's clocks show it, counted as if it were UTC; good between the two ends. */
export function localQuarter(quarter: Sql, from: number, to: number, tz: string): Sql {
  const [first = { start: from, offset: 0 }, ...later] = offsetsOf(from, to, tz);
  const text = quarter.parts.join('');
  if (later.length === 0) return raw(first.offset === 0 ? text : `(${text} + ${first.offset})`);
  const cases = later.toReversed().map(({ start, offset }) => `WHEN ${text} >= ${start} THEN ${offset}`);
  return raw(`(${text} + CASE ${cases.join(' ')} ELSE ${first.offset} END)`);
}

/** Days since 1970-01-01 by the zone's calendar, in either period. */
export const localDayOf = ({ before, to, range }: Period): Sql =>
  raw(`floor(${localQuarter(raw('quarter_hour'), before, to, range.tz).parts.join('')} / 96)`);

/** Which of a period's buckets a slice lies in; its counterpart's for the period before. */
export interface BucketKey {
  sql: Sql;
  /** The bucket's index for what the query answers; undefined for what lies in none. */
  indexOf: (value: number) => number | undefined;
}

export function bucketKey(period: Period, interval: string, buckets: readonly Bucket[]): BucketKey {
  const { from, to, range } = period;
  const aligned = alignedQuarter(period);
  if (interval === 'day' || interval === 'week') {
    const day = `floor(${localQuarter(aligned, from, to, range.tz).parts.join('')} / 96)`;
    const keyOf = (local: number): number => (interval === 'day' ? local : Math.floor((local + 3) / 7));
    const indexes = new Map(buckets.map(({ startMs }, i) => [keyOf(localDay(startMs, range.tz)), i]));
    return { sql: raw(interval === 'day' ? day : `floor((${day} + 3) / 7)`), indexOf: (value) => indexes.get(value) };
  }
  const boundaries = buckets.map(({ startMs }) => Math.ceil(startMs / QUARTER_MS));
  return {
    sql: groupOf(aligned, [...boundaries, to]),
    indexOf: (value) => (value < buckets.length ? value : undefined),
  };
}

/**
 * Which of the groups between rising boundaries a quarter-hour lies in. A balanced tree: a year of hours takes
 * fourteen comparisons.
 */
export function groupOf(quarter: Sql, boundaries: readonly number[], low = 0, high = boundaries.length - 1): Sql {
  if (high - low <= 1) return raw(String(low));
  const middle = (low + high) >> 1;
  const [left, right] = [groupOf(quarter, boundaries, low, middle), groupOf(quarter, boundaries, middle, high)];
  const text = (sql: Sql): string => sql.parts.join('');
  return raw(`CASE WHEN ${text(quarter)} < ${boundaries[middle] ?? 0} THEN ${text(left)} ELSE ${text(right)} END`);
}
