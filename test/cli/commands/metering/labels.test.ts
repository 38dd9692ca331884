import { appendFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../../../src/assistants/index.ts';
import { decodeLogs } from '../../../../src/otlp/decode.ts';
import { ImportWorld } from '../../../support/import-world.ts';
import { SESSION, answer, said as says, used, writeHistory } from '../../../support/session-lines.ts';

const A = `-home-ada-engine/${SESSION}.jsonl`;

const LINES = [
  ...used('one', 'Bash', { command: 'npm test -- CanaryCommand' }, { minute: 0 }),
  ...used('two', 'Edit', { file_path: '/home/ada/engine/canary.md', new_string: 'CanaryText' }, { minute: 1 }),
];

function worldWith(lines: readonly string[]): ImportWorld {
  const world = new ImportWorld();
  world.env = { ...world.env, REVENIUM_SUBSCRIBER_EMAIL: 'ada@acme.com' };
  writeHistory(world.claude, { [A]: lines });
  return world;
}

const append = (world: ImportWorld, lines: readonly string[]): void =>
  appendFileSync(path.join(world.claude, 'projects', A), lines.map((line) => `${line}\n`).join(''));

/** What the server would keep of all that it was sent, once each, in the order of arrival. */
function kept(world: ImportWorld): Map<string, Record<string, unknown>> {
  const records = world.bodies.flatMap((body) => decodeLogs(Buffer.from(body), 'json').records);
  const { activities, rejected } = eventsOf(records, 'acme');
  expect(rejected.count).toBe(0);
  return new Map(activities.map((one) => [one.id, { ...one }]));
}

const said = (world: ImportWorld): unknown[] =>
  [...kept(world).values()].map(({ promptId, name, atMs }) => [promptId, name, new Date(Number(atMs)).toISOString()]);

const ONE = ['one', 'testing', '2026-11-20T10:00:05.000Z'];
const TWO = ['two', 'documentation', '2026-11-20T10:01:05.000Z'];

describe('what prompts were about', () => {
  it('is said beside their calls: a word, whose prompt it was, and nothing that it was concluded from', async () => {
    const world = worldWith(LINES);
    expect(await world.json('backfill')).toMatchObject({ new: 2, sent: 2, labels: 2 });
    expect([...kept(world).values()]).toMatchObject([
      {
        ...{ kind: 'prompt-workflow', name: 'testing', assistant: 'claude-code', actor: 'email:ada@acme.com' },
        ...{ sessionId: SESSION, promptId: 'one', version: '2.1.329', project: null, outcome: null, size: null },
      },
      { kind: 'prompt-workflow', name: 'documentation', promptId: 'two' },
    ]);
    expect(world.bodies.join('')).not.toMatch(/canary|npm|engine|toolu_|Cogs/i);
    expect((await world.run('backfill --no-checkpoint')).stdout).toMatch(/prompts labelled +2/);
    expect(kept(world).size).toBe(2);
    expect(await world.json('backfill --no-checkpoint --include-project')).toMatchObject({ labels: 2 });
    expect(world.bodies.join('')).not.toMatch(/canary|npm|toolu_|Cogs|\/engine/i);
  });

  it('is nothing that a dry run reads or sends', async () => {
    const world = worldWith(LINES);
    expect(await world.json('backfill --dry-run')).toMatchObject({ new: 2, labels: 0 });
    expect(world.bodies).toEqual([]);
  });

  it('is said once, and anew of a prompt that has grown since', async () => {
    const world = worldWith(LINES);
    await world.run('backfill');
    const requests = world.bodies.length;
    expect(await world.json('backfill')).toMatchObject({ new: 0, labels: 0 });
    expect(world.bodies).toHaveLength(requests);
    append(world, used('two', 'Edit', { file_path: '/home/ada/engine/a.ts' }, { minute: 2 }));
    expect(await world.json('backfill')).toMatchObject({ new: 1, sent: 1, labels: 1 });
    expect(said(world)).toEqual([ONE, TWO, ['two', 'code generation', '2026-11-20T10:02:05.000Z']]);
  });

  it('is not lost where only a result and an answer without tools have come since', async () => {
    const [asked, ended] = used('two', 'Bash', { command: 'ls' }, { minute: 1 });
    const world = worldWith([...LINES.slice(0, 2), asked]);
    expect(await world.json('backfill')).toMatchObject({ sent: 2, labels: 1 });
    append(world, [ended, answer({ id: 'msg_end', requestId: 'req_end', at: '2026-11-20T10:02:00.000Z' })]);
    expect(await world.json('backfill')).toMatchObject({ sent: 1, labels: 1 });
    expect(said(world)).toEqual([ONE, ['two', 'review and exploration', TWO[2]]]);
  });

  it('keeps to the span that was asked for', async () => {
    const world = worldWith(LINES);
    expect(await world.json('backfill --since 2026-11-20T10:01:00Z')).toMatchObject({ new: 1, labels: 1 });
    expect(said(world)).toEqual([TWO]);
    expect(await world.json('backfill --to 2026-11-20T10:01:00Z')).toMatchObject({ new: 1, labels: 1 });
    expect(said(world)).toEqual([TWO, ONE]);
  });

  it('is lost by no failure: calls are not sent before it is', async () => {
    const world = worldWith(LINES);
    world.endpoint.faults = Array.from({ length: 9 }, () => ({ kind: 'reset' }));
    const failed = await world.run('backfill --json');
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({ sent: 0, failed: 2, labels: 0 });
    world.endpoint.faults = [];
    expect(await world.json('backfill')).toMatchObject({ sent: 2, failed: 0, labels: 2 });

    const stopped = worldWith(LINES);
    const interrupt = new AbortController();
    stopped.endpoint.afterRequest = () => interrupt.abort();
    await stopped.run('backfill', { signal: interrupt.signal });
    expect([stopped.counted().length, kept(stopped).size]).toEqual([0, 2]);
    stopped.endpoint.afterRequest = () => undefined;
    expect(await stopped.json('backfill')).toMatchObject({ sent: 2, failed: 0 });
    expect(kept(stopped).size).toBe(2);
  });

  it('goes before its calls, session after session, and these name their prompts as far as files can be read', async () => {
    const world = new ImportWorld();
    world.env = { ...world.env, REVENIUM_SUBSCRIBER_EMAIL: 'ada@acme.com' };
    const sessions = [1, 2].map((n) => `${n}0000000-0000-4000-8000-000000000000`);
    const CALLS = 2000;
    const fileOf = (session: string): string => `-home-ada-engine/${session}.jsonl`;
    const linesOf = (sessionId: string, day: number): string[] => [
      says(`prompt ${day}`, { sessionId }),
      ...used(`prompt ${day}`, 'Edit', { file_path: 'a.ts' }, { minute: 1440 * day, sessionId }),
      ...Array.from({ length: CALLS - 1 }, (_, n) =>
        answer({ id: `msg_${day}_${n}`, requestId: `req_${day}_${n}`, sessionId, at: `2026-11-2${day}T12:00:00.000Z` }),
      ),
    ];
    writeHistory(world.claude, Object.fromEntries(sessions.map((id, i) => [fileOf(id), linesOf(id, i)])));
    // Read when it was looked for what there is, and gone when it is looked into once more.
    world.endpoint.afterRequest = () =>
      rmSync(path.join(world.claude, 'projects', fileOf(sessions[1] ?? '')), { force: true });
    const { code, stdout, stderr } = await world.run('backfill --json --batch-size 500');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { sent: 2 * CALLS, failed: 0, labels: 1 }]);
    expect(stderr).toMatch(
      /^not read again: ENOENT.*20000000-0000-4000-8000-000000000000.jsonl.*without their prompts/,
    );
    const calls = new Map<string, number>();
    for (const { sessionId, promptId } of world.counted()) {
      const named = `${sessionId?.slice(0, 1)} ${promptId}`;
      calls.set(named, (calls.get(named) ?? 0) + 1);
    }
    expect([...calls].sort()).toEqual([
      ['1 prompt 0', CALLS],
      ['2 null', CALLS],
    ]);
    const first = (session: number, event: string): number =>
      world.bodies.findIndex((body) => body.includes(sessions[session] ?? '') && body.includes(event));
    const [label, call] = ['claude_code.prompt_workflow', 'claude_code.api_request'];
    expect(first(0, label)).toBeLessThan(first(0, call));
    expect(first(0, call)).toBeLessThan(first(1, call));
  });

  it('shows in a dry run what would be sent: words for prompts, and calls with their prompts', async () => {
    const recordsOf = (body: string) => decodeLogs(Buffer.from(body), 'json').records;
    const world = worldWith([says('one'), ...LINES]);
    const { stderr } = await world.run('backfill --dry-run -v');
    const shown = stderr.trim().split('\n').flatMap(recordsOf);
    expect(shown.map(({ attributes }) => attributes['prompt.id'])).toEqual(['one', 'two', 'one', 'one']);
    await world.run('backfill --no-checkpoint');
    expect(world.bodies.flatMap(recordsOf)).toEqual(shown);
  });

  it('sends no call again only because its prompt is known now', async () => {
    const before = worldWith(LINES);
    expect(await before.json('backfill')).toMatchObject({ sent: 2 });
    // As if it had not been read.
    writeHistory(before.claude, { [A]: LINES.map((line) => line.replace('"promptId"', '"renamed"')) });
    expect(await before.json('backfill')).toMatchObject({ new: 0, sent: 0 });
  });

  it('does not keep calls from an endpoint that refuses it', async () => {
    const world = worldWith(LINES);
    // Both at once, and each alone.
    world.endpoint.faults = Array.from({ length: 3 }, () => ({ kind: 'status', status: 400 }));
    const { code, stdout, stderr } = await world.run('backfill --json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { sent: 2, failed: 0, labels: 0 }]);
    expect(stderr).toMatch(/what 2 prompts were about was refused/);
    expect(world.counted()).toHaveLength(2);
  });
});
