import type { Bucket, Interval } from '../usage/buckets.ts';
import { bucketsOf, movedBack } from '../usage/buckets.ts';
import { DateError } from '../usage/date-error.ts';
import type { DateRange } from '../usage/dates.ts';
import { previous } from '../usage/dates.ts';
import type { Figures } from './figures.ts';
import { NO_FIGURES, figuresOf } from './figures.ts';
import type { Filter } from './filter.ts';
import type { Query } from './sql.ts';

export interface BucketFigures {
  bucket: Bucket;
  figures: Figures;
}

export interface Point extends BucketFigures {
  /** The same place of the period before, as long as this one; where clocks change it begins at another hour. */
  previous: BucketFigures;
}

/** Four years of days. */
const MAX_POINTS = 1500;

/**
 * The figures of each day, week … of a period, each beside its counterpart in the period before; what is additive
 * adds up to both summaries. Throws a DateError (`interval`) for more than 1,500 points.
 */
export async function timeseries(query: Query, filter: Filter, range: DateRange, interval: Interval): Promise<Point[]> {
  const buckets = bucketsOf(range, interval);
  if (buckets.length > MAX_POINTS) {
    throw new DateError('interval', `${interval} is too fine for so long a range; choose a coarser one`);
  }
  const lengthMs = range.toMs - range.fromMs;
  const pairs = buckets.map((bucket) => ({ bucket, before: movedBack(bucket, lengthMs, interval, range.tz) }));
  const [present, past] = await Promise.all([
    figuresOf(query, filter, range, buckets),
    figuresOf(
      query,
      filter,
      previous(range),
      pairs.map(({ before }) => before),
    ),
  ]);
  return pairs.map(({ bucket, before }, i) => ({
    bucket,
    figures: present[i] ?? NO_FIGURES,
    previous: { bucket: before, figures: past[i] ?? NO_FIGURES },
  }));
}
