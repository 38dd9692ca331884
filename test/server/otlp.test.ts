import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logsBody, logsRequest, storedId } from '../support/calls.ts';
import { openApp } from '../support/app.ts';
import { statusOf, toProtobuf } from '../support/otlp-protobuf.ts';
import { listen } from '../support/wire.ts';

const LOGS = '/meter/v2/otlp/v1/logs';
const JSON_TYPE = 'application/json';
const PROTOBUF = 'application/x-protobuf';
/** Stands in whatever is sent and must be in no answer and no log. */
const CANARY = 'canary-5b2e';

// One server for all: whatever is refused must leave it fit for what follows.
let server: Awaited<ReturnType<typeof openApp>> & { url: string };
beforeAll(async () => {
  const opened = await openApp({ maxBodyBytes: 10_000 });
  server = { ...opened, ...(await listen(opened)) };
});
afterAll(() => server.close());

interface Sent {
  key?: string | null;
  type?: string | null;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

interface Answer {
  status: number;
  type: string | null;
  headers: Headers;
  body: Buffer;
}

async function post({ key, type = JSON_TYPE, path = LOGS, headers, body }: Sent): Promise<Answer> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { ...(key ? { 'x-api-key': key } : {}), ...(type === null ? {} : { 'content-type': type }), ...headers },
    // A buffer, so that fetch adds no content-type of its own.
    body: Buffer.from(body ?? ''),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  };
}

let count = 0;
/** The server is alive: it takes a call and has it. */
async function expectAlive(): Promise<void> {
  const n = `alive-${++count}`;
  const answer = await post({ key: await server.key('ingest'), body: logsBody({ n }) });
  expect([answer.status, answer.body.toString()]).toEqual([200, '{"processedEvents":1}']);
  expect(await server.store.find('acme', [storedId(n)])).toHaveLength(1);
}

interface Refusal {
  status: number;
  code: number;
  says: RegExp;
  /** Of the answer; the request's own unless it is neither form. */
  type: string;
}

async function expectRefusal(sent: Sent, refusal: Refusal): Promise<void> {
  const answer = await post(sent);
  const said = statusOf(answer.type ?? undefined, answer.body);
  expect({ status: answer.status, type: answer.type, code: said.code }).toEqual({
    status: refusal.status,
    type: refusal.type,
    code: refusal.code,
  });
  expect(said.message).toMatch(refusal.says);
  expect(said.message).not.toContain(CANARY);
  await expectAlive();
  expect(server.log()).not.toContain(CANARY);
}

const good = (type: string, n = 'good'): Buffer =>
  type === PROTOBUF ? toProtobuf(logsRequest([{ n }])) : logsBody({ n });

describe.each([JSON_TYPE, PROTOBUF])('a refused request of %s', (type) => {
  it('without a key', async () => {
    await expectRefusal(
      { key: null, type, body: good(type, 'keyless') },
      { status: 401, code: 16, says: /key is needed/, type },
    );
    expect(await server.store.find('acme', [storedId('keyless')])).toEqual([]);
  });

  it('with an unknown key', async () => {
    const sent = { key: `hak_acme_${CANARY}`, type, body: good(type) };
    await expectRefusal(sent, { status: 401, code: 16, says: /unknown or revoked/, type });
  });

  it('with a revoked key', async () => {
    const { key, record } = await server.keys.create({ org: 'acme', scope: 'ingest' }, 'test');
    expect((await post({ key, type, body: good(type) })).status).toBe(200);
    await server.keys.revoke('acme', record.id, 'test');
    const sent = { key, type, body: good(type) };
    await expectRefusal(sent, { status: 401, code: 16, says: /unknown or revoked/, type });
  });

  it.each(['member', 'manager'] as const)('with a %s key', async (scope) => {
    const sent = { key: await server.key(scope), type, body: good(type) };
    await expectRefusal(sent, { status: 403, code: 7, says: new RegExp(`${scope}.*ingest`), type });
  });

  it.each([
    ['noise', Buffer.from(`\xff\xfe${CANARY}`, 'latin1')],
    ['half of a request', good(type).subarray(0, 120)],
    ['gzip that is not said to be', gzipSync(good(type))],
  ])('with a broken body: %s', async (_, body) => {
    const sent = { key: await server.key('ingest'), type, body };
    await expectRefusal(sent, { status: 400, code: 3, says: /not OTLP/i, type });
  });

  it.each([
    ['no gzip at all', Buffer.from(CANARY)],
    ['cut short', gzipSync(good(type)).subarray(0, 90)],
    ['empty', Buffer.alloc(0)],
    ['a good member followed by a broken one', Buffer.concat([gzipSync(good(type)), gzipSync(CANARY).subarray(0, 15)])],
  ])('with broken gzip: %s', async (_, body) => {
    const sent = { key: await server.key('ingest'), type, headers: { 'content-encoding': 'gzip' }, body };
    await expectRefusal(sent, { status: 400, code: 3, says: /gzip/, type });
  });

  it.each(['br', 'deflate', 'gzip, gzip', 'zstd', CANARY])('with content-encoding %s', async (encoding) => {
    const sent = {
      key: await server.key('ingest'),
      type,
      headers: { 'content-encoding': encoding },
      body: gzipSync(good(type)),
    };
    await expectRefusal(sent, { status: 415, code: 3, says: /content-encoding/, type });
  });

  it('with more bytes than allowed', async () => {
    const sent = { key: await server.key('ingest'), type, body: Buffer.alloc(10_001, 32) };
    await expectRefusal(sent, { status: 413, code: 8, says: /10000 bytes/, type });
  });
});

describe('a refused request of another type', () => {
  it.each([
    ['text/plain', 'text/plain'],
    ['application/grpc', 'application/grpc'],
    ['application/jsonp', 'application/jsonp'],
    ['no type at all', null],
    ['a broken type', ';;'],
    ['a type list', 'application/json, text/plain'],
  ])('%s', async (_, type) => {
    const sent = { key: await server.key('ingest'), type, body: good(JSON_TYPE) };
    await expectRefusal(sent, { status: 415, code: 3, says: /content-type/, type: JSON_TYPE });
  });
});

describe('a request that is taken', () => {
  it.each([
    ['application/json; charset=utf-8', JSON_TYPE],
    ['Application/JSON', JSON_TYPE],
    ['application/json ; charset="utf-8"', JSON_TYPE],
    ['application/x-protobuf; messageType=x', PROTOBUF],
  ])('with the content-type %s', async (type, form) => {
    const answer = await post({ key: await server.key('ingest'), type, body: good(form, type) });
    expect([answer.status, answer.type]).toEqual([200, form]);
    expect(await server.store.find('acme', [storedId(type)])).toHaveLength(1);
  });

  it.each([
    [JSON_TYPE, '{}', '{"processedEvents":0}'],
    [JSON_TYPE, '', '{"processedEvents":0}'],
    [JSON_TYPE, ' \n', '{"processedEvents":0}'],
    [PROTOBUF, '', ''],
  ])('empty: %s %j', async (type, body, expected) => {
    const answer = await post({ key: await server.key('ingest'), type, body });
    expect([answer.status, answer.type, answer.body.toString()]).toEqual([200, type, expected]);
  });

  it('with fields that nobody knows', async () => {
    const request = logsRequest([{ n: 'good', more: { invented: CANARY } }]);
    const body = JSON.stringify({ future: { deep: [1, { x: null }] }, ...request, [CANARY]: CANARY });
    const answer = await post({ key: await server.key('admin'), body });
    expect([answer.status, answer.body.toString()]).toEqual([200, '{"processedEvents":1}']);
    expect(server.log()).not.toContain(CANARY);
  });

  it.each(['gzip', 'x-gzip', 'GZIP', 'identity'])('with content-encoding %s', async (encoding) => {
    const body = encoding === 'identity' ? good(JSON_TYPE) : gzipSync(good(JSON_TYPE));
    const headers = { 'content-encoding': encoding };
    const answer = await post({ key: await server.key('ingest'), headers, body });
    expect([answer.status, answer.body.toString()]).toEqual([200, '{"processedEvents":1}']);
  });

  it('with the key as a bearer token', async () => {
    const headers = { authorization: `Bearer ${await server.key('ingest')}` };
    expect((await post({ headers, body: good(JSON_TYPE) })).status).toBe(200);
  });

  it('in part, and says which records not', async () => {
    const request = logsRequest([{ n: 'good' }, { n: 'bad', input: -1 }, { n: 'bad too', output: -2 }]);
    const key = await server.key('ingest');
    const json = await post({ key, body: JSON.stringify(request) });
    expect(json.status).toBe(200);
    expect(JSON.parse(json.body.toString())).toEqual({
      processedEvents: 1,
      partialSuccess: {
        rejectedLogRecords: '2',
        errorMessage: expect.stringMatching(/input_tokens.*output_tokens/) as unknown,
      },
    });
    const binary = await post({ key, type: PROTOBUF, body: toProtobuf(request) });
    expect(binary.status).toBe(200);
    expect(binary.body.toString()).toContain('input_tokens');
  });
});

describe.each(['/meter/v2/otlp', ''])('metrics and traces under "%s"', (prefix) => {
  it.each([
    ['metrics', JSON_TYPE, '{"resourceMetrics":[{}]}', '{}'],
    ['metrics', PROTOBUF, '\n\x00', ''],
    ['traces', JSON_TYPE, '{"resourceSpans":[{}]}', '{}'],
    ['traces', PROTOBUF, '\n\x00', ''],
  ])('%s of %s are answered and dropped', async (signal, type, body, expected) => {
    const path = `${prefix}/v1/${signal}`;
    const answer = await post({ key: await server.key('ingest'), path, type, body });
    expect([answer.status, answer.type, answer.body.toString()]).toEqual([200, type, expected]);
    expect((await post({ path, type, body })).status).toBe(401);
    await expectAlive();
  });
});
