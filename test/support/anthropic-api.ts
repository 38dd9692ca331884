import type { IncomingHttpHeaders } from 'node:http';
import type { VendorReply, VendorRequest } from './vendor-server.ts';
import { VendorServer } from './vendor-server.ts';

/** Anthropic's Admin API as its documentation and its users describe it. */

export const ANTHROPIC_KEY = 'sk-ant-admin01-0123456789abcdefghijABCDEFGHIJ';

type Json = Readonly<Record<string, unknown>>;

/** A row of `usage_report/claude_code` as the vendor sends it. */
export interface VendorClaudeCodeRow extends Json {
  date: string;
  actor: Json;
}

/** A result of a daily bucket, and its date. */
export interface VendorResult extends Json {
  date: string;
}

const MESSAGE_DIMENSIONS = [
  'account_id',
  'api_key_id',
  'context_window',
  'inference_geo',
  'model',
  'service_account_id',
  'service_tier',
  'workspace_id',
];
const MESSAGE_COUNTS = ['uncached_input_tokens', 'cache_read_input_tokens', 'output_tokens'] as const;

export class AnthropicApi extends VendorServer {
  claudeCode: VendorClaudeCodeRow[] = [];
  messages: VendorResult[] = [];
  costs: VendorResult[] = [];
  users: Json[] = [];
  keys: Json[] = [];
  /** Rows or buckets on one page at most, whatever is asked. */
  pageCap = Number.POSITIVE_INFINITY;
  /** Cursors are good for so many further pages, then they have expired. */
  cursorLives = Number.POSITIVE_INFINITY;
  /** Ways of grouping that are not known here. */
  unknownDimensions: string[] = [];
  /** The key may not see what was charged. */
  hidesCosts = false;

  protected isAuthorized(headers: IncomingHttpHeaders): boolean {
    return headers['x-api-key'] === ANTHROPIC_KEY && headers['anthropic-version'] === '2023-06-01';
  }

  protected errorBody(status: number): unknown {
    return { type: 'error', error: { type: 'api_error', message: `status ${status}` }, request_id: 'req_1' };
  }

  protected reply(request: VendorRequest): VendorReply {
    if (request.method !== 'GET') return this.#error(404);
    switch (request.path) {
      case '/v1/organizations/usage_report/claude_code':
        return this.#claudeCode(request);
      case '/v1/organizations/usage_report/messages':
        return this.#buckets(request, (date, dimensions) => this.#messagesOf(date, dimensions), MESSAGE_DIMENSIONS);
      case '/v1/organizations/cost_report':
        if (this.hidesCosts) return this.#error(403);
        return this.#buckets(request, (date) => this.costs.filter((cost) => cost.date === date).map(withoutDate), [
          'workspace_id',
          'description',
        ]);
      case '/v1/organizations/users':
        return this.#list(request, this.users);
      case '/v1/organizations/api_keys':
        return this.#list(request, this.keys);
      default:
        return this.#error(404);
    }
  }

  #error(status: number): VendorReply {
    return { status, body: this.errorBody(status) };
  }

  #claudeCode({ query }: VendorRequest): VendorReply {
    const day = query.get('starting_at') ?? '';
    const limit = Number(query.get('limit') ?? 20);
    if (!/^\d{4}-\d\d-\d\d$/.test(day) || !(limit >= 1 && limit <= 1000)) return this.#error(400);
    // Nothing newer than an hour is shown.
    const rows = this.claudeCode.filter(({ date }) => date.startsWith(day));
    return this.#paged(query, rows, limit);
  }

  #buckets(
    { query }: VendorRequest,
    resultsOf: (date: string, dimensions: readonly string[]) => unknown[],
    known: readonly string[],
  ): VendorReply {
    const dimensions = query.getAll('group_by[]');
    const from = Date.parse(query.get('starting_at') ?? '');
    const to = Date.parse(query.get('ending_at') ?? '');
    const limit = Number(query.get('limit') ?? 7);
    const isKnown = dimensions.every((name) => known.includes(name) && !this.unknownDimensions.includes(name));
    const isSpan = !Number.isNaN(from) && !Number.isNaN(to) && from < to;
    if (!isKnown || !isSpan || query.get('bucket_width') !== '1d' || !(limit >= 1 && limit <= 31))
      return this.#error(400);
    const buckets = [];
    for (let at = from; at < to; at += 86_400_000) {
      const date = new Date(at).toISOString().slice(0, 10);
      const next = new Date(at + 86_400_000).toISOString().slice(0, 10);
      const results = resultsOf(date, dimensions);
      buckets.push({ starting_at: `${date}T00:00:00Z`, ending_at: `${next}T00:00:00Z`, results });
    }
    return this.#paged(query, buckets, limit);
  }

  /** Rows alike in the dimensions that are asked for come as one; the others are null. */
  #messagesOf(date: string, dimensions: readonly string[]): unknown[] {
    const groups = new Map<string, Record<string, unknown>>();
    for (const row of this.messages.filter((one) => one.date === date)) {
      const name = JSON.stringify(dimensions.map((dimension) => row[dimension] ?? null));
      const known = groups.get(name);
      groups.set(name, known ? added(known, row) : grouped(row, dimensions));
    }
    return [...groups.values()];
  }

  #paged(query: URLSearchParams, rows: readonly unknown[], limit: number): VendorReply {
    const [start = 0, lives = this.cursorLives] = (query.get('page') ?? '').split(':').filter(Boolean).map(Number);
    if (lives <= 0) return this.#error(410);
    const size = Math.min(limit, this.pageCap);
    const hasMore = start + size < rows.length;
    const left = Number.isFinite(lives) ? `:${lives - 1}` : '';
    return {
      body: {
        data: rows.slice(start, start + size),
        has_more: hasMore,
        next_page: hasMore ? `${start + size}${left}` : null,
      },
      empty: { data: [], has_more: false, next_page: null },
    };
  }

  #list({ query }: VendorRequest, rows: readonly Json[]): VendorReply {
    const limit = Math.min(Number(query.get('limit') ?? 20), this.pageCap);
    const after = query.get('after_id');
    const start = after === null ? 0 : rows.findIndex(({ id }) => id === after) + 1;
    const page = rows.slice(start, start + limit);
    return {
      body: {
        data: page,
        first_id: page[0]?.id ?? null,
        last_id: page.at(-1)?.id ?? null,
        has_more: start + limit < rows.length,
      },
    };
  }
}

const withoutDate = ({ date: _, ...rest }: VendorResult): Json => rest;

const grouped = (row: VendorResult, dimensions: readonly string[]): Record<string, unknown> => ({
  ...withoutDate(row),
  ...Object.fromEntries(
    MESSAGE_DIMENSIONS.map((name) => [name, dimensions.includes(name) ? (row[name] ?? null) : null]),
  ),
});

function added(a: Record<string, unknown>, b: Json): Record<string, unknown> {
  const creation = (row: Json) => row.cache_creation as Record<string, number> | undefined;
  const searches = (row: Json) => (row.server_tool_use as Record<string, number> | undefined)?.web_search_requests ?? 0;
  const sum = (name: string): number => (creation(a)?.[name] ?? 0) + (creation(b)?.[name] ?? 0);
  return {
    ...a,
    ...Object.fromEntries(MESSAGE_COUNTS.map((name) => [name, Number(a[name] ?? 0) + Number(b[name] ?? 0)])),
    cache_creation: {
      ephemeral_5m_input_tokens: sum('ephemeral_5m_input_tokens'),
      ephemeral_1h_input_tokens: sum('ephemeral_1h_input_tokens'),
    },
    server_tool_use: { web_search_requests: searches(a) + searches(b) },
  };
}
