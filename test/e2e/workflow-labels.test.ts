import { cpSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runBinary } from '../../src/cli/run.ts';
import type { TestApp } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { testContext } from '../support/context.ts';
import type { WireRequest } from '../support/recordings.ts';
import { CLAUDE_RECORDINGS } from '../support/recordings.ts';
import { SESSION, used, writeHistory } from '../support/session-lines.ts';
import { tempDir } from '../support/temp-dir.ts';

async function backfill({ app, key }: TestApp, home: string): Promise<void> {
  const env = { REVENIUM_API_KEY: await key('ingest'), REVENIUM_ENDPOINT: 'http://127.0.0.1:1' };
  const inject = async (url: unknown, { headers, body }: { headers: Record<string, string>; body: Buffer }) => {
    const answer = await app.inject({ method: 'POST', url: new URL(String(url)).pathname, headers, payload: body });
    return new Response(answer.body, { status: answer.statusCode });
  };
  const context = testContext({ home, cwd: home, env, now: Date.now, fetch: inject as unknown as typeof fetch });
  expect(await runBinary('revenium-metering', ['backfill', '--json'], context), context.io.stderr.text).toBe(0);
}

/** `OTEL_METRICS_INCLUDE_SESSION_ID=false` */
const withoutSession = (body: WireRequest): WireRequest =>
  JSON.parse(JSON.stringify(body), (_, value: unknown) =>
    Array.isArray(value) ? value.filter((one: { key?: unknown } | null) => one?.key !== 'session.id') : value,
  ) as WireRequest;

async function telemetry({ app, key }: TestApp, named = (body: WireRequest): WireRequest => body): Promise<void> {
  const ingest = await key('ingest');
  for (const { headers, body: recorded } of CLAUDE_RECORDINGS) {
    const body = named(recorded);
    const sent = { 'content-type': headers['content-type'] ?? 'application/json', 'x-api-key': ingest };
    const request = { method: 'POST', url: '/v1/logs', headers: sent, payload: JSON.stringify(body) } as const;
    expect((await app.inject(request)).statusCode).toBe(200);
  }
}

async function prompts({ app, key }: TestApp): Promise<Record<string, number | null>> {
  const url = '/api/v1/acme/workflows?from=2026-11-01&to=2026-12-01';
  const { body } = await app.inject({ url, headers: { 'x-api-key': await key('admin') } });
  const { rows } = JSON.parse(body) as { rows: { workflow: string; prompts: number | null }[] };
  return Object.fromEntries(rows.map(({ workflow, prompts: count }) => [workflow, count]));
}

/** A machine with the session files of recorded runs. */
function machine(): string {
  const home = tempDir();
  for (const version of ['2.1.101', '2.1.329'])
    cpSync(path.resolve(`fixtures/claude-code/sessions/${version}/projects`), path.join(home, '.claude', 'projects'), {
      recursive: true,
    });
  return home;
}

it('reports each prompt once, by what the machine has told of it, whichever road came first and names its session', async () => {
  const first = await testApp();
  await telemetry(first);
  // To telemetry a command is a command.
  const before = await prompts(first);
  expect(before).toMatchInlineSnapshot(`
    {
      "code generation": 0,
      "debugging": 0,
      "other": 7,
      "review and exploration": 0,
    }
  `);
  await backfill(first, machine());
  const after = await prompts(first);
  expect(after).toMatchInlineSnapshot(`
    {
      "code generation": 0,
      "debugging": 0,
      "other": 0,
      "review and exploration": 7,
    }
  `);
  const sum = (counts: Record<string, number | null>): number =>
    Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
  expect(sum(after)).toBe(sum(before));

  const second = await testApp();
  await backfill(second, machine());
  await telemetry(second, withoutSession);
  expect(await prompts(second)).toEqual(after);
});

it('tells documentation and testing of a machine without telemetry, and of a prompt that has grown the last word', async () => {
  const server = await testApp();
  const home = tempDir();
  const name = `p/${SESSION}.jsonl`;
  const lines = [
    ...used('one', 'Bash', { command: 'npm test' }, { minute: 0 }),
    ...used('two', 'Edit', { file_path: '/home/ada/engine/README.md' }, { minute: 1 }),
    ...used('three', 'Write', { file_path: '/home/ada/engine/docs/a.md' }, { minute: 2 }),
  ];
  writeHistory(path.join(home, '.claude'), { [name]: lines });
  await backfill(server, home);
  expect(await prompts(server)).toMatchObject({ testing: 1, documentation: 2, 'code generation': 0 });
  const more = used('three', 'Edit', { file_path: '/home/ada/engine/a.ts' }, { minute: 3 });
  writeHistory(path.join(home, '.claude'), { [name]: [...lines, ...more] });
  await backfill(server, home);
  expect(await prompts(server)).toMatchObject({ testing: 1, documentation: 1, 'code generation': 1 });
});
