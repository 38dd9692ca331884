import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';

/**
 * A load of OTLP requests as Claude Code 2.1.329 sends them, cheap to make, since the load comes from the machine that
 * is measured: only ids, times, sessions and tokens vary.
 */

const attribute = (key: string, value: string): string => `{"key":"${key}","value":{"stringValue":"${value}"}}`;
const number = (key: string, value: number | string): string => `{"key":"${key}","value":{"intValue":${value}}}`;

const labels = (user: number): string[] => [
  attribute('organization.name', `Team ${user % 12}`),
  attribute('product.name', 'demo'),
  attribute('user.email', `dev${user}@acme.com`),
];

const resource = (user: number): string =>
  `{"attributes":[${[
    ...labels(user),
    attribute('host.arch', 'amd64'),
    attribute('os.type', 'linux'),
    attribute('os.version', '6.1.0'),
    attribute('service.name', 'claude-code'),
    attribute('service.version', '2.1.329'),
    attribute('CLAUDE_CODE_SUBSCRIPTION_TIER', user % 3 === 0 ? 'pro' : 'max_5x'),
  ].join(',')}],"droppedAttributesCount":0}`;

const USER_ID = 'f14dd2056e31880b0d1e55bade1216997895b26f36005d35a2b0eb0143c90bd9';
const AFTER_SESSION = [
  attribute('anthropic.provider', 'firstParty'),
  attribute('terminal.type', 'xterm-256color'),
  attribute('event.name', 'api_request'),
].join(',');
const CACHE = [number('cache_creation_tokens', 1000), number('cache_creation_5m_tokens', 600)].join(',');
const LAST = [
  attribute('speed', 'normal'),
  attribute('query_source', 'repl_main_thread'),
  attribute('effort', 'medium'),
].join(',');

const run8 = randomBytes(6).toString('hex');
let made = 0;
/** Calls of one session, twenty seconds apart. */
const SESSION = 40;
const GAP_MS = 20_000;

function record(atMs: number, about: string, user: number, n: number): string {
  const time = `"${atMs}000000"`;
  const session = String(user * 1_000_000 + Math.floor(n / SESSION)).padStart(12, '0');
  const prompt = String(Math.floor(n / 5)).padStart(12, '0');
  made += 1;
  return `{"timeUnixNano":${time},"observedTimeUnixNano":${time},"body":{"stringValue":"claude_code.api_request"},"attributes":[${about},{"key":"session.id","value":{"stringValue":"00000000-0000-4000-8000-${session}"}},${AFTER_SESSION},{"key":"event.sequence","value":{"intValue":${n}}},{"key":"prompt.id","value":{"stringValue":"11111111-0000-4000-8000-${prompt}"}},{"key":"model","value":{"stringValue":"${n % 5 === 4 ? 'claude-haiku-4-5-20251001' : 'claude-opus-5-5'}"}},{"key":"input_tokens","value":{"intValue":${100 + (n % 900)}}},{"key":"output_tokens","value":{"intValue":${50 + (n % 3000)}}},{"key":"cache_read_tokens","value":{"intValue":${20_000 + (n % 100_000)}}},${CACHE},{"key":"cache_creation_1h_tokens","value":{"intValue":400}},{"key":"cost_usd_micros","value":{"intValue":13288}},{"key":"duration_ms","value":{"intValue":${300 + (n % 9000)}}},{"key":"ttft_ms","value":{"intValue":${52 + (n % 500)}}},{"key":"request_id","value":{"stringValue":"req_011${run8}${made}"}},${LAST}],"droppedAttributesCount":0}`;
}

/** One request of `events` calls by one person, the last of them at `atMs`. */
export function body(events: number, atMs: number, seed: number): string {
  const user = seed % 2000;
  const about = [...labels(user), attribute('user.id', USER_ID)].join(',');
  const records = Array.from({ length: events }, (_, i) =>
    record(atMs - (events - 1 - i) * GAP_MS, about, user, seed * events + i),
  );
  return `{"resourceLogs":[{"resource":${resource(user)},"scopeLogs":[{"scope":{"name":"com.anthropic.claude_code.events","version":"2.1.329"},"logRecords":[${records.join(',')}]}]}]}`;
}

export interface LoadResult {
  events: number;
  eventsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Requests that were answered with anything but 200. */
  failed: number;
}

export interface Load {
  /** Senders at once, each waiting for its answer before it sends again. */
  clients: number;
  /** Events of one request. */
  batch: number;
  seconds: number;
  /** When the events of the next request happened. */
  atMs: () => number;
  /** Every second request is one that was sent before. */
  repeat?: boolean;
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;

const REMEMBERED = 200;

export async function run({ url, key }: { url: string; key: string }, load: Load): Promise<LoadResult> {
  const { clients, batch, seconds, atMs, repeat = false } = load;
  const pool = new Pool(url, { connections: clients, pipelining: 1 });
  const latencies: number[] = [];
  const sentBefore: string[] = [];
  let failed = 0;
  let events = 0;
  let requests = 0;
  let seed = Math.floor(Math.random() * 1e6);
  const next = (): string => {
    requests += 1;
    const again = repeat && requests % 2 === 0 ? sentBefore[Math.floor(Math.random() * sentBefore.length)] : undefined;
    if (again !== undefined) return again;
    seed += 1;
    const fresh = body(batch, atMs(), seed);
    if (repeat) sentBefore[seed % REMEMBERED] = fresh;
    return fresh;
  };
  const started = performance.now();
  const until = started + seconds * 1000;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const payload = next();
      const before = performance.now();
      const answer = await pool.request({
        path: '/meter/v2/otlp/v1/logs',
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': key },
        body: payload,
      });
      await answer.body.dump();
      latencies.push(performance.now() - before);
      if (answer.statusCode === 200) events += batch;
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const elapsed = (performance.now() - started) / 1000;
  await pool.close();
  latencies.sort((a, b) => a - b);
  return {
    events,
    eventsPerSecond: events / elapsed,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    failed,
  };
}
