import type { Bucket, Interval } from '../usage/buckets.ts';
import { bucketsOf } from '../usage/buckets.ts';
import type { DateRange } from '../usage/dates.ts';
import { previous } from '../usage/dates.ts';
import type { Figures } from './figures.ts';
import { figuresOf } from './figures.ts';
import type { Filter } from './filter.ts';
import type { Query } from './sql.ts';

export interface Point {
  bucket: Bucket;
  figures: Figures;
  /** The bucket in the same place of the period before; null where that has fewer (a change of clocks, months). */
  previous: { bucket: Bucket; figures: Figures } | null;
}

/** The figures of each day, week … of a period, each beside its counterpart in the period before. */
export async function timeseries(query: Query, filter: Filter, range: DateRange, interval: Interval): Promise<Point[]> {
  const series = async (period: DateRange): Promise<{ bucket: Bucket; figures: Figures }[]> => {
    const buckets = bucketsOf(period, interval);
    const figures = await figuresOf(query, filter, period, buckets);
    return buckets.map((bucket, i) => ({ bucket, figures: figures[i] ?? {} }));
  };
  const [present, before] = await Promise.all([series(range), series(previous(range))]);
  return present.map((point, i) => ({ ...point, previous: before[i] ?? null }));
}
