import { dateOf } from '../../usage/days.ts';
import type { DayBuckets, Days } from '../day-buckets.ts';
import { readDayBuckets } from '../day-buckets.ts';
import { textOf } from '../json-values.ts';
import type { Reading } from '../paging.ts';
import type { Query } from '../vendor-api.ts';
import type { Ask } from './admin-api.ts';
import { ANTHROPIC, reportPages } from './admin-api.ts';

/** The most daily buckets that one answer holds. */
const LIMIT = 31;

/** A report of daily buckets, by `query` on top of its span. @throws VendorError */
export function readBuckets<Row>(
  api: Ask,
  path: string,
  days: Days,
  query: Query,
  parse: DayBuckets<Row>['parse'],
): Promise<Reading<Row>> {
  const ask = reportPages(api, path, [
    ['starting_at', `${dateOf(days.from)}T00:00:00Z`],
    ['ending_at', `${dateOf(days.to)}T00:00:00Z`],
    ['bucket_width', '1d'],
    ['limit', String(Math.min(LIMIT, days.to - days.from))],
    ...query,
  ]);
  const startOf: DayBuckets<Row>['startOf'] = (bucket) => Date.parse(textOf(bucket.starting_at) ?? '');
  return readDayBuckets({ vendor: ANTHROPIC.name, ask, days, startOf, parse });
}
