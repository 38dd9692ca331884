import type { Query, VendorApi } from '../vendor-api.ts';
import type { VendorProfile } from '../vendor-profile.ts';
import type { AskPage } from '../paging.ts';
import { isObject, textOf } from '../json-values.ts';
import { malformed } from '../vendor-error.ts';
import { VERSION } from '../../version.ts';

/** Anthropic's Admin API: its first-party platform alone, nothing from Bedrock, Vertex or claude.ai. */
export const ANTHROPIC: VendorProfile = {
  name: 'Anthropic',
  url: 'https://api.anthropic.com',
  variable: 'ANTHROPIC_API_BASE_URL',
  headers: (key) => ({
    'x-api-key': key,
    'anthropic-version': '2023-06-01',
    'user-agent': `Revenium/${VERSION} (https://revenium.ai)`,
  }),
  // No figure is published; bursts are fine for paging.
  perMinute: 60,
  hints: {
    unauthorized: 'Give an Admin API key (sk-ant-admin…), which an admin of the organisation makes in the Console.',
    forbidden: 'The key must be an Admin API key; Claude Enterprise organisations have none.',
  },
};

/** What a reader of Anthropic's reports needs of a `VendorApi`. */
export type Ask = Pick<VendorApi, 'get'>;

interface Listed {
  data: readonly unknown[];
  hasMore: boolean;
  next: string | null;
  dateMs: number | null;
}

/** @throws VendorError for an answer without rows, or without what leads to more of them */
async function ask(api: Ask, path: string, query: Query, following: 'next_page' | 'last_id'): Promise<Listed> {
  const { body, dateMs } = await api.get(path, query);
  if (!isObject(body) || !Array.isArray(body.data)) throw malformed(ANTHROPIC.name, 'it holds no data');
  const hasMore = body.has_more === true;
  const next = textOf(body[following]);
  if (hasMore && next === null) throw malformed(ANTHROPIC.name, `there is more, but no ${following}`);
  return { data: body.data, hasMore, next, dateMs };
}

/** Reports page by `next_page` -> `page`. */
export const reportPages =
  (api: Ask, path: string, query: Query): AskPage =>
  async (cursor) => {
    const page: Query = cursor === null ? query : [...query, ['page', cursor]];
    const { data, hasMore, next, dateMs } = await ask(api, path, page, 'next_page');
    return { values: data, next: hasMore ? next : null, dateMs };
  };

/** Lists page by `last_id` -> `after_id`. */
export const listPages =
  (api: Ask, path: string): AskPage =>
  async (cursor) => {
    const query: Query = [['limit', '1000'], ...(cursor === null ? [] : ([['after_id', cursor]] as const))];
    const { data, hasMore, next, dateMs } = await ask(api, path, query, 'last_id');
    return { values: data, next: hasMore ? next : null, dateMs };
  };
