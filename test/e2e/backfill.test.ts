import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBinary } from '../../src/cli/run.ts';
import type { TestApp } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { testContext } from '../support/context.ts';
import { makeCorpus } from '../support/corpus.ts';
import { CLAUDE_RECORDINGS, LEDGER } from '../support/recordings.ts';
import { api, startServer } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';

const SESSIONS = path.resolve('fixtures/claude-code/sessions');

/** A machine with the session files of all recorded runs. */
function machine(): string {
  const home = tempDir();
  for (const version of ['2.1.101', '2.1.329'])
    cpSync(path.join(SESSIONS, version, 'projects'), path.join(home, '.claude', 'projects'), { recursive: true });
  return home;
}

async function metering({ app, key }: TestApp, home: string, ...args: string[]): Promise<Record<string, unknown>> {
  const env = { REVENIUM_API_KEY: await key('ingest'), REVENIUM_ENDPOINT: 'http://127.0.0.1:1' };
  // The whole of it but the sockets.
  const inject = async (url: unknown, init: { headers: Record<string, string>; body: Buffer | string }) => {
    const { headers, body: payload } = init;
    const response = await app.inject({ method: 'POST', url: new URL(String(url)).pathname, headers, payload });
    return new Response(response.body, { status: response.statusCode });
  };
  const context = testContext({ home, cwd: home, env, now: Date.now, fetch: inject as unknown as typeof fetch });
  expect(await runBinary('revenium-metering', [...args, '--json'], context), context.io.stderr.text).toBe(0);
  return JSON.parse(context.io.stdout.text) as Record<string, unknown>;
}

const backfill = (server: TestApp, home: string): Promise<Record<string, unknown>> =>
  metering(server, home, 'backfill');

async function telemetry({ app, key }: TestApp): Promise<void> {
  const ingest = await key('ingest');
  for (const { headers, body } of CLAUDE_RECORDINGS) {
    const sent = { 'content-type': headers['content-type'] ?? 'application/json', 'x-api-key': ingest };
    const response = await app.inject({
      method: 'POST',
      url: '/v1/logs',
      headers: sent,
      payload: JSON.stringify(body),
    });
    expect(response.statusCode).toBe(200);
  }
}

const FIGURES = `session_id, prompt_id, model, agent, version, at_ms, input_tokens, output_tokens, cache_read_tokens,
  cache_write_5m_tokens, cache_write_1h_tokens, partial, sources, actor, list_micros`;

/** All that counts, in a fixed order. */
const content = ({ store }: TestApp, columns = FIGURES): Promise<unknown[]> =>
  store.query({ parts: [`SELECT ${columns} FROM usage_event WHERE counted ORDER BY ALL`], params: [] });

type Step = (server: TestApp, home: string) => Promise<unknown>;
const again: Step = (server, home) => metering(server, home, 'backfill', '--no-checkpoint');

describe('telemetry and backfill of the same sessions', () => {
  const ORDERS: Record<string, Step[]> = {
    'telemetry, then backfill': [telemetry, backfill],
    'backfill, then telemetry': [backfill, telemetry],
    'both twice, one way': [telemetry, backfill, telemetry, again],
    'both twice, the other way': [backfill, again, telemetry, telemetry, again],
  };

  it('come to the same store, whichever comes first and however often', async () => {
    const contents = await Promise.all(
      Object.values(ORDERS).map(async (steps) => {
        const server = await testApp();
        const home = machine();
        for (const step of steps) await step(server, home);
        return await content(server);
      }),
    );
    for (const [i, name] of Object.keys(ORDERS).entries()) expect(contents[i], name).toEqual(contents[0]);
  });

  it("hold each of the API's answers once, with its output and its cache split", async () => {
    const server = await testApp();
    await telemetry(server);
    await backfill(server, machine());
    // A stream that broke midway is in neither.
    const answered = LEDGER.filter(({ usage, mid }) => usage && mid !== true);
    const rows = await content(
      server,
      'input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, partial',
    );
    const expected = answered.map(({ usage }) => ({
      input_tokens: usage?.input_tokens,
      output_tokens: usage?.output_tokens,
      cache_read_tokens: usage?.cache_read_input_tokens,
      cache_write_5m_tokens: usage?.cache_creation.ephemeral_5m_input_tokens,
      cache_write_1h_tokens: usage?.cache_creation.ephemeral_1h_input_tokens,
      partial: false,
    }));
    // Input tokens are different for each call of the ledger.
    const byInput = (a: object, b: object): number =>
      (a as { input_tokens: number }).input_tokens - (b as { input_tokens: number }).input_tokens;
    expect([...rows].map((row) => row as object).sort(byInput)).toEqual(expected.sort(byInput));
  });

  it('have the same exchanges in each session, whichever of the two has told of it', async () => {
    const told = async (step: Step): Promise<{ server: TestApp; sessions: Map<string, number> }> => {
      const server = await testApp();
      await step(server, machine());
      const url = '/api/v1/acme/sessions?from=2026-11-01&to=2026-12-01&limit=500';
      const { body } = await server.app.inject({ url, headers: { 'x-api-key': await server.key('admin') } });
      const { rows } = JSON.parse(body) as { rows: { sessionId: string | null; exchanges: number }[] };
      return { server, sessions: new Map(rows.map((row) => [row.sessionId ?? '', row.exchanges])) };
    };
    const [byTelemetry, byFiles] = await Promise.all([told(telemetry), told(backfill)]);
    for (const [session, exchanges] of byFiles.sessions)
      expect([session, byTelemetry.sessions.get(session)]).toEqual([session, exchanges]);
    expect(byFiles.sessions.size).toBeGreaterThan(15);
    // Of a session that was taken up again, and of one with sub-agents, whose news are a prompt too.
    expect(byFiles.sessions.get('0ed94243-44ba-4c58-956f-4f3fa8b10186')).toBe(3);
    expect(byFiles.sessions.get('3afa192c-58f0-48da-808a-d32ee4b29ef7')).toBe(2);
    const { server, sessions } = byFiles;
    const url = '/acme/sessions/analytics/summary?from=2026-11-01&to=2026-12-01';
    const { body } = await server.app.inject({ url, headers: { 'x-api-key': await server.key('admin') } });
    const all = [...sessions.values()].reduce((sum, exchanges) => sum + exchanges, 0);
    expect(JSON.parse(body)).toMatchObject({ exchangesPerSession: all / sessions.size });
  });

  it('are the same calls to reconcile, by whichever road they came', async () => {
    const server = await testApp();
    await telemetry(server);
    const home = machine();
    const before = await metering(server, home, 'reconcile');
    // Those of 2.1.101, and one that came without an id, cannot be asked for: their telemetry names no call.
    expect(before.total).toMatchObject({ calls: 42, telemetryOnly: 31, both: 0, missing: 11 });
    await backfill(server, home);
    const after = await metering(server, home, 'reconcile');
    expect(after).toMatchObject({
      total: { calls: 42, both: 42, telemetryOnly: 0, backfillOnly: 0, missing: 0, differing: 0, extra: 0 },
      differing: [],
    });
    expect(await backfill(server, home)).toMatchObject({ new: 0, sent: 0 });
  });
});

const KILLS = 20;
const METERING = path.resolve('bin/revenium-metering.js');

it('delivers each record once, however often it is killed', async () => {
  const { projects, truth } = makeCorpus(tempDir(), '150M', 77);
  const server = await startServer(tempDir());
  const key = server.adminKey ?? '';
  const home = tempDir();
  mkdirSync(path.join(home, 'tmp'));
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    CLAUDE_CONFIG_DIR: path.dirname(projects),
    REVENIUM_ENDPOINT: server.url,
    REVENIUM_API_KEY: key,
  };
  const state = path.join(home, '.local', 'state', 'revenium', 'claude-code');
  const noted = (): number => {
    const log = existsSync(state) ? readdirSync(state).find((name) => name.startsWith('delivered-')) : undefined;
    return log === undefined ? 0 : statSync(path.join(state, log)).size / 16;
  };
  /** `moment`: looked at every few milliseconds, and the process killed once it says so. */
  const run = (moment: ((startedMs: number) => boolean) | null, ...options: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [METERING, 'backfill', '--json', ...options], { env });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
      child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
      const startedMs = Date.now();
      const timer = setInterval(() => moment?.(startedMs) && child.kill('SIGKILL'), 5);
      child.on('close', (code) => {
        clearInterval(timer);
        resolve({ code, stdout, stderr });
      });
    });
  /** Somewhere on the way: while the files are read, or when some more records were acknowledged. */
  const someMoment = (): ((startedMs: number) => boolean) => {
    const waitMs = Math.random() * 2000;
    if (Math.random() < 0.25) return (startedMs) => Date.now() - startedMs > waitMs;
    const enough = noted() + Math.random() * 300;
    return () => noted() > enough;
  };
  const counted = async (): Promise<Record<string, number>> => {
    const url = `${server.url}/${server.org}/sessions/analytics/summary?from=2026-06-01&to=2026-12-01`;
    return (await api<Record<string, number>>(url, key)).body;
  };

  let killed = 0;
  const arrived: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    // Small batches, so that most kills hit the sending.
    const { code } = await run(someMoment(), '--batch-size', '5');
    // What the lock's going stale does in ten seconds.
    rmSync(path.join(state, 'backfill.lock'), { recursive: true, force: true });
    if (code === null) killed += 1;
    arrived.push((await counted()).totalRequests ?? 0);
  }
  expect(killed).toBeGreaterThan(KILLS / 2);
  // Some were killed amid the sending, else this test has shown nothing.
  expect(new Set(arrived).size, arrived.join(' ')).toBeGreaterThan(KILLS / 3);

  const last = await run(null);
  expect(last.code, last.stderr).toBe(0);
  const expected = {
    totalRequests: truth.records,
    inputTokens: truth.input,
    outputTokens: truth.output,
    cacheReadTokens: truth.cacheRead,
    cacheWriteTokens: truth.cacheCreate,
  };
  expect(await counted()).toMatchObject(expected);
  const everything = await run(null, '--no-checkpoint');
  expect(JSON.parse(everything.stdout)).toMatchObject({ records: truth.records, sent: truth.records, failed: 0 });
  expect(await counted()).toMatchObject(expected);
}, 600_000);
