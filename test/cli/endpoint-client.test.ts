import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkKey, lookUpRecords } from '../../src/cli/endpoint-client.ts';
import { Interrupted } from '../../src/errors.ts';
import type { FakeEndpoint } from '../support/fake-endpoint.ts';
import { startFakeEndpoint } from '../support/fake-endpoint.ts';

const KEY = 'hak_acme_0123456789abcdef';
const world = { fetch, signal: new AbortController().signal, now: Date.now };
let endpoint: FakeEndpoint;
beforeEach(async () => {
  endpoint = await startFakeEndpoint(KEY);
});
afterEach(() => endpoint.close());

const access = (apiKey = KEY) => ({ endpoint: endpoint.url, apiKey });
const answering = (status: number, body: string, headers = {}): void => {
  endpoint.hook = (_, response) => Boolean(response.writeHead(status, headers).end(body));
};

describe('the key check', () => {
  it('tells whose key it is, and how the clocks compare', async () => {
    expect(await checkKey(access(), world)).toEqual({
      state: 'accepted',
      org: 'acme',
      scope: 'ingest',
      email: null,
      clockSkewMs: 0,
    });
  });

  it.each([
    [200, '{}', { state: 'accepted', org: null, scope: null, email: null }],
    [
      200,
      '{"org": {"id": 1}, "scope": 5, "email": "ada@acme.com", "more": true}',
      { state: 'accepted', org: null, scope: null, email: 'ada@acme.com' },
    ],
    // A page of a proxy or a single-page application is no answer.
    [200, '<html></html>', { state: 'failing', status: 200 }],
    [200, '[]', { state: 'failing', status: 200 }],
    [401, '', { state: 'refused', status: 401 }],
    [403, '{}', { state: 'refused', status: 403 }],
    [404, 'nothing here', { state: 'not-offered' }],
    [302, '', { state: 'failing', status: 302 }],
    [429, '', { state: 'failing', status: 429 }],
    [500, '{}', { state: 'failing', status: 500 }],
  ])('reads %d %s', async (status, body, expected) => {
    answering(status, body);
    expect(await checkKey(access(), world)).toMatchObject(expected);
  });

  it.each([
    [-3_600_000, /^-3[56]\d{5}$/],
    [3_600_000, /^3[56]\d{5}$/],
  ])('sees a clock that is %d ms off', async (offset, pattern) => {
    answering(200, '{}', { date: new Date(Date.now() + offset).toUTCString() });
    const check = await checkKey(access(), world);
    expect(String(check.state === 'accepted' && check.clockSkewMs)).toMatch(pattern);
  });

  it('says why an endpoint cannot be reached', async () => {
    const { url } = endpoint;
    await endpoint.close();
    expect(await checkKey({ endpoint: url, apiKey: KEY }, world)).toEqual({
      state: 'unreachable',
      why: 'nothing listens there',
    });
    endpoint = await startFakeEndpoint(KEY);
    endpoint.hook = (request) => Boolean(request.socket.destroy());
    expect(await checkKey(access(), world)).toEqual({ state: 'unreachable', why: 'the connection broke' });
  });

  it('is given up when somebody interrupts', async () => {
    endpoint.hook = () => true;
    const stop = new AbortController();
    const asked = checkKey(access(), { ...world, signal: stop.signal });
    stop.abort(new Interrupted());
    await expect(asked).rejects.toThrow(Interrupted);
  });
});

describe('the look-up of records', () => {
  const id = 'a'.repeat(64);

  it('finds those that the server has', async () => {
    endpoint.records.set(id, '2026-11-20T12:00:00.000Z');
    const found = await lookUpRecords([id, 'b'.repeat(64)], access(), world);
    expect(found).toEqual([{ id, atMs: Date.UTC(2026, 10, 20, 12), sources: ['telemetry'] }]);
  });

  it.each([
    [404, ''],
    [401, '{}'],
    [200, '{"records": "x"}'],
    [200, '{"records": [{"id": 1}]}'],
    [200, 'no json'],
  ])('knows nothing by %d %s', async (status, body) => {
    answering(status, body);
    expect(await lookUpRecords([id], access(), world)).toBe(null);
  });
});
