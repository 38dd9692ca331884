import type { IncomingHttpHeaders } from 'node:http';
import type { VendorReply, VendorRequest } from './vendor-server.ts';
import { VendorServer } from './vendor-server.ts';

/** OpenAI's organisation API as its description has it. */

export const OPENAI_KEY = 'sk-admin-0123456789abcdefghijABCDEFGHIJ';

type Json = Readonly<Record<string, unknown>>;

/** A result of a daily bucket, and its date. */
export interface VendorResult extends Json {
  date: string;
}

const DIMENSIONS: Readonly<Record<string, readonly string[]>> = {
  '/organization/usage/completions': ['project_id', 'user_id', 'api_key_id', 'model', 'batch', 'service_tier'],
  '/organization/costs': ['project_id', 'line_item', 'api_key_id'],
};

export class OpenAiApi extends VendorServer {
  completions: VendorResult[] = [];
  costs: VendorResult[] = [];
  users: Json[] = [];
  pageCap = Number.POSITIVE_INFINITY;
  unknownDimensions: string[] = [];

  protected isAuthorized(headers: IncomingHttpHeaders): boolean {
    return headers.authorization === `Bearer ${OPENAI_KEY}`;
  }

  protected errorBody(status: number): unknown {
    return { error: { message: `status ${status}`, type: 'invalid_request_error', param: null, code: null } };
  }

  protected reply(request: VendorRequest): VendorReply {
    const { path, query, method } = request;
    if (method !== 'GET') return { status: 404, body: this.errorBody(404) };
    if (path === '/organization/users') return this.#users(query);
    const known = DIMENSIONS[path];
    if (!known) return { status: 404, body: this.errorBody(404) };
    const groups = query.getAll('group_by');
    const [from, to, limit] = ['start_time', 'end_time', 'limit'].map((name) => Number(query.get(name)));
    const most = path.endsWith('costs') ? 180 : 31;
    const isKnown = groups.every((name) => known.includes(name) && !this.unknownDimensions.includes(name));
    if (!isKnown || !from || !to || !limit || limit > most) return { status: 400, body: this.errorBody(400) };
    const rows = path.endsWith('costs') ? this.costs : this.completions;
    const buckets = [];
    for (let at = from; at < to; at += 86_400) {
      const date = new Date(at * 1000).toISOString().slice(0, 10);
      const results = rows.filter((row) => row.date === date).map(({ date: _, ...rest }) => rest);
      buckets.push({ object: 'bucket', start_time: at, end_time: at + 86_400, results });
    }
    const start = Number((query.get('page') ?? 'page_0').slice(5));
    const size = Math.min(limit, this.pageCap);
    const hasMore = start + size < buckets.length;
    const empty = { object: 'page', data: [], has_more: false, next_page: null };
    const next = hasMore ? `page_${start + size}` : null;
    return { body: { ...empty, data: buckets.slice(start, start + size), has_more: hasMore, next_page: next }, empty };
  }

  #users(query: URLSearchParams): VendorReply {
    const limit = Math.min(Number(query.get('limit') ?? 20), 100, this.pageCap);
    const after = query.get('after');
    const start = after === null ? 0 : this.users.findIndex(({ id }) => id === after) + 1;
    const data = this.users.slice(start, start + limit);
    const hasMore = start + limit < this.users.length;
    return {
      body: {
        object: 'list',
        data,
        first_id: data[0]?.id ?? null,
        last_id: data.at(-1)?.id ?? null,
        has_more: hasMore,
      },
    };
  }
}
