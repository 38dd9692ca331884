import type { Bucket, Interval } from '../usage/buckets.ts';
import { bucketsOf, movedBack } from '../usage/buckets.ts';
import { DateError } from '../usage/date-error.ts';
import type { Figures } from './figures.ts';
import type { Dimension } from './group.ts';
import { figuresOf, totalsBy } from './grouped.ts';
import { bucketKey } from './period.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';

export interface BucketFigures {
  bucket: Bucket;
  figures: Figures;
}

export interface Point extends BucketFigures {
  /** The same place of the period before, as long as this one; where clocks change it begins at another hour. */
  previous: BucketFigures;
  /** By assistant, model …; null where the series is not divided. */
  key: string | null;
}

export interface Timeseries {
  points: Point[];
  /** Of the period and the one before: seats without events lie on no day, but are part of the whole. */
  unusedSeatMicros: readonly [number, number];
}

/** Four years of days. */
const MAX_POINTS = 1500;

/**
 * The figures of each day, week … of a period, each beside its counterpart in the period before; what is additive
 * adds up to both summaries. Divided `by` something, every key that occurs has every point.
 * Throws a DateError (`interval`) for more than 1,500 buckets.
 */
export async function timeseries(question: Question, interval: Interval, by?: Dimension): Promise<Timeseries> {
  const usage = await openUsage(question);
  const { range, previous } = usage.period;
  const buckets = bucketsOf(range, interval);
  if (buckets.length > MAX_POINTS)
    throw new DateError('interval', `${interval} is too fine for so long a range; choose a coarser one`);
  const lengthMs = range.fromMs - previous.fromMs;
  const grouping = { bucket: bucketKey(usage.period, interval, buckets), ...(by === undefined ? {} : { by }) };
  const totals = await totalsBy(usage, grouping);
  const keys = by === undefined ? [null] : [...new Set([...totals.groups.values()].map(({ key }) => key))].sort();
  const points = keys.flatMap((key) =>
    buckets.map((bucket, i) => ({
      key,
      bucket,
      figures: figuresOf(totals, { period: 0, bucket: i, key }),
      previous: {
        bucket: movedBack(bucket, lengthMs, interval, range.tz),
        figures: figuresOf(totals, { period: 1, bucket: i, key }),
      },
    })),
  );
  return { points, unusedSeatMicros: totals.unusedSeatMicros };
}
