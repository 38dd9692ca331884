import { readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { frontOptions } from '../../src/cli/commands/server/front.ts';
import type { FrontOptions } from '../../src/server/front.ts';
import { openApp, testApp } from '../support/app.ts';
import { logsBody } from '../support/calls.ts';
import { tempDir } from '../support/temp-dir.ts';

const CERT = 'fixtures/tls/cert.pem';
const KEY = 'fixtures/tls/key.pem';
const ingest = { method: 'POST', url: '/v1/logs' } as const;

let opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened) await close();
  opened = [];
});

async function listening(front: FrontOptions) {
  const server = await openApp({ front });
  opened.push(server.close);
  const url = await server.app.listen({ host: '127.0.0.1', port: 0 });
  return { ...server, url };
}

it('refuses a key that asks too often, says when to come back, and leaves other keys alone', async () => {
  const { app, key } = await testApp({ front: { requestsPerMinute: 3 } });
  const [mine, other] = [await key('ingest'), await key('ingest')];
  const send = (apiKey: string) =>
    app.inject({
      ...ingest,
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      payload: logsBody({ n: 1 }),
    });
  const codes = [];
  for (let i = 0; i < 5; i++) codes.push((await send(mine)).statusCode);
  expect(codes).toEqual([200, 200, 200, 429, 429]);
  const refused = await send(mine);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused.json()).toMatchObject({ code: 8, message: expect.stringContaining('more than 3 requests') as string });
  expect((await send(other)).statusCode).toBe(200);
  const report = await app.inject({ url: '/v2/sdk/resolve-key', headers: { 'x-api-key': mine } });
  expect(report.statusCode).toBe(429);
  expect(report.json()).toMatchObject({ error: { code: 'tooMany' } });
});

it('names each request in its answer and in the log, and logs no key and no query', async () => {
  const { app, key, log } = await testApp();
  const secret = await key('admin');
  const response = await app.inject({
    url: '/v2/sdk/resolve-key?user=canary%40acme.com',
    headers: { 'x-api-key': secret, 'x-request-id': 'chosen-by-a-client' },
  });
  const id = response.headers['x-request-id'] as string;
  expect(id).toMatch(/^[\da-f-]{36}$/);
  const line = log()
    .split('\n')
    .find((one) => one.includes(id) && one.includes('"status"'));
  expect(JSON.parse(line ?? '{}')).toMatchObject({
    reqId: id,
    method: 'GET',
    status: 200,
    key: expect.any(String) as string,
  });
  expect(log()).not.toContain(secret);
  expect(log()).not.toContain('canary');
});

it('believes a forwarded address and a request id only of a proxy that it is told to trust', async () => {
  const asked = { url: '/healthz', headers: { 'x-forwarded-for': '203.0.113.9', 'x-request-id': 'proxy-7' } };
  const alone = await testApp();
  expect((await alone.app.inject(asked)).headers['x-request-id']).not.toBe('proxy-7');
  expect(alone.log()).not.toContain('203.0.113.9');
  const behind = await testApp({ front: { trustProxy: 'loopback' } });
  expect((await behind.app.inject(asked)).headers['x-request-id']).toBe('proxy-7');
  expect(behind.log()).toContain('203.0.113.9');
});

it('serves https with the files it is given', async () => {
  const front = await frontOptions({ host: '0.0.0.0', tlsCert: CERT, tlsKey: KEY, rateLimit: 100, insecure: false });
  const { url } = await listening(front);
  expect(url).toMatch(/^https:/);
  const status = await new Promise((resolve, reject) => {
    httpsRequest(`${url}/healthz`, { ca: readFileSync(CERT) }, (response) => resolve(response.statusCode))
      .on('error', reject)
      .end();
  });
  expect(status).toBe(200);
  await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
});

it('closes connections beyond the bound at the door', async () => {
  const { app } = await listening({ maxConnections: 2 });
  const { port } = app.server.address() as { port: number };
  const closed: number[] = [];
  const sockets = [0, 1, 2].map((n) =>
    connect(port, '127.0.0.1')
      .on('close', () => closed.push(n))
      .on('error', () => undefined),
  );
  await expect.poll(() => closed).toEqual([2]);
  for (const socket of sockets) socket.destroy();
});

it('asks for encryption, or the word insecure, on addresses that others reach', async () => {
  const flags = { rateLimit: 1, insecure: false };
  for (const host of ['127.0.0.1', 'localhost', '::1', '127.8.8.8'])
    expect(await frontOptions({ host, ...flags })).toEqual({ requestsPerMinute: 1 });
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'metering.acme.com'])
    await expect(frontOptions({ host, ...flags })).rejects.toMatchObject({
      exitCode: 2,
      hint: expect.stringContaining('--insecure') as string,
    });
  expect(await frontOptions({ host: '0.0.0.0', ...flags, insecure: true })).toEqual({ requestsPerMinute: 1 });
});

it('says what is wrong with certificates and proxies', async () => {
  const flags = { host: '127.0.0.1', rateLimit: 1, insecure: false };
  await expect(frontOptions({ ...flags, tlsCert: CERT })).rejects.toThrow('--tls-cert and --tls-key go together');
  await expect(frontOptions({ ...flags, tlsCert: `${tempDir()}/no.pem`, tlsKey: KEY })).rejects.toThrow('cannot read');
  await expect(frontOptions({ ...flags, tlsCert: KEY, tlsKey: CERT })).rejects.toThrow('not a certificate and its key');
  await expect(frontOptions({ ...flags, trustProxy: 'my proxy' })).rejects.toThrow('"my proxy" is no address');
  expect(await frontOptions({ ...flags, trustProxy: 'loopback, 10.0.0.0/8' })).toMatchObject({
    trustProxy: 'loopback,10.0.0.0/8',
  });
});
