import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import type { SendOptions } from '../../src/otlp/client.ts';
import { DeliveryError, logsUrl, sendLogs } from '../../src/otlp/client.ts';

const KEY = 'hak_acme_0123456789abcdef';
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

interface Seen {
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: Buffer;
}
type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A real server on loopback that gives one answer after the other, the last one for ever. */
async function endpointThat(...answers: Answer[]): Promise<{ endpoint: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = answers[Math.min(seen.length, answers.length - 1)];
      seen.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks) });
      answer?.(response, request);
    });
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const answer =
  (status: number, body = '', headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body);
const reset: Answer = (_, request) => request.socket.destroy();
const silence: Answer = () => undefined;
const half: Answer = (response) => {
  response.writeHead(200, { 'content-length': '100' }).write('{"proc');
  setTimeout(() => response.destroy(), 20);
};

function send(endpoint: string, options: Partial<SendOptions> = {}) {
  const waits: number[] = [];
  const sent = sendLogs('{"resourceLogs":[]}', {
    endpoint,
    apiKey: KEY,
    fetch: globalThis.fetch,
    sleep: async (ms) => void waits.push(ms),
    now: () => Date.UTC(2026, 10, 20, 12),
    random: () => 1,
    signal: new AbortController().signal,
    ...options,
  });
  return { sent, waits };
}

const failureOf = async (sent: Promise<unknown>): Promise<DeliveryError> => {
  const error: unknown = await sent.catch((reason: unknown) => reason);
  if (!(error instanceof DeliveryError)) throw new Error('expected a DeliveryError', { cause: error });
  return error;
};

describe('a batch that is taken', () => {
  test('goes to the path of the protocol with the key, as it is or gzipped', async () => {
    const { endpoint, seen } = await endpointThat(answer(200, '{"processedEvents":3}'));
    expect(await send(`${endpoint}/`).sent).toEqual({ processedEvents: 3, rejected: { count: 0, message: '' } });
    await send(endpoint, { gzip: true }).sent;
    expect(seen.map(({ url }) => url)).toEqual(['/meter/v2/otlp/v1/logs', '/meter/v2/otlp/v1/logs']);
    expect(seen[0]?.headers).toMatchObject({ 'x-api-key': KEY, 'content-type': 'application/json' });
    expect(seen[0]?.body.toString()).toBe('{"resourceLogs":[]}');
    expect(seen[1]?.headers).toMatchObject({ 'x-api-key': KEY, 'content-encoding': 'gzip' });
    expect(gunzipSync(seen[1]?.body ?? '').toString()).toBe('{"resourceLogs":[]}');
  });

  test.each([
    ['{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"no time"}}', null, { count: 2, message: 'no time' }],
    ['{"processedEvents":5,"partialSuccess":{"rejectedLogRecords":2}}', 5, { count: 2, message: '' }],
    [
      `{"partialSuccess":{"errorMessage":"beware of ${KEY}\\u001b[2J"}}`,
      null,
      { count: 0, message: 'beware of hak_acme_…cdef [2J' },
    ],
    ['{}', null, { count: 0, message: '' }],
    ['', null, { count: 0, message: '' }],
    ['[]', null, { count: 0, message: '' }],
    ['{"processedEvents":"many","partialSuccess":7}', null, { count: 0, message: '' }],
  ])('is reported as the answer says: %s', async (body, processedEvents, rejected) => {
    const { endpoint } = await endpointThat(answer(200, body));
    expect(await send(endpoint).sent).toEqual({ processedEvents, rejected });
  });
});

describe('a batch is sent again', () => {
  test.each([
    ['429', answer(429)],
    ['502', answer(502, '<html>bad gateway</html>')],
    ['503', answer(503, '{"code":14,"message":"storage is down"}')],
    ['504', answer(504)],
    ['a reset connection', reset],
    ['an answer that breaks off', half],
  ])('after %s', async (_, failure) => {
    const { endpoint, seen } = await endpointThat(failure, failure, answer(200, '{"processedEvents":1}'));
    const { sent, waits } = send(endpoint);
    expect((await sent).processedEvents).toBe(1);
    expect(seen.map(({ body }) => body.toString())).toEqual(Array(3).fill('{"resourceLogs":[]}'));
    expect(waits).toEqual([500, 1000]);
  });

  test('after a time-out', async () => {
    const { endpoint } = await endpointThat(silence, answer(200, '{"processedEvents":1}'));
    expect((await send(endpoint, { timeoutMs: 200 }).sent).processedEvents).toBe(1);
  });

  test('when Retry-After says, in seconds or as a date', async () => {
    const { endpoint } = await endpointThat(
      answer(503, '', { 'retry-after': '4' }),
      answer(429, '', { 'retry-after': 'Fri, 20 Nov 2026 12:01:00 GMT' }),
      answer(200),
    );
    const { sent, waits } = send(endpoint);
    await sent;
    expect(waits).toEqual([4000, 60_000]);
  });

  test('not for ever, and then the failure says that later may do', async () => {
    const { endpoint, seen } = await endpointThat(answer(503, '{"code":14,"message":"storage is down"}'));
    const failure = await failureOf(send(endpoint, { attempts: 3 }).sent);
    expect(failure).toMatchObject({ status: 503, retryable: true });
    expect(failure.message).toBe(`${endpoint} answered 503: storage is down`);
    expect(seen).toHaveLength(3);
  });

  test('not where the wait would be longer than anybody has patience for', async () => {
    const { endpoint, seen } = await endpointThat(answer(429, '', { 'retry-after': '3600' }));
    expect(await failureOf(send(endpoint).sent)).toMatchObject({ status: 429, retryable: true });
    expect(seen).toHaveLength(1);
  });
});

describe('a batch is given up at once', () => {
  test.each([
    [400, '{"code":3,"message":"not OTLP"}', ': not OTLP', undefined],
    [401, '{"message":"unknown key"}', ': unknown key', 'Check the API key.'],
    [403, '', '', 'The API key may not send usage data; it needs the scope "ingest".'],
    [404, 'nope', '', 'Nothing takes telemetry there: check the endpoint.'],
    [413, '', '', 'Send smaller batches: --batch-size.'],
    [500, '', '', undefined],
  ])('after %i', async (status, body, why, hint) => {
    const { endpoint, seen } = await endpointThat(answer(status, body, { 'retry-after': '1' }));
    const failure = await failureOf(send(endpoint).sent);
    expect(failure).toMatchObject({ message: `${endpoint} answered ${status}${why}`, status, retryable: false, hint });
    expect(seen).toHaveLength(1);
  });

  test('after a redirect, which would take the key elsewhere', async () => {
    const elsewhere = await endpointThat(answer(200));
    const { endpoint } = await endpointThat(answer(308, '', { location: `${elsewhere.endpoint}/logs` }));
    expect(await failureOf(send(endpoint).sent)).toMatchObject({ status: 308, retryable: false });
    expect(elsewhere.seen).toEqual([]);
  });

  test.each(['<html>', '\n<!doctype html><title>Sign in</title>'])(
    'by a web page, which takes nothing though it says 200: %j',
    async (page) => {
      const { endpoint, seen } = await endpointThat(answer(200, page));
      const failure = await failureOf(send(endpoint).sent);
      expect(failure).toMatchObject({ status: null, retryable: false });
      expect(failure.message).toBe(`${endpoint} answered 200 with a web page: nothing takes telemetry there`);
      expect(seen).toHaveLength(1);
    },
  );

  test('where there is no such host', async () => {
    const fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) }));
    const { sent, waits } = send('https://nowhere.example', { fetch });
    const failure = await failureOf(sent);
    expect(failure).toMatchObject({
      message: 'https://nowhere.example cannot be reached (ENOTFOUND)',
      status: null,
      retryable: false,
    });
    expect(waits).toEqual([]);
  });

  test('when stopped, before, during and between attempts', async () => {
    const { endpoint, seen } = await endpointThat(silence);
    const stopped = new AbortController();
    const reason = new Error('stopped by the person');
    const { sent } = send(endpoint, { signal: stopped.signal });
    setTimeout(() => stopped.abort(reason), 50);
    await expect(sent).rejects.toBe(reason);
    await expect(send(endpoint, { signal: stopped.signal }).sent).rejects.toBe(reason);
    expect(seen).toHaveLength(1);
    const busy = await endpointThat(answer(503));
    const sleep = () => Promise.reject(reason);
    await expect(send(busy.endpoint, { sleep }).sent).rejects.toBe(reason);
  });

  test('an error never holds the key', async () => {
    const { endpoint } = await endpointThat(answer(401, JSON.stringify({ message: `no such key: ${KEY}` })));
    const failure = await failureOf(send(endpoint).sent);
    expect(failure.message).toBe(`${endpoint} answered 401: no such key: hak_acme_…cdef`);
  });
});

describe('an endpoint', () => {
  test.each([
    ['https://api.revenium.ai', 'https://api.revenium.ai/meter/v2/otlp/v1/logs'],
    ['https://proxy.example/usage//', 'https://proxy.example/usage/meter/v2/otlp/v1/logs'],
    ['http://localhost:4318', 'http://localhost:4318/meter/v2/otlp/v1/logs'],
    ['http://127.0.0.1:4318', 'http://127.0.0.1:4318/meter/v2/otlp/v1/logs'],
    ['http://[::1]:4318', 'http://[::1]:4318/meter/v2/otlp/v1/logs'],
  ])('%s is completed', (endpoint, url) => {
    expect(logsUrl(endpoint).href).toBe(url);
  });

  test.each([
    'http://usage.example',
    'http://localhost.example',
    'http://10.0.0.1',
    'ftp://usage.example',
    'usage',
    '',
  ])('%j gets no key', async (endpoint) => {
    expect(() => logsUrl(endpoint)).toThrow(UsageError);
    await expect(send(endpoint).sent).rejects.toThrow(UsageError);
  });

  test('without encryption is taken where that is meant', () => {
    expect(logsUrl('http://usage.example', true).protocol).toBe('http:');
    expect(() => logsUrl('ftp://usage.example', true)).toThrow(UsageError);
  });
});
