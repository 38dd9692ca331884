import { describe, expect, it } from 'vitest';
import type { TestApp } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { logsBody, storedId } from '../support/calls.ts';
import { outage } from '../support/flaky-store.ts';

const ingest = async ({ app, key }: TestApp, n: string) => {
  const response = await app.inject({
    method: 'POST',
    url: '/v1/logs',
    headers: { 'x-api-key': await key('ingest'), 'content-type': 'application/json' },
    payload: logsBody({ n }),
  });
  return { status: response.statusCode, retryAfter: response.headers['retry-after'], body: response.body };
};

describe('/healthz and /readyz', () => {
  it('answer without a key', async () => {
    const { app } = await testApp();
    expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await app.inject('/readyz')).json()).toEqual({ status: 'ready' });
  });

  it('tell alive from able to work', async () => {
    const storage = outage();
    const { app } = await testApp({ wrap: storage.wrap });
    storage.down = true;
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    const unready = await app.inject('/readyz');
    expect([unready.statusCode, unready.headers['retry-after']]).toEqual([503, '1']);
    expect(unready.json()).toEqual({
      error: { code: 'unavailable', message: 'storage cannot take or answer this now; try again' },
    });
    storage.down = false;
    expect((await app.inject('/readyz')).statusCode).toBe(200);
  });
});

describe('while storage fails', () => {
  it('a client is told to come again, and what it then sends is taken', async () => {
    const storage = outage();
    const server = await testApp({ wrap: storage.wrap });
    const key = await server.key('ingest');
    const post = async () => {
      const response = await server.app.inject({
        method: 'POST',
        url: '/meter/v2/otlp/v1/logs',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        payload: logsBody({ n: 'patient' }),
      });
      return {
        status: response.statusCode,
        retryAfter: response.headers['retry-after'],
        body: response.json<unknown>(),
      };
    };
    storage.down = true;
    expect(await post()).toEqual({
      status: 503,
      retryAfter: '1',
      body: { code: 14, message: 'storage cannot take or answer this now; try again' },
    });
    storage.down = false;
    expect(await post()).toEqual({ status: 200, retryAfter: undefined, body: { processedEvents: 1 } });
    expect(await server.store.find('acme', [storedId('patient')])).toHaveLength(1);
  });

  it('everything else answers 503 too, never 500, and logs the cause', async () => {
    const storage = outage();
    const server = await testApp({ wrap: storage.wrap });
    const headers = { 'x-api-key': await server.key('admin') };
    storage.down = true;
    const requests = [
      { url: '/acme/sessions/analytics/summary', headers },
      { url: '/acme/sessions/analytics/timeseries', headers },
      { method: 'POST', url: '/api/v1/acme/keys', headers, payload: { scope: 'ingest' } },
      { method: 'POST', url: '/meter/v2/records/lookup', headers, payload: { ids: [storedId(1)] } },
    ] as const;
    for (const request of requests) {
      const response = await server.app.inject(request);
      expect([request.url, response.statusCode, response.headers['retry-after']]).toEqual([request.url, 503, '1']);
    }
    expect(server.log()).toContain('out of reach for a test');
    // Keys are known without storage.
    expect((await server.app.inject({ url: '/v2/sdk/resolve-key', headers })).statusCode).toBe(200);
    storage.down = false;
    expect((await server.app.inject(requests[2])).statusCode).toBe(201);
    expect(server.keys.list('acme')).toHaveLength(2);
  });

  it('metrics and traces are answered all the same', async () => {
    const storage = outage();
    const server = await testApp({ wrap: storage.wrap });
    const headers = { 'x-api-key': await server.key('ingest'), 'content-type': 'application/json' };
    storage.down = true;
    for (const url of ['/v1/metrics', '/meter/v2/otlp/v1/traces'])
      expect((await server.app.inject({ method: 'POST', url, headers, payload: '{}' })).statusCode).toBe(200);
  });
});

describe('/metrics', () => {
  /** The text format 0.0.4: comments, and samples with labels and a number. */
  const LINE =
    /^(?:# HELP [a-z_0-9]+ .+|# TYPE [a-z_0-9]+ (?:counter|gauge|histogram)|[a-z_0-9]+(?:\{[a-z_0-9]+="[^"\\\n]*"(?:,[a-z_0-9]+="[^"\\\n]*")*\})? (?:-?\d+(?:\.\d+)?(?:e[+-]\d+)?|NaN|[+-]Inf))$/;

  it('is valid Prometheus text that counts what happened', async () => {
    const server = await testApp();
    await ingest(server, 'one');
    await ingest(server, 'two');
    await server.app.inject({ method: 'POST', url: '/v1/logs', headers: { 'content-type': 'application/json' } });
    await server.app.inject('/nothing/here?user=ada@acme.com');
    const { statusCode, headers, body } = await server.app.inject('/metrics');
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    const lines = body.trimEnd().split('\n');
    expect(lines.filter((line) => line !== '' && !LINE.test(line))).toEqual([]);
    for (const sample of [
      'revenium_http_requests_total{route="/v1/logs",status="200"} 2',
      'revenium_http_requests_total{route="/v1/logs",status="401"} 1',
      'revenium_http_requests_total{route="unknown",status="404"} 1',
      'revenium_log_records_total{outcome="stored"} 2',
      'revenium_write_seconds_count 2',
      'revenium_body_bytes 0',
    ])
      expect(lines).toContain(sample);
    // Every family is declared once, and no address or name is in it.
    const types = lines.filter((line) => line.startsWith('# TYPE'));
    expect(new Set(types).size).toBe(types.length);
    expect(body).not.toContain('ada');
  });
});
