import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';

/** A load of OTLP requests as Claude Code 2.1.329 sends them, cheap to make: only ids, times and tokens vary. */

const DAY_MS = 86_400_000;
const attribute = (key: string, value: string): string => `{"key":"${key}","value":{"stringValue":"${value}"}}`;
const number = (key: string, value: number): string => `{"key":"${key}","value":{"intValue":${value}}}`;

function resource(user: number): string {
  return `{"attributes":[${[
    attribute('organization.name', `Team ${user % 12}`),
    attribute('product.name', 'demo'),
    attribute('user.email', `dev${user}@acme.com`),
    attribute('host.arch', 'amd64'),
    attribute('os.type', 'linux'),
    attribute('os.version', '6.1.0'),
    attribute('service.name', 'claude-code'),
    attribute('service.version', '2.1.329'),
    attribute('CLAUDE_CODE_SUBSCRIPTION_TIER', user % 3 === 0 ? 'pro' : 'max_5x'),
  ].join(',')}],"droppedAttributesCount":0}`;
}

const MODELS = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-4-5-20251001'];

function record(atMs: number, user: number, n: number): string {
  const time = `${atMs}000000`;
  const session = `00000000-0000-4000-8000-${String(user * 1000 + (Math.floor(n / 30) % 1000)).padStart(12, '0')}`;
  return `{"timeUnixNano":"${time}","observedTimeUnixNano":"${time}","body":{"stringValue":"claude_code.api_request"},"attributes":[${[
    attribute('organization.name', `Team ${user % 12}`),
    attribute('product.name', 'demo'),
    attribute('user.email', `dev${user}@acme.com`),
    attribute('user.id', 'f14dd2056e31880b0d1e55bade1216997895b26f36005d35a2b0eb0143c90bd9'),
    attribute('session.id', session),
    attribute('anthropic.provider', 'firstParty'),
    attribute('terminal.type', 'xterm-256color'),
    attribute('event.name', 'api_request'),
    attribute('event.timestamp', new Date(atMs).toISOString()),
    number('event.sequence', n),
    attribute('prompt.id', `11111111-0000-4000-8000-${String(Math.floor(n / 5)).padStart(12, '0')}`),
    attribute('model', MODELS[n % 3] ?? ''),
    number('input_tokens', 100 + (n % 900)),
    number('output_tokens', 50 + (n % 3000)),
    number('cache_read_tokens', 20_000 + (n % 100_000)),
    number('cache_creation_tokens', 1000 + (n % 700)),
    number('cache_creation_5m_tokens', 600),
    number('cache_creation_1h_tokens', 400 + (n % 700)),
    number('cost_usd_micros', 13_288),
    number('duration_ms', 300 + (n % 9000)),
    number('ttft_ms', 52 + (n % 500)),
    attribute('request_id', `req_011${randomBytes(12).toString('base64url')}`),
    attribute('speed', 'normal'),
    attribute('query_source', 'repl_main_thread'),
    attribute('effort', 'medium'),
  ].join(',')}],"droppedAttributesCount":0}`;
}

/** One request of `events` calls by one person. */
export function body(events: number, atMs: number, seed: number): string {
  const user = seed % 2000;
  const records = Array.from({ length: events }, (_, i) => record(atMs + i, user, seed * events + i));
  return `{"resourceLogs":[{"resource":${resource(user)},"scopeLogs":[{"scope":{"name":"com.anthropic.claude_code.events","version":"2.1.329"},"logRecords":[${records.join(',')}]}]}]}`;
}

export interface LoadResult {
  eventsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Requests that were answered with anything but 200. */
  failed: number;
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;

/** `clients` senders at once, each waiting for its answer before it sends again. */
export async function run(
  { url, key }: { url: string; key: string },
  {
    clients,
    batch,
    seconds,
    days = 1,
    endMs,
  }: { clients: number; batch: number; seconds: number; days?: number; endMs: number },
): Promise<LoadResult> {
  const pool = new Pool(url, { connections: clients, pipelining: 1 });
  const latencies: number[] = [];
  let failed = 0;
  let sent = 0;
  let seed = Math.floor(Math.random() * 1e6);
  const started = performance.now();
  const until = started + seconds * 1000;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      seed += 1;
      const payload = body(batch, endMs - Math.floor(Math.random() * days * DAY_MS) - batch, seed);
      const before = performance.now();
      const answer = await pool.request({
        path: '/meter/v2/otlp/v1/logs',
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': key },
        body: payload,
      });
      await answer.body.dump();
      latencies.push(performance.now() - before);
      if (answer.statusCode === 200) sent += batch;
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const elapsed = (performance.now() - started) / 1000;
  await pool.close();
  latencies.sort((a, b) => a - b);
  return { eventsPerSecond: sent / elapsed, p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99), failed };
}
