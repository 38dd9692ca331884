import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Anthropic, OpenAI and Cursor with a few people in them, each under a path of its own. */

export const TODAY = Date.UTC(2026, 10, 21);
const DAY_MS = 86_400_000;

export const KEYS = {
  ANTHROPIC_ADMIN_API_KEY: 'sk-ant-admin01-0123456789abcdef',
  OPENAI_ORG_API_KEY: 'sk-admin-0123456789abcdef',
  CURSOR_ADMIN_API_KEY: 'crsr_0123456789abcdef',
};

const claude = (actor: object, sessions: number, tokens: number, cents: number, day: string) => ({
  date: `${day}T00:00:00Z`,
  actor,
  organization_id: 'o1',
  customer_type: 'api',
  terminal_type: 'vscode',
  core_metrics: { num_sessions: sessions, lines_of_code: { added: 1, removed: 0 } },
  tool_actions: {},
  model_breakdown: [
    {
      model: 'claude-opus-5-5',
      tokens: { input: tokens, output: 35_000, cache_read: 1_000_000, cache_creation: 5000 },
      estimated_cost: { currency: 'USD', amount: cents },
    },
  ],
});

const email = (address: string) => ({ type: 'user_actor', email_address: address });

/** By day: several rows a person, by terminal. */
const CLAUDE_CODE: Readonly<Record<string, object[]>> = {
  '2026-11-19': [
    claude(email('Ada@acme.com'), 5, 60_000, 6370, '2026-11-19'),
    claude(email('ada@acme.com'), 3, 0, 6370, '2026-11-19'),
    claude({ type: 'api_actor', api_key_name: 'claude_code_key_grace.hopper_pcvf' }, 1, 10_000, 50.5, '2026-11-19'),
  ],
  '2026-11-20': [claude({ type: 'api_actor', api_key_name: 'build-server' }, 2, 0, 12, '2026-11-20')],
};

const completion = (more: object) => ({
  object: 'organization.usage.completions.result',
  input_tokens: 141_201,
  input_cached_tokens: 90_000,
  input_cache_write_tokens: 5000,
  input_uncached_tokens: 46_201,
  output_tokens: 9756,
  num_model_requests: 470,
  project_id: 'proj_abc',
  user_id: 'user-grace',
  api_key_id: 'key_abc',
  model: 'gpt-6.1-sol-2026-09-29',
  batch: false,
  service_tier: 'default',
  ...more,
});

/** Every third day has the same three rows. */
const completions = (day: number) =>
  day % 3 !== 0
    ? []
    : [
        completion({}),
        completion({ user_id: 'user-gone', num_model_requests: 2, model: 'some-model-of-tomorrow' }),
        completion({ user_id: null, num_model_requests: 1, output_tokens: 1 }),
      ];

const cursorRow = (atMs: number, who: string, cents: number, tokens: number) => ({
  timestamp: String(atMs),
  userEmail: who,
  model: 'claude-4.5-sonnet-thinking',
  kind: 'Usage-based',
  isTokenBasedCall: true,
  isChargeable: true,
  tokenUsage: {
    inputTokens: tokens,
    outputTokens: 450,
    cacheWriteTokens: 6112,
    cacheReadTokens: 11_964,
    totalCents: cents,
  },
  chargedCents: cents,
});

const CURSOR_ROWS = [
  ...Array.from({ length: 40 }, (_, i) => cursorRow(TODAY - i * 1_000_000, 'ADA@acme.com', 21.36232, 126)),
  ...Array.from({ length: 3 }, (_, i) =>
    cursorRow(TODAY - 5 * DAY_MS - i, 'a-very-long-name-that-fits-nowhere@subsidiary.acme.example.com', 0.4, 10),
  ),
  cursorRow(TODAY - 80 * DAY_MS, 'old@acme.com', 100, 1),
  cursorRow(TODAY - 100 * DAY_MS, 'older@acme.com', 100, 1),
];

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : JSON.parse(text);
}

async function answer(request: IncomingMessage): Promise<unknown> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
  switch (pathname) {
    case '/anthropic/v1/organizations/usage_report/claude_code':
      return { data: CLAUDE_CODE[searchParams.get('starting_at') ?? ''] ?? [], has_more: false, next_page: null };
    case '/anthropic/v1/organizations/users':
      return { data: [{ id: 'u1', type: 'user', email: 'grace.hopper@acme.com', name: 'Grace' }], has_more: false };
    case '/anthropic/v1/organizations/api_keys':
      return {
        data: [{ id: 'apikey_1', name: 'build-server', created_by: { id: 'u1', type: 'user' } }],
        has_more: false,
      };
    case '/openai/organization/users':
      return { object: 'list', data: [{ id: 'user-grace', email: 'Grace.Hopper@acme.com' }], has_more: false };
    case '/openai/organization/usage/completions': {
      const [from, to] = ['start_time', 'end_time'].map((name) => (Number(searchParams.get(name)) * 1000) / DAY_MS);
      const days = Array.from({ length: (to ?? 0) - (from ?? 0) }, (_, i) => (from ?? 0) + i);
      const first = Number(searchParams.get('page') ?? 0);
      const size = Number(searchParams.get('limit'));
      const data = days.slice(first, first + size).map((day) => ({
        object: 'bucket',
        start_time: (day * DAY_MS) / 1000,
        end_time: ((day + 1) * DAY_MS) / 1000,
        results: completions(day),
      }));
      const more = first + size < days.length;
      return { object: 'page', data, has_more: more, next_page: more ? String(first + size) : null };
    }
    case '/cursor/teams/filtered-usage-events': {
      const { startDate, endDate, page, pageSize } = (await bodyOf(request)) as Record<string, number>;
      const rows = CURSOR_ROWS.filter(
        ({ timestamp }) => Number(timestamp) >= (startDate ?? 0) && Number(timestamp) <= (endDate ?? 0),
      );
      const first = ((page ?? 1) - 1) * (pageSize ?? 10);
      const hasNextPage = first + (pageSize ?? 10) < rows.length;
      return {
        totalUsageEventsCount: rows.length,
        pagination: { hasNextPage },
        usageEvents: rows.slice(first, first + (pageSize ?? 10)),
      };
    }
    default:
      return null;
  }
}

export interface ThreeVendors {
  /** What sets the addresses. */
  env: Record<string, string>;
  /** Paths asked for, with their query. */
  asked: string[];
  /** Vendors that refuse everything. */
  broken: Set<'anthropic' | 'openai' | 'cursor'>;
}

/** For one test. */
export async function threeVendors(): Promise<ThreeVendors> {
  const asked: string[] = [];
  const broken: ThreeVendors['broken'] = new Set();
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push(request.url ?? '');
    const refused = [...broken].some((vendor) => request.url?.startsWith(`/${vendor}/`));
    const body = refused
      ? { error: { type: 'authentication_error', message: 'invalid x-api-key' } }
      : await answer(request);
    response.writeHead(refused ? 401 : body === null ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    ANTHROPIC_API_BASE_URL: `${base}/anthropic`,
    OPENAI_API_BASE_URL: `${base}/openai`,
    CURSOR_API_BASE_URL: `${base}/cursor`,
  };
  return { env, asked, broken };
}
