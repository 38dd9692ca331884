import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Recording, WireAttribute, WireRecord } from '../support/recordings.ts';
import { CLAUDE_RECORDINGS, GEMINI_RECORDINGS, LEDGER, recordsOf, valueOf } from '../support/recordings.ts';
import type { TestApp } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { toProtobuf } from '../support/otlp-protobuf.ts';
import { ATTRIBUTES } from '../../src/otlp/attributes.ts';

const PERIOD = 'from=2026-11-20&to=2026-11-21';

interface SummaryBody {
  totalSessions: number;
  totalRequests: number;
  uniqueUsers: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  totalTokens: number;
  apiEquivalentMicros: number;
  costMicros: number;
  unpricedRequests: number;
  averageSessionDurationMs: number | null;
  averageCostPerSessionMicros: number | null;
  previous: Omit<SummaryBody, 'previous'>;
}

async function summary({ app, key }: TestApp, org = 'acme', filter = ''): Promise<SummaryBody> {
  const response = await app.inject({
    url: `/${org}/sessions/analytics/summary?${PERIOD}${filter}`,
    headers: { 'x-api-key': await key('manager', org) },
  });
  expect(response.statusCode, response.body).toBe(200);
  return response.json();
}

type Form = (recording: Recording) => { headers: Record<string, string>; payload: Buffer };

const asRecorded: Form = ({ headers: recorded, body }) => {
  const headers = Object.fromEntries(Object.entries(recorded).filter(([name]) => name !== 'content-length'));
  const payload = Buffer.from(JSON.stringify(body));
  return { headers, payload: headers['content-encoding'] === 'gzip' ? gzipSync(payload) : payload };
};
const gzipped: Form = ({ body }) => ({
  headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  payload: gzipSync(JSON.stringify(body)),
});
const protobuf: Form = ({ body }) => ({
  headers: { 'content-type': 'application/x-protobuf' },
  payload: toProtobuf(body),
});

async function post({ app }: TestApp, key: string, { headers, payload }: ReturnType<Form>): Promise<void> {
  const response = await app.inject({
    method: 'POST',
    url: '/meter/v2/otlp/v1/logs',
    headers: { ...headers, 'x-api-key': key },
    payload,
  });
  expect(response.statusCode, response.body).toBe(200);
}

/** Every recording twice, in an order of its own, two requests at a time. */
async function postAll(
  server: TestApp,
  recordings: readonly Recording[],
  form: Form,
  order: number,
  org = 'acme',
): Promise<void> {
  const key = await server.key('ingest', org);
  const queue = [...recordings, ...recordings].sort((a, b) => mix(a.name, order) - mix(b.name, order));
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next; next = queue.pop()) await post(server, key, form(next));
  };
  await Promise.all([worker(), worker()]);
}

const mix = (name: string, seed: number): number =>
  [...name].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16_777_619) >>> 0, 2_166_136_261 ^ seed);

/** The recorded model calls of a kind, read without any of our code. */
const callsOf = (recordings: readonly Recording[], event: string): WireRecord[] =>
  recordings.flatMap(({ body }) => recordsOf(body)).filter((record) => valueOf(record, 'event.name') === event);

const sumOf = (calls: readonly WireRecord[], key: string): number =>
  calls.reduce((total, call) => total + Number(valueOf(call, key)), 0);

const distinct = (calls: readonly WireRecord[], key: string): number =>
  new Set(calls.map((call) => valueOf(call, key))).size;

interface Totals {
  totalSessions: number;
  totalRequests: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  uniqueUsers: number;
}

/** An independent count over the bodies. */
function totalsOf(recordings: readonly Recording[]): Totals {
  const calls = callsOf(recordings, 'api_request');
  return {
    totalRequests: calls.length,
    totalSessions: distinct(calls, 'session.id'),
    inputTokens: sumOf(calls, 'input_tokens'),
    outputTokens: sumOf(calls, 'output_tokens'),
    cacheReadTokens: sumOf(calls, 'cache_read_tokens'),
    cacheWriteTokens: sumOf(calls, 'cache_creation_tokens'),
    // Every recorded machine was set up for one person.
    uniqueUsers: 1,
  };
}

describe('recorded Claude Code telemetry', () => {
  const recordings = CLAUDE_RECORDINGS;

  it.each([
    ['as recorded', asRecorded, 1],
    ['in another order', asRecorded, 2],
    ['gzipped', gzipped, 3],
    ['as protobuf', protobuf, 4],
  ])('counts once what the bodies carry: %s', async (_, form, order) => {
    const server = await testApp();
    await postAll(server, recordings, form, order);
    const answer = await summary(server);
    expect(answer).toMatchObject(totalsOf(recordings));
    expect(answer.totalTokens).toBe(
      answer.inputTokens + answer.outputTokens + answer.cacheReadTokens + answer.cacheWriteTokens,
    );
    expect(answer.unpricedRequests).toBe(0);
    expect(answer.previous).toMatchObject({
      totalSessions: 0,
      totalRequests: 0,
      averageSessionDurationMs: null,
      averageCostPerSessionMicros: null,
    });
  });

  it("equals the API's own ledger for the runs of 2.1.329", async () => {
    const server = await testApp();
    const runs = recordings.filter(({ run }) => !run.endsWith('-2.1.101'));
    await postAll(server, runs, asRecorded, 5);
    // A stream that broke midway was billed, but its client reports the retry only.
    const answers = LEDGER.filter(({ ua, usage, mid }) => ua.includes('2.1.329') && usage && mid !== true);
    const sum = (of: (usage: NonNullable<(typeof answers)[number]['usage']>) => number): number =>
      answers.reduce((total, { usage }) => total + (usage ? of(usage) : 0), 0);
    expect(await summary(server)).toMatchObject({
      totalRequests: answers.length,
      totalSessions: new Set(answers.map(({ sessHdr }) => sessHdr)).size,
      inputTokens: sum((usage) => usage.input_tokens),
      outputTokens: sum((usage) => usage.output_tokens),
      cacheReadTokens: sum((usage) => usage.cache_read_input_tokens),
      cacheWriteTokens: sum((usage) => usage.cache_creation_input_tokens),
    });
    const split = await server.store.query({
      parts: [
        'SELECT sum(cache_write_5m_tokens) AS m5, sum(cache_write_1h_tokens) AS h1 FROM usage_event WHERE counted',
      ],
      params: [],
    });
    expect(split).toEqual([
      {
        m5: sum((usage) => usage.cache_creation.ephemeral_5m_input_tokens),
        h1: sum((usage) => usage.cache_creation.ephemeral_1h_input_tokens),
      },
    ]);
  });

  it("prices as the client does where the client's table is ours", async () => {
    const server = await testApp();
    const runs = recordings.filter(({ run }) => !run.endsWith('-2.1.101') && run !== 'web');
    await postAll(server, runs, asRecorded, 6);
    const calls = callsOf(runs, 'api_request');
    const reported = sumOf(calls, 'cost_usd_micros');
    const { apiEquivalentMicros, costMicros } = await summary(server);
    // The client rounds each call its own way.
    expect(Math.abs(apiEquivalentMicros - reported)).toBeLessThanOrEqual(calls.length);
    expect(costMicros).toBe(apiEquivalentMicros);
  });

  it('is whole in two organisations that hold the same history', async () => {
    const server = await testApp();
    await postAll(server, recordings, asRecorded, 7, 'acme');
    await postAll(server, recordings, gzipped, 8, 'globex');
    expect(await summary(server, 'acme')).toEqual(await summary(server, 'globex'));
    expect(await summary(server, 'acme')).toMatchObject(totalsOf(recordings));
  });

  it('adds up over days and filters', async () => {
    const server = await testApp();
    await postAll(server, recordings, asRecorded, 9);
    const whole = await summary(server);
    const models = await Promise.all(
      ['claude-opus-5-5', 'claude-sonnet-4-6', 'claude-haiku-4-5-20251001'].map((model) =>
        summary(server, 'acme', `&model=${model}`),
      ),
    );
    expect(models.reduce((sum, part) => sum + part.costMicros, 0)).toBe(whole.costMicros);
    expect(models.reduce((sum, part) => sum + part.totalRequests, 0)).toBe(whole.totalRequests);
    for (const path of ['by-agent', 'cost-breakdown?by=model', 'cost-breakdown?by=user', 'cost-breakdown?by=project']) {
      const url = `/acme/sessions/analytics/${path}${path.includes('?') ? '&' : '?'}${PERIOD}`;
      const answer = await server.app.inject({ url, headers: { 'x-api-key': await server.key('manager') } });
      expect(answer.statusCode, answer.body).toBe(200);
      const { rows } = answer.json<{ rows: SummaryBody[] }>();
      for (const key of ['costMicros', 'totalRequests', 'outputTokens'] as const)
        expect(
          rows.reduce((sum, row) => sum + row[key], 0),
          `${path} ${key}`,
        ).toBe(whole[key]);
    }
    const response = await server.app.inject({
      url: '/acme/sessions/analytics/timeseries?from=2026-11-18&to=2026-11-22&interval=day&tz=Asia/Kolkata',
      headers: { authorization: `Bearer ${await server.key('member', 'acme', 'a@b.co')}` },
    });
    const { points } = response.json<{ points: { label: string; totalRequests: number; previous: unknown }[] }>();
    // 21:32 UTC is the next day in India.
    expect(points.map(({ label, totalRequests }) => [label, totalRequests])).toEqual([
      ['2026-11-18', 0],
      ['2026-11-19', 0],
      ['2026-11-20', 0],
      ['2026-11-21', whole.totalRequests],
    ]);
  });
});

describe('recorded Gemini CLI telemetry', () => {
  it('counts each model call once', async () => {
    const server = await testApp();
    const recordings = GEMINI_RECORDINGS;
    await postAll(server, recordings, asRecorded, 1);
    const calls = callsOf(recordings, 'gemini_cli.api_response');
    expect(calls.length).toBeGreaterThan(5);
    expect(await summary(server)).toMatchObject({
      totalRequests: calls.length,
      totalSessions: distinct(calls, 'session.id'),
      inputTokens:
        sumOf(calls, 'input_token_count') -
        sumOf(calls, 'cached_content_token_count') +
        sumOf(calls, 'tool_token_count'),
      outputTokens: sumOf(calls, 'output_token_count') + sumOf(calls, 'thoughts_token_count'),
      cacheReadTokens: sumOf(calls, 'cached_content_token_count'),
    });
  });
});

describe('privacy', () => {
  const CANARY = 'canary-7f3a9c';
  const allowed = new Set<string>(ATTRIBUTES.map(({ key }) => key));

  /** The canary in every string of every attribute that is not on the allow-list, in bodies and in unknown fields. */
  function poisoned(recording: Recording): Recording {
    const poison = (value: unknown): unknown =>
      typeof value === 'string'
        ? `${CANARY} ${value}`
        : Array.isArray(value)
          ? value.map(poison)
          : value !== null && typeof value === 'object'
            ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poison(inner)]))
            : value;
    const attributes = (list: readonly WireAttribute[]): WireAttribute[] =>
      list.map(({ key, value }) =>
        allowed.has(key) || key === 'event.name' || key === 'event.timestamp'
          ? { key, value }
          : { key, value: poison(value) as WireAttribute['value'] },
      );
    const body = structuredClone(recording.body);
    for (const { resource, scopeLogs } of body.resourceLogs) {
      resource.attributes = attributes(resource.attributes);
      for (const { logRecords } of scopeLogs)
        for (const record of logRecords) {
          record.attributes = [
            ...attributes(record.attributes),
            ...['prompt', 'response', 'tool_input', 'tool_parameters', 'error', 'body'].map((key) => ({
              key,
              value: { stringValue: CANARY },
            })),
          ];
          Object.assign(record, { severityText: CANARY, unknownField: { nested: CANARY } });
        }
    }
    return { ...recording, body };
  }

  const filesUnder = (directory: string): string[] =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .map((name) => path.join(directory, name))
      .filter((file) => statSync(file).isFile());

  it('keeps a canary in any content out of every file and every log line', async () => {
    const server = await testApp();
    const recordings = [...CLAUDE_RECORDINGS, ...GEMINI_RECORDINGS].map(poisoned);
    await postAll(server, recordings, asRecorded, 1);
    await postAll(server, recordings, protobuf, 2);
    // Broken requests are answered with an error that must not quote them.
    const key = await server.key('ingest');
    for (const payload of [`{"resourceLogs":"${CANARY}"`, `{"${CANARY}`, CANARY])
      await server.app.inject({
        method: 'POST',
        url: '/v1/logs',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        payload,
      });
    expect((await summary(server)).totalRequests).toBeGreaterThan(50);
    await server.app.close();
    await server.store.close();
    const files = filesUnder(server.directory);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(readFileSync(file).includes(CANARY), file).toBe(false);
    expect(server.log()).not.toContain(CANARY);
    expect(server.log().length).toBeGreaterThan(100);
  });

  it('would notice a canary that was kept', async () => {
    const server = await testApp();
    const recording = structuredClone(CLAUDE_RECORDINGS[0]);
    if (!recording) throw new Error('no recordings');
    for (const { resource } of recording.body.resourceLogs)
      resource.attributes.push({ key: 'project', value: { stringValue: CANARY } });
    await postAll(server, [recording], asRecorded, 1);
    await server.store.close();
    expect(filesUnder(server.directory).some((file) => readFileSync(file).includes(CANARY))).toBe(true);
  });
});
