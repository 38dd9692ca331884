import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claudeCodeSetup } from '../../../src/assistants/claude-code/setup.ts';
import type { Check } from '../../../src/cli/commands/status/check.ts';
import { newestCalls } from '../../../src/cli/commands/status/last-event.ts';
import { localChecks } from '../../../src/cli/commands/status/run.ts';
import { readSituation } from '../../../src/cli/commands/status/situation.ts';
import type { Disk } from '../../../src/setup/disk.ts';
import { realDisk } from '../../../src/setup/disk.ts';
import { readEnvFile } from '../../../src/setup/env-file.ts';
import type { FakeEndpoint } from '../../support/fake-endpoint.ts';
import { startFakeCursor, startFakeEndpoint } from '../../support/fake-endpoint.ts';
import { TestMachine } from '../../support/machine.ts';

const KEY = 'hak_acme_0123456789abcdef';

let machine: TestMachine;
let endpoint: FakeEndpoint;
beforeEach(async () => {
  machine = new TestMachine();
  endpoint = await startFakeEndpoint(KEY);
});
afterEach(async () => {
  machine.remove();
  await endpoint.close();
});

async function setup(binary = 'revenium-metering', ...more: string[]): Promise<void> {
  const args = ['setup', '-k', KEY, '--endpoint', endpoint.url, '-e', 'ada@acme.com', '--shell', 'bash', ...more];
  const { code, err } = await machine.run(binary, args);
  expect([code, err]).toEqual([0, '']);
}

/** What a shell does that is opened now. */
function loadShell(folder = '.claude'): void {
  Object.assign(machine.env, readEnvFile(machine.read(`${folder}/revenium.env`)));
}

interface Status {
  code: number;
  checks: Check[];
  /** By id, those that are not ok. */
  faults: Record<string, Check>;
}

async function status(binary = 'revenium-metering', given: Parameters<TestMachine['run']>[2] = {}): Promise<Status> {
  const { code, out } = await machine.run(binary, ['status', '--json'], given);
  const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: Check[] };
  expect(ok).toBe(code === 0);
  const faults = Object.fromEntries(
    checks.filter(({ state }) => state === 'fail' || state === 'warn').map((check) => [check.id, check]),
  );
  return { code, checks, faults };
}

/** The one fault that there is, as far as it concerns the test; exit 1, and a remedy. */
async function fault(id: string, binary?: string, given?: Parameters<TestMachine['run']>[2]): Promise<Check> {
  const { code, faults } = await status(binary, given);
  expect([code, Object.keys(faults)]).toEqual([1, [id]]);
  const found = faults[id];
  if (!found?.remedy) throw new Error(`${id} names no remedy`);
  return found;
}

async function allGreen(binary?: string): Promise<void> {
  expect(await status(binary)).toMatchObject({ code: 0, faults: {} });
}

describe('status finds', () => {
  it('that nothing is set up, and all green after setup and a new shell', async () => {
    expect((await fault('env-file')).remedy).toBe('revenium-metering setup');
    await setup();
    const check = await fault('loaded');
    expect(check.remedy).toContain('. "$HOME/.claude/revenium.env"');
    loadShell();
    await allGreen();
  });

  it('an env file that others can read', async () => {
    await setup();
    loadShell();
    chmodSync(machine.path('.claude/revenium.env'), 0o644);
    expect((await fault('env-file')).remedy).toBe('chmod 600 ~/.claude/revenium.env');
    chmodSync(machine.path('.claude/revenium.env'), 0o600);
    await allGreen();
  });

  it('a block that is gone from a profile, damaged, or an older package’s', async () => {
    await setup();
    loadShell();
    machine.write('.bashrc', '# nothing\n');
    expect(await fault('profile')).toMatchObject({
      says: '~/.bashrc no longer loads it',
      remedy: 'revenium-metering setup',
    });
    machine.write('.bashrc', '# >>> revenium >>>\n');
    expect((await fault('profile')).remedy).toBe('Delete line 1 of ~/.bashrc, then: revenium-metering setup');
    machine.write(
      '.bashrc',
      '# >>> revenium-claude-code-metering >>>\nsource x/revenium.env\n# <<< revenium-claude-code-metering <<<\n',
    );
    const { faults } = await status();
    expect(faults.profile?.remedy).toBe('revenium-metering setup');
    expect((await machine.run('revenium-metering', ['setup'])).code).toBe(0);
    await allGreen();
  });

  it('another exporter’s endpoint in the way: in the shell, by signal, in a project’s settings', async () => {
    await setup();
    loadShell();
    machine.env.OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4317';
    expect((await fault('endpoint')).says).toMatch(
      /OTEL_EXPORTER_OTLP_ENDPOINT is http:\/\/collector:4317 \(set by this shell\), not/,
    );
    loadShell();
    machine.env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT = 'http://collector:4318/v1/logs';
    expect((await fault('endpoint')).remedy).toContain('unset OTEL_EXPORTER_OTLP_LOGS_ENDPOINT');
    delete machine.env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT;
    machine.write('work/.claude/settings.local.json', '{"env": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://project"}}');
    const check = await fault('endpoint', undefined, { cwd: machine.path('work') });
    expect(check.remedy).toBe('Take "OTEL_EXPORTER_OTLP_ENDPOINT" out of "env" in ~/work/.claude/settings.local.json');
    await allGreen();
  });

  it('another key, never shown, a wrong protocol, telemetry switched off', async () => {
    await setup();
    loadShell();
    machine.env.OTEL_EXPORTER_OTLP_HEADERS = 'Authorization=Bearer%20secret-token-of-mine';
    const check = await fault('values');
    expect(check.says).not.toMatch(/secret-token|0123456789/);
    loadShell();
    machine.env.OTEL_EXPORTER_OTLP_PROTOCOL = 'grpc';
    expect((await fault('values')).says).toContain('OTEL_EXPORTER_OTLP_PROTOCOL is grpc');
    loadShell();
    machine.env.OTEL_SDK_DISABLED = 'true';
    expect((await fault('values')).means).toBe('All telemetry is off.');
    delete machine.env.OTEL_SDK_DISABLED;
    machine.env.CLAUDE_CODE_ENABLE_TELEMETRY = '0';
    await fault('values');
    loadShell();
    await allGreen();
  });

  it('an env file that was changed after this shell was started', async () => {
    await setup();
    loadShell();
    await setup('revenium-metering', '-t', 'pro');
    const { code, faults } = await status();
    expect([code, Object.keys(faults).sort()]).toEqual([1, ['loaded', 'values']]);
    loadShell();
    await allGreen();
  });

  it('managed settings that override, on this machine and from the console', async () => {
    await setup();
    loadShell();
    machine.write(
      '.claude/remote-settings.json',
      JSON.stringify({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://central' } }),
    );
    expect(await fault('managed-settings')).toMatchObject({
      remedy: expect.stringContaining('Ask your administrator') as string,
    });
    machine.write('.claude/remote-settings.json', '{}');
    await allGreen();
    // /etc belongs to the machine that the tests run on: its reader is handed another.
    const etc: Disk = {
      ...realDisk,
      readFile: (async (path: string) => {
        if (path === '/etc/claude-code/managed-settings.json')
          return Buffer.from('{"env": {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_RESOURCE_ATTRIBUTES": "a=b"}}');
        return await realDisk.readFile(path);
      }) as Disk['readFile'],
    };
    const world = { env: machine.env, home: machine.home, cwd: machine.home, platform: 'linux' as const, parentPid: 1 };
    const surroundings = { probed: { zshFolder: null, documents: null }, shells: ['bash' as const] };
    const checks = localChecks(await readSituation(claudeCodeSetup, world, etc, surroundings), null);
    expect(
      checks.filter(({ id }) => id === 'managed-settings').map(({ state, says }) => [state, says.split(' ')[0]]),
    ).toEqual([
      ['fail', 'OTEL_EXPORTER_OTLP_PROTOCOL'],
      // Labels are the organisation's to set.
      ['warn', 'OTEL_RESOURCE_ATTRIBUTES'],
    ]);
  });

  it('that an organisation meters this machine without any setup', async () => {
    const env = {
      CLAUDE_CODE_ENABLE_TELEMETRY: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint.url}/meter/v2/otlp`,
      OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${KEY}`,
    };
    machine.write('.claude/remote-settings.json', JSON.stringify({ env }));
    const { code, checks } = await status();
    expect(code).toBe(0);
    expect(checks[0]).toMatchObject({ id: 'managed-settings', state: 'ok' });
  });

  it('OTEL_METRICS_EXPORTER=none with a client that it silences', async () => {
    await setup();
    loadShell();
    machine.env.OTEL_METRICS_EXPORTER = 'none';
    machine.env.PATH = `${machine.path('bin')}:${machine.env.PATH ?? ''}`;
    const client = (version: string): void => {
      mkdirSync(machine.path('bin'), { recursive: true });
      writeFileSync(machine.path('bin/claude'), `#!/bin/sh\necho "${version} (Claude Code)"\n`, { mode: 0o755 });
    };
    client('2.1.81');
    expect(await fault('metrics-exporter')).toMatchObject({ means: 'This version sends no logs with it.' });
    client('2.0.77');
    expect((await fault('metrics-exporter')).means).toBe('This version does not start with it.');
    client('2.1.101');
    await allGreen();
    client('2.1.81');
    delete machine.env.OTEL_METRICS_EXPORTER;
    await allGreen();
  });

  it('settings that differ from the env file', async () => {
    await setup('revenium-metering', '--claude-settings');
    // The shell named beside it is set up as well.
    expect(machine.read('.bashrc')).toContain('revenium.env');
    loadShell();
    await allGreen();
    machine.write(
      '.claude/settings.json',
      machine.read('.claude/settings.json').replace(endpoint.url, 'http://127.0.0.1:1'),
      0o600,
    );
    const { code, faults } = await status();
    expect([code, Object.keys(faults).sort()]).toEqual([1, ['claude-settings', 'endpoint']]);
    expect(faults.endpoint?.remedy).toBe('revenium-metering setup');
    await machine.run('revenium-metering', ['setup']);
    await allGreen();
  });

  it('a server that is away, or fails; a key that is refused, or may only read', async () => {
    await setup();
    loadShell();
    endpoint.hook = (_, response) => Boolean(response.writeHead(503).end());
    expect((await fault('server')).says).toContain('answers 503');
    endpoint.hook = (_, response) => Boolean(response.end('<html>Sign in</html>'));
    expect((await fault('server')).says).toContain('answers, but not as a metering endpoint does');
    endpoint.hook = (_, response) => Boolean(response.writeHead(401).end());
    expect((await fault('key')).remedy).toBe('revenium-metering setup --api-key <key>');
    endpoint.hook = (_, response) => Boolean(response.end(JSON.stringify({ org: 'acme', scope: 'manager' })));
    expect((await fault('key')).says).toContain('may read but not send');
    endpoint.hook = (_, response) => Boolean(response.end(JSON.stringify({ org: 'acme', scope: 'admin' })));
    const { code, faults } = await status();
    expect([code, faults.key?.state]).toEqual([0, 'warn']);
    expect(faults.key?.remedy).toContain('--scope ingest');
    endpoint.hook = () => false;
    await allGreen();
    await endpoint.close();
    expect((await fault('server')).remedy).toBe('Start it: revenium-server start');
  });

  it('a clock that is wrong', async () => {
    await setup();
    loadShell();
    const check = await fault('clock', undefined, { now: () => Date.now() - 3_600_000 });
    expect(check).toMatchObject({
      says: 'this clock is 60 min behind the server’s',
      remedy: 'sudo timedatectl set-ntp true',
    });
    expect((await fault('clock', undefined, { now: () => Date.now() + 86_400_000 * 3 })).says).toContain(
      '3 days ahead of',
    );
    await allGreen();
  });
});

describe('the last event', () => {
  const answer = (id: string, at: number) =>
    JSON.stringify({
      type: 'assistant',
      requestId: id,
      sessionId: 's1',
      uuid: id,
      timestamp: new Date(at).toISOString(),
      message: {
        id: `msg_${id}`,
        model: 'claude-opus-5-5',
        stop_reason: 'end_turn',
        usage: { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 3, cache_creation_input_tokens: 4 },
      },
    });
  const history = (...lines: string[]): void => {
    machine.write('.claude/projects/-app/s1.jsonl', `{"type":"user"}\n${lines.join('\n')}\n`);
  };
  const lastEvent = async (): Promise<Check | undefined> =>
    (await status()).checks.find(({ id }) => id === 'last-event');
  const MINUTE = 60_000;

  beforeEach(async () => {
    await setup();
    loadShell();
    // Set up an hour ago.
    const then = new Date(Date.now() - 60 * MINUTE);
    utimesSync(machine.path('.claude/revenium.env'), then, then);
  });

  it('is asked for by the ids of this machine’s newest calls', async () => {
    history(answer('req_old', Date.now() - 50 * MINUTE), answer('req_new', Date.now() - 5 * MINUTE));
    const [newest] = await newestCalls({
      env: {},
      home: machine.home,
      cwd: machine.home,
      platform: 'linux',
      parentPid: 1,
    });
    endpoint.records.set(newest?.id ?? '', new Date(Date.now() - 5 * MINUTE).toISOString());
    expect(await lastEvent()).toMatchObject({
      state: 'ok',
      says: 'the server’s last event of this machine is 5 min old',
    });
    const ids = JSON.parse(endpoint.requests.at(-1)?.body ?? '') as { ids: string[] };
    expect(ids.ids).toHaveLength(2);
    expect(ids.ids.every((id) => /^[0-9a-f]{64}$/.test(id))).toBe(true);
  });

  it('fails where calls were made since setup and none has arrived', async () => {
    history(answer('req_a', Date.now() - 10 * MINUTE));
    expect(await fault('last-event')).toMatchObject({
      says: 'a call was made 10 min ago, and the server has none of the latest',
    });
  });

  it('fails where the last one is older than the newest call', async () => {
    history(answer('req_a', Date.now() - 40 * MINUTE), answer('req_b', Date.now() - 10 * MINUTE));
    const calls = await newestCalls({
      env: {},
      home: machine.home,
      cwd: machine.home,
      platform: 'linux',
      parentPid: 1,
    });
    endpoint.records.set(calls[1]?.id ?? '', new Date(Date.now() - 40 * MINUTE).toISOString());
    expect((await fault('last-event')).says).toContain('nothing since 40 min ago');
  });

  it.each([
    ['calls were made before setup', 90],
    ['the newest call is a moment old', 1],
  ])('does not fail where %s', async (_, minutes) => {
    history(answer('req_a', Date.now() - minutes * MINUTE));
    expect(await lastEvent()).toMatchObject({ state: 'info' });
  });

  it('cannot be told by an endpoint without look-up', async () => {
    history(answer('req_a', Date.now() - 10 * MINUTE));
    endpoint.hook = (request, response) =>
      request.url === '/meter/v2/records/lookup' && Boolean(response.writeHead(404).end());
    expect(await lastEvent()).toMatchObject({ state: 'info', says: 'the server offers no look-up of single records' });
  });
});

describe('status of Gemini CLI', () => {
  it('finds a protocol that silences or stops it, and prompts that would be sent', async () => {
    await setup('revenium-gemini');
    loadShell('.gemini');
    await allGreen('revenium-gemini');
    machine.env.GEMINI_TELEMETRY_OTLP_PROTOCOL = 'grpc';
    const { code, faults } = await status('revenium-gemini');
    expect([code, faults.protocol?.means]).toEqual([1, 'Nothing arrives, and Gemini CLI says so only on stderr.']);
    loadShell('.gemini');
    machine.env.GEMINI_TELEMETRY_LOG_PROMPTS = 'true';
    expect((await fault('values', 'revenium-gemini')).says).toContain('GEMINI_TELEMETRY_LOG_PROMPTS is true');
    loadShell('.gemini');
    await allGreen('revenium-gemini');
  });
});

describe('status of Cursor', () => {
  it('asks both sides about their keys', async () => {
    const vendor = await startFakeCursor();
    machine.env.CURSOR_API_BASE_URL = vendor.url;
    const args = ['setup', '--cursor-api-key', 'crsr_0123456789abcdef', '-k', KEY, '--endpoint', endpoint.url];
    expect((await machine.run('revenium-cursor', args)).code).toBe(0);
    const { code, checks } = await status('revenium-cursor');
    expect(code).toBe(0);
    expect(checks.map(({ id }) => id)).toEqual(['env-file', 'server', 'key', 'clock', 'cursor-key', 'sync']);
    expect(checks.at(-2)?.says).toBe('Cursor takes its API key (a team of 2)');
    await machine.run('revenium-cursor', ['setup', '--cursor-api-key', 'crsr_wrong0key0here', '--skip-check']);
    expect((await fault('cursor-key', 'revenium-cursor')).remedy).toBe('revenium-cursor setup --cursor-api-key <key>');
    await vendor.close();
  });
});

describe('as text', () => {
  it('has a line for each check, with what it means and what mends it', async () => {
    await setup();
    const { code, out, err } = await machine.run('revenium-metering', ['status']);
    expect(code).toBe(1);
    expect(out).toContain('✓ ~/.claude/revenium.env is there, and only you can read it\n');
    expect(out).toMatch(/✗ its variables are not loaded in this shell\n {2}Claude Code, .*\n {2}→ Open a new terminal/);
    expect(err).toBe('error: 1 of 7 checks failed\n  What mends each stands beside it.\n');
    expect(out + err).not.toContain(KEY);
  });
});
