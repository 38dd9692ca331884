import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { logsBody } from './calls.ts';

/** A server under mixed load for as long as one likes: what is counted must add up, and nothing may grow. */

export interface SoakOptions {
  url: string;
  org: string;
  adminKey: string;
  seconds: number;
  /** Senders; each sends a batch, waits for the answer and a little more. */
  senders?: number;
  onSample?: (sample: Sample) => void;
}

/** What the server says of itself at one moment. */
export interface Sample {
  atS: number;
  heapMB: number;
  residentMB: number;
  handles: number;
  eventLoopP99Ms: number;
}

export interface Soaked {
  samples: Sample[];
  /** Calls acknowledged at least once, and all requests by what was answered. */
  acknowledged: number;
  answers: Record<string, number>;
  /** Answers that nobody should get: what was asked, and the status. */
  unexpected: string[];
  /** What the server counts in the end. */
  counted: number;
}

const BATCH = 20;
const DAY_MS = 86_400_000;

export async function soak(options: SoakOptions): Promise<Soaked> {
  const { url, org, adminKey, seconds, senders = 6, onSample } = options;
  const endMs = Date.now() + seconds * 1000;
  const soaked: Soaked = { samples: [], acknowledged: 0, answers: {}, unexpected: [], counted: 0 };
  const going = (): boolean => Date.now() < endMs;
  const note = (what: string, status: number, expected: readonly number[]): void => {
    soaked.answers[`${what} ${status}`] = (soaked.answers[`${what} ${status}`] ?? 0) + 1;
    if (!expected.includes(status)) soaked.unexpected.push(`${what}: ${status}`);
  };
  const ask = async (path: string, key: string, init: RequestInit = {}): Promise<Response> =>
    await fetch(`${url}${path}`, {
      ...init,
      headers: { 'x-api-key': key, 'content-type': 'application/json', ...init.headers },
    });
  const post = async (body: Buffer, key = adminKey): Promise<number> => {
    const response = await ask('/v1/logs', key, { method: 'POST', body: new Uint8Array(body) });
    await response.arrayBuffer();
    return response.status;
  };

  const sender = async (sender: number): Promise<void> => {
    for (let n = 0; going(); n++) {
      const at = new Date(Date.now() - ((n * 7919) % 30) * DAY_MS).toISOString();
      const body = logsBody(
        ...Array.from({ length: BATCH }, (_, i) => ({
          n: `${sender}-${n}-${i}`,
          at,
          session: `s-${sender}-${Math.floor(n / 5)}`,
          email: `dev${(sender * 31 + n) % 200}@acme.com`,
          output: 10 + i,
        })),
      );
      const status = await post(body);
      note('ingest', status, [200]);
      if (status === 200) soaked.acknowledged += BATCH;
      // One in ten is sent again, as by a client that missed the answer.
      if (n % 10 === 0) note('ingest again', await post(body), [200]);
      await sleep(20);
    }
  };
  const reader = async (): Promise<void> => {
    const reports = ['summary', 'timeseries', 'by-agent', 'cost-breakdown?by=user', 'cost-breakdown?by=model'];
    for (let n = 0; going(); n++) {
      const report = reports[n % reports.length] ?? '';
      const response = await ask(`/${org}/sessions/analytics/${report}`, adminKey);
      await response.arrayBuffer();
      note('report', response.status, [200]);
      await sleep(100);
    }
  };
  const administrator = async (): Promise<void> => {
    while (going()) {
      const made = await ask('/v1/logs', 'hak_default_unknown', { method: 'POST', body: '{}' });
      await made.arrayBuffer();
      note('unknown key', made.status, [401]);
      note('no JSON', await post(Buffer.from('{"resourceLogs":[')), [400]);
      const ready = await ask('/readyz', adminKey);
      await ready.arrayBuffer();
      note('readyz', ready.status, [200]);
      await sleep(500);
    }
  };
  /** Begins to send, and goes away. */
  const quitter = async (): Promise<void> => {
    while (going()) {
      const request = httpRequest(`${url}/v1/logs`, {
        method: 'POST',
        headers: { 'x-api-key': adminKey, 'content-type': 'application/json', 'content-length': 1_000_000 },
      });
      request.on('error', () => undefined);
      request.write('{"resourceLogs":[');
      await sleep(200);
      request.destroy();
    }
  };
  const watcher = async (): Promise<void> => {
    const startedMs = Date.now();
    while (going()) {
      await sleep(Math.min(10_000, (seconds * 1000) / 30));
      const sample = await measure(ask, adminKey, (Date.now() - startedMs) / 1000);
      soaked.samples.push(sample);
      onSample?.(sample);
    }
  };

  await Promise.all([
    ...Array.from({ length: senders }, (_, n) => sender(n)),
    reader(),
    reader(),
    administrator(),
    quitter(),
    watcher(),
  ]);
  const from = new Date(Date.now() - 40 * DAY_MS).toISOString().slice(0, 10);
  const summary = await ask(`/${org}/sessions/analytics/summary?from=${from}`, adminKey);
  soaked.counted = ((await summary.json()) as { totalRequests: number }).totalRequests;
  return soaked;
}

async function measure(
  ask: (path: string, key: string) => Promise<Response>,
  key: string,
  atS: number,
): Promise<Sample> {
  const text = await (await ask('/metrics', key)).text();
  const value = (name: string): number => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    atS,
    heapMB: value('nodejs_heap_size_used_bytes') / 2 ** 20,
    residentMB: value('process_resident_memory_bytes') / 2 ** 20,
    handles: value('nodejs_active_handles_total'),
    eventLoopP99Ms: value('nodejs_eventloop_lag_p99_seconds') * 1000,
  };
}

/** The least of the second and of the last third: what a leak would lift, whatever the moments between. */
export function growth(
  samples: readonly Sample[],
  of: 'heapMB' | 'residentMB' | 'handles' | 'eventLoopP99Ms',
): [before: number, after: number] {
  const third = Math.floor(samples.length / 3);
  const least = (part: readonly Sample[]): number => Math.min(...part.map((sample) => sample[of]));
  return [least(samples.slice(third, 2 * third)), least(samples.slice(2 * third))];
}
