import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { logsBody, storedId } from '../support/calls.ts';
import { PATIENTLY } from '../support/patience.ts';
import type { RunningServer } from '../support/server-process.ts';
import { api, startServer } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';

/** No file of the process may grow beyond this: what a full disk is to it. Only Linux can say so of a running process. */
const limitFiles = ({ child }: RunningServer, bytes: number | 'unlimited'): void =>
  void execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:unlimited`]);

interface Answer {
  status: number;
  retryAfter: string | null;
}

async function post({ url }: RunningServer, key: string, calls: readonly string[]): Promise<Answer> {
  const response = await fetch(`${url}/v1/logs`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: logsBody(...calls.map((n) => ({ n }))),
  });
  await response.arrayBuffer();
  return { status: response.status, retryAfter: response.headers.get('retry-after') };
}

async function missing({ url }: RunningServer, key: string, calls: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (let at = 0; at < calls.length; at += 1000) {
    const body = { ids: calls.slice(at, at + 1000).map(storedId) };
    const answer = await api<{ records: { id: string }[] }>(`${url}/meter/v2/records/lookup`, key, {
      method: 'POST',
      body,
    });
    for (const { id } of answer.body.records) found.add(id);
  }
  return calls.filter((call) => !found.has(storedId(call)));
}

it.runIf(process.platform === 'linux')(
  'answers 503 while it cannot write, and recovers by itself, even when the engine has given up',
  async () => {
    const directory = tempDir();
    // The limit's own signal would end the process, which a full disk does not.
    const ignoring = `data:text/javascript,process.on('SIGXFSZ',()=>{})`;
    const server = await startServer(directory, { env: { NODE_OPTIONS: `--import=${ignoring}` } });
    const key = server.adminKey ?? '';
    const taken: string[] = [];
    const calls = (name: string, count = 500): string[] => Array.from({ length: count }, (_, i) => `${name}-${i}`);
    const expectTaken = async (names: readonly string[]): Promise<void> => {
      expect(await post(server, key, names)).toEqual({ status: 200, retryAfter: null });
      taken.push(...names);
    };
    await expectTaken(calls('before'));

    // No write-ahead log grows, and a checkpoint fails, which is fatal to DuckDB.
    limitFiles(server, 4096);
    const refused = calls('refused');
    expect(await post(server, key, refused)).toEqual({ status: 503, retryAfter: '1' });
    expect((await api(`${server.url}/api/v1/backup`, key)).status).toBe(503);
    const report = await api(`${server.url}/default/sessions/analytics/summary?from=2026-11-20&to=2026-11-21`, key);
    expect(report).toMatchObject({
      status: 503,
      body: { error: { message: expect.stringMatching(/storage/) as unknown } },
    });
    await expect.poll(server.stderr, PATIENTLY).toContain('will be opened again');
    expect(await post(server, key, refused)).toEqual({ status: 503, retryAfter: '1' });
    expect((await api(`${server.url}/healthz`, '')).status).toBe(200);

    limitFiles(server, 'unlimited');
    await expect.poll(async () => (await post(server, key, refused)).status, PATIENTLY).toBe(200);
    taken.push(...refused);
    await expectTaken(calls('after'));
    expect((await api(`${server.url}/readyz`, '')).status).toBe(200);
    expect(await missing(server, key, taken)).toEqual([]);

    server.child.kill('SIGKILL');
    await server.finished;
    const again = await startServer(directory);
    expect(await missing(again, key, taken)).toEqual([]);
    const { body } = await api<{ totalRequests: number }>(
      `${again.url}/default/sessions/analytics/summary?from=2026-11-20&to=2026-11-21`,
      key,
    );
    expect(body.totalRequests).toBe(taken.length);
  },
);
