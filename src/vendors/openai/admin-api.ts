import { DAY_MS } from '../../usage/days.ts';
import type { DayBuckets, Days } from '../day-buckets.ts';
import { readDayBuckets } from '../day-buckets.ts';
import { isObject, numberOf, textOf } from '../json-values.ts';
import type { AskPage, Reading } from '../paging.ts';
import type { Query, VendorApi } from '../vendor-api.ts';
import { malformed } from '../vendor-error.ts';
import type { VendorProfile } from '../vendor-profile.ts';

/** OpenAI's organisation API. */
export const OPENAI: VendorProfile = {
  name: 'OpenAI',
  url: 'https://api.openai.com/v1',
  variable: 'OPENAI_API_BASE_URL',
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  perMinute: 60,
  hints: {
    unauthorized:
      "Give an Admin key (sk-admin…), which an owner of the organisation makes; a project's key will not do.",
    forbidden: 'The key must be an Admin key that may read usage, costs and users.',
  },
};

export type Ask = Pick<VendorApi, 'get'>;

/** Answers page by `next_page` or `last_id`, as `following` says. */
export const pages =
  (api: Ask, path: string, query: Query, paging: { following: string; by: string }): AskPage =>
  async (cursor) => {
    const { body, dateMs } = await api.get(path, cursor === null ? query : [...query, [paging.by, cursor]]);
    if (!isObject(body) || !Array.isArray(body.data)) throw malformed(OPENAI.name, 'it holds no data');
    const next = textOf(body[paging.following]);
    if (body.has_more === true && next === null)
      throw malformed(OPENAI.name, `there is more, but no ${paging.following}`);
    return { values: body.data, next: body.has_more === true ? next : null, dateMs };
  };

/** A report of daily buckets; its times are in seconds. `limit`: the most buckets of one answer. @throws VendorError */
export function readBuckets<Row>(
  api: Ask,
  path: string,
  days: Days,
  { limit, groupBy }: { limit: number; groupBy: readonly string[] },
  parse: DayBuckets<Row>['parse'],
): Promise<Reading<Row>> {
  const query: Query = [
    ['start_time', String((days.from * DAY_MS) / 1000)],
    ['end_time', String((days.to * DAY_MS) / 1000)],
    ['bucket_width', '1d'],
    ['limit', String(Math.min(limit, days.to - days.from))],
    ...groupBy.map((name) => ['group_by', name] as const),
  ];
  const ask = pages(api, path, query, { following: 'next_page', by: 'page' });
  const startOf: DayBuckets<Row>['startOf'] = (bucket) => (numberOf(bucket.start_time) ?? Number.NaN) * 1000;
  return readDayBuckets({ vendor: OPENAI.name, ask, days, startOf, parse });
}
