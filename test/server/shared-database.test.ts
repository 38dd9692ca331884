import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { serve } from '../../src/server/serve.ts';
import type { RunningServer } from '../../src/server/serve.ts';
import { logsBody } from '../support/calls.ts';
import { NOON } from '../support/observations.ts';
import { PATIENTLY } from '../support/patience.ts';
import { api } from '../support/server-process.ts';
import { clickhouseDatabase } from '../support/stores.ts';
import { ownDirectory } from '../support/temp-dir.ts';

async function starterOn(cluster: 'both' | null): Promise<() => Promise<RunningServer>> {
  const database = await clickhouseDatabase(cluster);
  onTestFinished(() => database.remove());
  return async () => {
    const directory = ownDirectory();
    const server = await serve({
      host: '127.0.0.1',
      port: 0,
      dataDirectory: directory.path,
      databaseUrl: database.url,
      logger: pino({ level: 'silent' }),
      now: () => NOON + 86_400_000,
      version: '0.0.0',
      pid: process.pid,
    });
    onTestFinished(async () => {
      await server.close();
      directory.remove();
    });
    return server;
  };
}

it('of several servers that start at once on nothing, one makes the admin key, which opens all', async () => {
  const start = await starterOn(null);
  const servers = await Promise.all([start(), start(), start()]);
  const [admin, ...more] = servers.flatMap(({ adminKey }) => adminKey ?? []);
  expect([typeof admin, more]).toEqual(['string', []]);
  const statusOf = async ({ url, org }: RunningServer): Promise<number> =>
    (await api(`${url}/api/v1/${org}/keys`, admin ?? '')).status;
  for (const server of servers) await expect.poll(() => statusOf(server), PATIENTLY).toBe(200);
  const { body } = await api<{ keys: unknown[] }>(`${servers[0]?.url ?? ''}/api/v1/default/keys`, admin ?? '');
  expect(body.keys).toHaveLength(1);
}, 120_000);

it('several servers on one ClickHouse answer as one', { timeout: 120_000 }, async () => {
  const start = await starterOn('both');
  const one = await start();
  const other = await start();
  const admin = one.adminKey ?? '';
  expect(other.adminKey).toBeNull();
  const keys = `/api/v1/${one.org}/keys`;
  const made = await api<{ id: string; key: string }>(one.url + keys, admin, {
    method: 'POST',
    body: { scope: 'ingest' },
  });
  expect(made.status).toBe(201);
  const send = async ({ url }: RunningServer, n: number): Promise<number> => {
    const headers = { 'x-api-key': made.body.key, 'content-type': 'application/json' };
    return (await fetch(`${url}/v1/logs`, { method: 'POST', headers, body: logsBody({ n }) })).status;
  };
  await expect.poll(() => send(other, 0), PATIENTLY).toBe(200);
  expect(await Promise.all([send(one, 1), send(other, 1), send(one, 2), send(other, 3), send(one, 3)])).toEqual([
    200, 200, 200, 200, 200,
  ]);
  const summaryOf = async ({ url }: RunningServer): Promise<unknown> =>
    (await api(`${url}/${one.org}/sessions/analytics/summary?from=2020-01-01&to=2030-01-01`, admin)).body;
  const summary = await summaryOf(one);
  expect(summary).toMatchObject({ totalRequests: 4 });
  expect(await summaryOf(other)).toEqual(summary);
  await api(`${one.url}${keys}/${made.body.id}`, admin, { method: 'DELETE' });
  await expect.poll(() => send(other, 4), PATIENTLY).toBe(401);
});
