import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Interrupted } from '../../../../src/errors.ts';
import { testContext } from '../../../support/context.ts';
import { ImportWorld } from '../../../support/import-world.ts';
import { asNobody } from '../../../support/nobody.ts';
import { AT, SESSION, answer, writeHistory } from '../../../support/session-lines.ts';

const A = `-home-ada-engine/${SESSION}.jsonl`;
const at = (minutes: number): string => new Date(Date.parse(AT) + minutes * 60_000).toISOString();
const numbered = (n: number, more: object = {}): string =>
  answer({ id: `msg_${n}`, requestId: `req_${n}`, at: at(n), output: 100 + n, end: 'end_turn', ...more });
const many = (count: number): string[] => Array.from({ length: count }, (_, n) => numbered(n));

function worldWith(lines: readonly string[]): ImportWorld {
  const world = new ImportWorld();
  writeHistory(world.claude, { [A]: lines });
  return world;
}

const append = (world: ImportWorld, lines: readonly string[]): void =>
  appendFileSync(path.join(world.claude, 'projects', A), lines.map((line) => `${line}\n`).join(''));

interface Report {
  new: number;
  sent: number;
  failed: number;
  records: number;
}

describe('backfill', () => {
  it('delivers each call once, and tells what it did in one document', async () => {
    const world = worldWith([
      answer({ output: 3, at: at(0) }),
      answer({ output: 159, at: at(1), end: 'end_turn' }),
      numbered(2, { model: 'claude-unheard-of' }),
      answer({ id: 'msg_3', requestId: 'req_3', output: 5, at: at(3) }),
      answer({ model: '<synthetic>' }),
    ]);
    const { code, stdout } = await world.run('backfill --json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      dryRun: false,
      files: 1,
      bytes: statSync(path.join(world.claude, 'projects', A)).size,
      records: 3,
      duplicates: 1,
      skipped: { synthetic: 1 },
      partial: 1,
      tokens: { input: 30, output: 159 + 102 + 5, cacheRead: 6000, cacheWrite5m: 180, cacheWrite1h: 120 },
      apiEquivalentMicros: expect.any(Number) as number,
      unpricedRecords: 1,
      from: at(1),
      to: at(3),
      new: 3,
      sent: 3,
      failed: 0,
      labels: 0,
    });
    expect(world.counted()).toMatchObject([
      { outputTokens: 159, cacheWrite5mTokens: 60, cacheWrite1hTokens: 40, partial: false, sessionId: SESSION },
      { outputTokens: 102, model: 'claude-unheard-of' },
      { outputTokens: 5, partial: true },
    ]);
  });

  it('sends nothing a second time, and afterwards what is new or says more', async () => {
    const world = worldWith([...many(5), answer({ id: 'msg_open', requestId: 'req_open', at: at(9), output: 3 })]);
    expect(await world.json('backfill')).toMatchObject({ new: 6, sent: 6 });
    const requests = world.bodies.length;
    expect(await world.json('backfill')).toMatchObject({ records: 6, new: 0, sent: 0 });
    expect(world.bodies).toHaveLength(requests);
    append(world, [
      answer({ id: 'msg_open', requestId: 'req_open', at: at(10), output: 300, end: 'end_turn' }),
      numbered(20),
    ]);
    expect(await world.json('backfill --dry-run')).toMatchObject({ records: 7, new: 2, sent: 0 });
    expect(await world.json('backfill')).toMatchObject({ records: 7, new: 2, sent: 2 });
    expect(world.counted()).toHaveLength(7);
    expect(world.counted().find(({ outputTokens }) => outputTokens === 300)).toMatchObject({ partial: false });
  });

  it('sends nothing in a dry run, and shows what it would', async () => {
    const world = worldWith([...many(3), numbered(60 * 24)]);
    const { code, stdout, stderr } = await world.run('backfill --dry-run -v');
    expect(code).toBe(0);
    expect(world.bodies).toEqual([]);
    expect(stdout).toMatch(/2026-11-20 +3 /);
    expect(stdout).toMatch(/2026-11-21 +1 /);
    expect(stdout).toMatch(/claude-opus-4-7 +4 /);
    expect(stdout).toMatch(/engine +4 /);
    expect(stdout).toMatch(/new +4\n/);
    expect(stderr).toContain('"claude_code.api_request"');
    expect(await world.json('backfill')).toMatchObject({ new: 4, sent: 4 });
  });

  it('knows how to look without knowing where to send', async () => {
    const world = worldWith(many(2));
    world.env = {};
    expect(await world.json('backfill --dry-run')).toMatchObject({ records: 2, new: 2 });
    const { code, stderr } = await world.run('backfill');
    expect(code).toBe(2);
    expect(stderr).toContain('REVENIUM_API_KEY');
  });

  it('goes by what setup has written', async () => {
    const world = worldWith(many(1));
    world.env = {};
    writeFileSync(
      path.join(world.claude, 'revenium.env'),
      [
        'export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9/meter/v2/otlp',
        'export OTEL_EXPORTER_OTLP_HEADERS=x-api-key=hak_acme_0123456789abcdef',
        'export REVENIUM_SUBSCRIBER_EMAIL=ada@acme.com',
        'export CLAUDE_CODE_SUBSCRIPTION_TIER=max_20x',
        'export OTEL_RESOURCE_ATTRIBUTES=organization.name=Acme%20Corp,product.name=engine',
      ].join('\n'),
    );
    expect(await world.json('backfill')).toMatchObject({ sent: 1 });
    expect(world.counted()).toMatchObject([
      { actor: 'email:ada@acme.com', tier: 'max_20x', organization: 'Acme Corp', product: 'engine', project: null },
    ]);
  });

  it('keeps to the span that was asked for', async () => {
    const world = worldWith([0, 1, 2, 3].map((day) => numbered(day * 24 * 60)));
    world.now = Date.parse(at(4 * 24 * 60));
    expect(await world.json('backfill --dry-run --since 3d')).toMatchObject({ records: 3, from: at(24 * 60) });
    expect(await world.json('backfill --dry-run --to 2026-11-22T00:00:00Z')).toMatchObject({ records: 2 });
    expect(await world.json('backfill --dry-run --since 2026-11-21T00:00:00Z --to 2026-11-22T00:00:00Z')).toMatchObject(
      { records: 1, from: at(24 * 60), to: at(24 * 60) },
    );
  });

  it('does not open files that end before the span', async () => {
    const world = worldWith(many(2));
    const old = path.join(world.claude, 'projects', '-old', 'old.jsonl');
    mkdirSync(path.dirname(old));
    writeFileSync(old, `${numbered(7)}\n`);
    utimesSync(old, new Date('2026-01-01'), new Date('2026-01-01'));
    expect(await world.json('backfill --dry-run --since 7d')).toMatchObject({ files: 1 });
    expect(await world.json('backfill --dry-run')).toMatchObject({ files: 2, records: 3 });
  });

  it('goes on where it failed', async () => {
    const world = worldWith(many(50));
    world.endpoint.afterRequest = () => {
      world.endpoint.down = world.bodies.length >= 12;
    };
    const { code, stdout, stderr } = await world.run('backfill --batch-size 2 --json');
    const first = JSON.parse(stdout) as Report;
    expect(code).toBe(1);
    expect(first.sent).toBeGreaterThanOrEqual(12);
    expect(first).toMatchObject({ new: 50, failed: 50 - first.sent });
    expect(stderr).toContain(`${50 - first.sent} records were not delivered`);
    expect(stderr).toContain('Run "revenium-metering backfill" again');
    world.endpoint.down = false;
    world.endpoint.afterRequest = () => undefined;
    expect(await world.json('backfill')).toMatchObject({ new: 50 - first.sent, sent: 50 - first.sent, failed: 0 });
    expect(world.counted()).toHaveLength(50);
  });

  it('counts once what was taken but never acknowledged', async () => {
    const world = worldWith(many(30));
    world.endpoint.faults = [{ kind: 'lost-answer' }, { kind: 'reset' }, { kind: 'status', status: 503 }];
    expect(await world.json('backfill --batch-size 10')).toMatchObject({ sent: 30, failed: 0 });
    expect(world.counted()).toHaveLength(30);
  });

  it('can send everything again', async () => {
    const world = worldWith(many(3));
    await world.json('backfill');
    expect(await world.json('backfill --no-checkpoint')).toMatchObject({ new: 3, sent: 3 });
    expect(world.counted()).toHaveLength(3);
    const other = worldWith(many(3));
    await other.json('backfill --no-checkpoint');
    expect(await other.json('backfill')).toMatchObject({ new: 3, sent: 3 });
  });

  it('delivers everything anew to another endpoint, organisation or person, not for a new key', async () => {
    const world = worldWith(many(3));
    await world.json('backfill');
    const fresh = async (env: Record<string, string>): Promise<unknown> => {
      const { env: before } = world;
      world.env = { ...before, ...env };
      const report = await world.json('backfill --dry-run');
      world.env = before;
      return report.new;
    };
    expect(await fresh({})).toBe(0);
    expect(await fresh({ REVENIUM_API_KEY: 'hak_acme_fedcba9876543210' })).toBe(0);
    expect(await fresh({ REVENIUM_API_KEY: 'hak_globex_0123456789abcdef' })).toBe(3);
    expect(await fresh({ REVENIUM_ENDPOINT: 'http://127.0.0.1:2' })).toBe(3);
    expect(await fresh({ REVENIUM_SUBSCRIBER_EMAIL: 'grace@acme.com' })).toBe(3);
    expect(await world.json('backfill --dry-run --include-project')).toMatchObject({ new: 3 });
  });

  it('says the names of projects only when it is told to, and nothing else of what is in the files', async () => {
    const canary = 'CANARYCANARY';
    const world = worldWith([
      answer({
        message: { content: [{ type: 'text', text: canary }], stop_sequence: canary },
        usage: { note: canary },
        line: { gitBranch: canary, cwd: `/home/${canary}/engine`, slug: canary, toolUseResult: canary },
      }),
    ]);
    await world.json('backfill');
    const sent = (): string => world.bodies.join('\n');
    expect(sent()).not.toContain(canary);
    expect(sent()).not.toContain('engine');
    await world.json('backfill --include-project');
    expect(world.counted()).toMatchObject([{ project: 'engine' }]);
    expect(sent()).not.toContain(canary);
    const state = path.join(world.home, '.local', 'state', 'revenium', 'claude-code');
    for (const name of readdirSync(state)) expect(statSync(path.join(state, name)).mode & 0o077).toBe(0);
    expect(
      readFileSync(path.join(world.home, '.local/state/revenium/claude-code', readdirSync(state)[0] ?? '')).length,
    ).toBeGreaterThan(0);
  });

  it('stops when it is interrupted, and goes on the next time', async () => {
    const world = worldWith(many(100));
    const stop = new AbortController();
    world.endpoint.afterRequest = () => {
      if (world.bodies.length >= 20) stop.abort(new Interrupted());
    };
    const { code, stderr } = await world.run('backfill --batch-size 2', { signal: stop.signal });
    expect(code).toBe(130);
    expect(stderr).toMatch(/\d+ of 100 records were delivered; run it again to go on/);
    const again = await world.json<Report & Record<string, unknown>>('backfill');
    expect(again.failed).toBe(0);
    expect(again.new).toBeLessThan(100);
    expect(world.counted()).toHaveLength(100);
  });

  it('leaves the field to another one that is at work', async () => {
    const world = worldWith(many(30));
    const both = await Promise.all([
      world.run('backfill --batch-size 1', { isRunning: () => true }),
      world.run('backfill --batch-size 1', { isRunning: () => true }),
    ]);
    expect(both.map(({ code }) => code).sort()).toEqual([0, 1]);
    expect(both.map(({ stderr }) => stderr).join('')).toContain('another backfill is at work');
    expect(world.counted()).toHaveLength(30);
  });

  it('remembers in one place what it has read, whichever sessions of Cowork come and go', async () => {
    const world = worldWith(many(2));
    const cowork = (name: string): string =>
      path.join(world.home, '.config/Claude/local-agent-mode-sessions/org/account', name, '.claude');
    for (const n of [1, 2, 3]) {
      writeHistory(cowork(`local_${n}`), { [`-work/${n}.jsonl`]: [numbered(10 + n)] });
      expect(await world.json('backfill --dry-run')).toMatchObject({ records: 2 + n });
    }
    const state = readdirSync(path.join(world.home, '.local/state/revenium/claude-code'));
    expect(state.filter((name) => name.startsWith('history-'))).toHaveLength(1);
  });

  it('says that calls will belong to nobody, where no e-mail address is set up', async () => {
    const world = worldWith(many(2));
    expect((await world.run('backfill --dry-run')).stderr).toContain('No e-mail address is set up');
    expect((await world.run('backfill')).stderr).toContain('"revenium-metering setup --email …"');
    expect((await world.run('backfill')).stderr).toBe('');
    world.env = { ...world.env, REVENIUM_SUBSCRIBER_EMAIL: 'ada@acme.com' };
    expect((await world.run('backfill')).stderr).toBe('');
    expect(world.counted().map(({ actor }) => actor)).toEqual(['email:ada@acme.com', 'email:ada@acme.com']);
  });

  it('goes by what an administrator has set for everybody, where setup has not been run', async () => {
    const world = worldWith(many(1));
    world.env = {};
    const managed = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9/meter/v2/otlp',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=hak_acme_0123456789abcdef',
      OTEL_RESOURCE_ATTRIBUTES: 'organization.name=Acme%20Corp',
    };
    writeFileSync(path.join(world.claude, 'remote-settings.json'), JSON.stringify({ env: managed }));
    const { code, stderr } = await world.run('backfill');
    expect(code).toBe(0);
    expect(stderr).toContain('goes by ~/.claude/remote-settings.json, which sends to http://127.0.0.1:9');
    expect(world.counted()).toMatchObject([{ organization: 'Acme Corp' }]);
  });

  it.each([
    ['revenium', 'a file is in the way where a folder belongs'],
    ['revenium/claude-code/delivered', 'a folder is in the way'],
  ])('says which place it cannot write: %s', async (place, why) => {
    const world = worldWith(many(1));
    const at = path.join(world.home, '.local/state', place);
    await world.run('backfill --to 2026-01-01');
    const [log = ''] = readdirSync(path.join(world.home, '.local/state/revenium/claude-code')).filter((name) =>
      name.startsWith('delivered-'),
    );
    rmSync(path.join(world.home, '.local/state/revenium'), { recursive: true });
    if (place === 'revenium') writeFileSync(at, '');
    else mkdirSync(path.join(path.dirname(at), log), { recursive: true });
    const { code, stderr } = await world.run('backfill');
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: cannot write .*state\/revenium/);
    expect(stderr).toContain(why);
    expect(stderr).not.toContain('defect');
  });

  it('takes its progress away before it says that it was interrupted', async () => {
    const world = worldWith(many(2));
    let now = world.now;
    const stop = new AbortController();
    stop.abort(new Interrupted());
    const { io } = testContext({ io: { stderrTTY: true } });
    const more = { io, signal: stop.signal, now: () => (now += 1000) };
    const { code, stderr } = await world.run('backfill --dry-run', more);
    expect(code).toBe(130);
    expect(stderr).toMatch(/ read\r\x1b\[Kinterrupted\n$/);
  });

  it('passes on what the endpoint says that it made of the records', async () => {
    const world = worldWith(many(3));
    world.env = { ...world.env, REVENIUM_SUBSCRIBER_EMAIL: 'ada@acme.com' };
    const fetch = async (): Promise<Response> => new Response('{"processedEvents":1}');
    const { code, stderr } = await world.run('backfill', { fetch });
    expect([code, stderr]).toEqual([
      0,
      'http://127.0.0.1:1 took 3 records, but says that it processed 1 of them only.\n',
    ]);
  });

  it('delivers what it can read, and fails where that is not all', async () => {
    const world = worldWith(many(2));
    writeHistory(world.claude, { 'b/locked.jsonl': [numbered(7)] });
    const locked = path.join(world.claude, 'projects/b/locked.jsonl');
    chmodSync(locked, 0);
    chmodSync(world.home, 0o777);
    const first = await asNobody(() => world.run('backfill'));
    expect([first.code, world.counted().length]).toEqual([1, 2]);
    expect(first.stderr).toContain(`not read: ${locked}: EACCES`);
    expect(first.stderr).toContain('error: 1 file or folder could not be read');
    expect((await asNobody(() => world.run('backfill --dry-run --json'))).code).toBe(1);
    chmodSync(locked, 0o644);
    expect([(await asNobody(() => world.run('backfill'))).code, world.counted().length]).toEqual([0, 3]);
    symlinkSync('nowhere', path.join(world.claude, 'projects/b/gone.jsonl'));
    expect((await asNobody(() => world.run('backfill'))).code).toBe(0);
  });

  it('finds nothing to do where there is no history', async () => {
    const world = new ImportWorld();
    expect(await world.json('backfill')).toMatchObject({ files: 0, records: 0, from: null, to: null, new: 0, sent: 0 });
  });

  it('says which lines it passed over, and why', async () => {
    const world = worldWith([answer({ model: '<synthetic>' }), '{"type":"assistant","output_tokens"', numbered(1)]);
    const { stderr } = await world.run('backfill --dry-run -v');
    expect(stderr).toContain('1 × synthetic');
    expect(stderr).toContain('1 × malformed (not JSON)');
  });

  it.each([
    ['backfill --batch-size 0', 'batch-size'],
    ['backfill --batch-size many', 'batch-size'],
    ['backfill --since soon', '--since'],
    ['backfill --since 2030-01-01', '--since'],
    ['backfill --to 2026-01-01 --since 2026-02-01', '--to'],
    ['backfill everything', 'too many arguments'],
  ])('refuses %s', async (args, named) => {
    const { code, stderr } = await worldWith([]).run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(named);
  });
});
