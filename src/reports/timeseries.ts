import type { Bucket, Interval } from '../usage/buckets.ts';
import { bucketsOf, movedBack } from '../usage/buckets.ts';
import { DateError } from '../usage/date-error.ts';
import type { Figures } from './figures.ts';
import type { Dimension } from './group.ts';
import { REST, largestQuery } from './group.ts';
import { figuresOf, totalsBy } from './grouped.ts';
import { textOf } from './metric.ts';
import { bucketKey } from './period.ts';
import type { Question, Usage } from './usage.ts';
import { openUsage } from './usage.ts';

export interface BucketFigures {
  bucket: Bucket;
  figures: Figures;
}

export interface Point extends BucketFigures {
  /** The same place of the period before, as long as this one; where clocks change it begins at another hour. */
  previous: BucketFigures;
  /** By assistant, model …; null where the series is not divided, and for events that do not say. */
  key: string | null;
  /** All keys together that have no series of their own; `key` is `other`. */
  rest: boolean;
}

export interface Timeseries {
  points: Point[];
  /** Of the period and the one before: seats without events lie on no day, but are part of the whole. */
  unusedSeatMicros: readonly [number, number];
}

/** Four years of days. */
const MAX_POINTS = 1500;

/** Of all series together: an answer of some ten megabytes. */
const MAX_DIVIDED = 20_000;

/** More are lines that nobody can tell apart. */
export const SERIES = 12;

interface Divided {
  by: Dimension;
  /** So many keys have a series each, those of most value in the period; the rest is one series more. */
  limit?: number;
}

/**
 * The figures of each day, week … of a period, each beside its counterpart in the period before; what is additive
 * adds up to both summaries. Divided by something, every series has every point, and the rest comes last.
 * Throws a DateError (`interval`) for more than 1,500 buckets, or 20,000 points of all series.
 */
export async function timeseries(question: Question, interval: Interval, divided?: Divided): Promise<Timeseries> {
  const usage = await openUsage(question);
  const { range, previous } = usage.period;
  const buckets = bucketsOf(range, interval);
  if (buckets.length > MAX_POINTS)
    throw new DateError('interval', `${interval} is too fine for so long a range; choose a coarser one`);
  const lengthMs = range.fromMs - previous.fromMs;
  const grouping = divided && { by: divided.by, named: await largest(usage, divided) };
  if (grouping && buckets.length * (grouping.named.length + 1) > MAX_DIVIDED)
    throw new DateError(
      'interval',
      `${interval} is too fine for so many series; choose a coarser one, or a lower limit`,
    );
  const totals = await totalsBy(usage, { bucket: bucketKey(usage.period, interval, buckets), ...grouping });
  const found = new Set([...totals.groups.values()].map(({ key }) => key));
  const keys = grouping === undefined ? [null] : [...found].sort(inOrder);
  // Once for all series: with clocks that change it takes longer than a point's figures.
  const before = buckets.map((bucket) => movedBack(bucket, lengthMs, interval, range.tz));
  const points = keys.flatMap((key) =>
    buckets.map((bucket, i) => ({
      key: key === REST ? 'other' : key,
      rest: key === REST,
      bucket,
      figures: figuresOf(totals, { period: 0, bucket: i, key }),
      previous: {
        bucket: before[i] ?? bucket,
        figures: figuresOf(totals, { period: 1, bucket: i, key }),
      },
    })),
  );
  return { points, unusedSeatMicros: totals.unusedSeatMicros };
}

const inOrder = (a: string | null, b: string | null): number =>
  Number(a === REST) - Number(b === REST) || (String(a) < String(b) ? -1 : 1);

async function largest(usage: Usage, { by, limit = SERIES }: Divided): Promise<(string | null)[]> {
  const rows = await usage.context.query(largestQuery(usage, by, limit));
  return rows.map((row) => textOf(row, 'grp'));
}
