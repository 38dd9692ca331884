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

it('several servers on one ClickHouse answer as one', { timeout: 120_000 }, async () => {
  const database = await clickhouseDatabase('both');
  onTestFinished(() => database.remove());
  const start = async (): Promise<RunningServer> => {
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
