import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeEndpoint } from '../../support/fake-endpoint.ts';
import { startFakeCursor, startFakeEndpoint } from '../../support/fake-endpoint.ts';
import { TestMachine } from '../../support/machine.ts';

const KEY = 'hak_acme_0123456789abcdef';
const CURSOR_KEY = 'crsr_0123456789abcdef';

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

const metering = (...args: string[]) => machine.run('revenium-metering', args);
const setup = (...args: string[]) => metering('setup', '--endpoint', endpoint.url, ...args);

describe('setup without a terminal', () => {
  it.each([
    ['revenium-metering', '--api-key', 'REVENIUM_API_KEY'],
    ['revenium-gemini', '--api-key', 'REVENIUM_API_KEY'],
    ['revenium-cursor', '--cursor-api-key and --api-key', 'CURSOR_API_KEY and REVENIUM_API_KEY'],
  ])('%s: exit 2, every missing flag named, nothing written', async (binary, flags, variables) => {
    const { code, out, err } = await machine.run(binary, ['setup']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`error: missing: ${flags}\n`);
    expect(err).toContain(variables);
    expect(readdirSync(machine.home)).toEqual([]);
  });

  it('never asks with CI set, though there is a terminal', async () => {
    const io = { stdinTTY: true, stdoutTTY: true, stderrTTY: true };
    machine.env.CI = 'true';
    const { code, err } = await machine.run('revenium-metering', ['setup'], { io });
    expect([code, err.includes('missing: --api-key')]).toEqual([2, true]);
  });

  it('says all that is wrong at once', async () => {
    const { code, err } = await metering(
      'setup',
      '-k',
      'x',
      '-e',
      'ada',
      '--endpoint',
      'http://usage.acme.com',
      '-o',
      'a\nb',
    );
    expect(code).toBe(2);
    for (const part of [
      'the API key is not a key',
      '"ada" is not an e-mail',
      'is not encrypted. Use https://',
      'the organization contains',
    ])
      expect(err).toContain(part);
    expect(readdirSync(machine.home)).toEqual([]);
  });

  it('takes flags before the environment, the environment before the file, the file before the default', async () => {
    machine.env.REVENIUM_API_KEY = KEY;
    machine.env.REVENIUM_ENDPOINT = endpoint.url;
    machine.env.REVENIUM_ORGANIZATION_NAME = 'From Environment';
    await metering('setup', '-e', 'ada@acme.com', '--json');
    machine.env = { PATH: machine.env.PATH, SHELL: '/bin/bash', REVENIUM_SUBSCRIBER_EMAIL: 'env@acme.com' };
    const { out } = await metering('setup', '-p', 'Flag', '--json');
    expect(JSON.parse(out)).toMatchObject({
      endpoint: endpoint.url,
      apiKey: 'hak_acme_…cdef',
      email: 'env@acme.com',
      organization: 'From Environment',
      product: 'Flag',
    });
    expect(JSON.parse((await metering('setup', '-o', '', '--json')).out)).toMatchObject({ organization: null });
  });
});

describe('setup', () => {
  it('writes what the design says, and says what it has written', async () => {
    const { code, out, err } = await setup('-k', KEY, '-e', 'ada@acme.com', '-t', 'max_20x', '-o', 'Acme Corp');
    expect([code, err]).toEqual([0, '']);
    for (const part of [
      'Claude Code is set up.',
      'hak_acme_…cdef (organisation acme, scope ingest)',
      'created   ~/.bashrc',
      'revenium-metering test',
    ])
      expect(out).toContain(part);
    expect(out).not.toContain(KEY);
    expect(machine.read('.claude/revenium.env')).toBe(
      [
        '# Claude Code, metered. Written by "revenium-metering setup", which keeps what you add.',
        'export CLAUDE_CODE_ENABLE_TELEMETRY=1',
        `export OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint.url}/meter/v2/otlp`,
        `export OTEL_EXPORTER_OTLP_HEADERS=x-api-key=${KEY}`,
        'export OTEL_EXPORTER_OTLP_PROTOCOL=http/json',
        'export OTEL_LOGS_EXPORTER=otlp',
        'export OTEL_LOGS_EXPORT_INTERVAL=60000',
        'export REVENIUM_SUBSCRIBER_EMAIL=ada@acme.com',
        'export CLAUDE_CODE_SUBSCRIPTION_TIER=max_20x',
        'export OTEL_RESOURCE_ATTRIBUTES=user.email=ada%40acme.com,organization.name=Acme%20Corp,CLAUDE_CODE_SUBSCRIPTION_TIER=max_20x',
        '',
      ].join('\n'),
    );
    expect(endpoint.requests).toMatchObject([{ method: 'GET', path: '/v2/sdk/resolve-key', key: KEY }]);
  });

  it('keeps what a person adds to the env file, and updates the rest', async () => {
    await setup('-k', KEY, '-o', 'Acme');
    const env = machine.read('.claude/revenium.env');
    machine.write(
      '.claude/revenium.env',
      env.replace('organization.name=Acme', 'organization.name=Acme,team.id=platform') +
        'export OTEL_LOG_USER_PROMPTS=0 # no\n',
      0o600,
    );
    await setup('-o', 'Globex');
    expect(machine.read('.claude/revenium.env')).toContain('organization.name=Globex,team.id=platform\n');
    expect(machine.read('.claude/revenium.env')).toContain('export OTEL_LOG_USER_PROMPTS=0 # no\n');
  });

  it('shows a diff, keys masked, and writes nothing with --dry-run', async () => {
    machine.write('.bashrc', 'alias a=b\n');
    const before = machine.snapshot();
    const { code, out } = await setup('-k', KEY, '--claude-settings', '--shell', 'bash', '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain('--- /dev/null\n+++ ~/.claude/revenium.env\n');
    expect(out).toContain('--- ~/.bashrc\n+++ ~/.bashrc\n@@ -1,1 +1,5 @@\n alias a=b\n+# >>> revenium >>>\n');
    expect(out).toContain('+    "OTEL_EXPORTER_OTLP_HEADERS": "x-api-key=hak_acme_…cdef"');
    expect(out).not.toContain(KEY);
    expect(machine.snapshot()).toEqual(before);
    expect(endpoint.requests).toEqual([]);
    const { out: json } = await setup('-k', KEY, '--dry-run', '--json');
    expect(JSON.parse(json)).toMatchObject({
      dryRun: true,
      files: [{ action: 'create' }, { action: 'change' }, { action: 'create' }],
    });
  });

  it('masks the old key in a diff as well', async () => {
    await setup('-k', KEY);
    const { out } = await setup('-k', 'hak_acme_another0key0here', '--dry-run');
    expect(out).toMatch(/-export OTEL_EXPORTER_OTLP_HEADERS=x-api-key=hak_acme_…cdef\n\+export .*=hak_acme_…here/);
  });

  it('refuses a key that the endpoint refuses, an endpoint that is away, a key that may only read', async () => {
    const nothing = async (...args: string[]) => {
      const { code, err } = await setup(...args);
      expect(readdirSync(machine.home)).toEqual([]);
      return [code, err];
    };
    expect(await nothing('-k', 'hak_acme_wrong0key')).toEqual([1, expect.stringContaining('refuses this key (401)')]);
    endpoint.hook = (_, response) => Boolean(response.end(JSON.stringify({ org: 'acme', scope: 'member' })));
    expect(await nothing('-k', KEY)).toEqual([
      1,
      expect.stringContaining('lets this key (scope member) read but not send'),
    ]);
    endpoint.hook = (_, response) => Boolean(response.writeHead(503).end());
    expect(await nothing('-k', KEY)).toEqual([1, expect.stringContaining('answers 503 when asked about the key')]);
    endpoint.hook = (_, response) => Boolean(response.end('<html>Sign in</html>'));
    expect(await nothing('-k', KEY)).toEqual([1, expect.stringContaining('not as a metering endpoint does')]);
    await endpoint.close();
    expect(await nothing('-k', KEY)).toEqual([1, expect.stringContaining('cannot be reached: nothing listens there')]);
    expect((await setup('-k', KEY, '--skip-check')).code).toBe(0);
  });

  it('says so where a key can do more than send', async () => {
    endpoint.hook = (_, response) => Boolean(response.end(JSON.stringify({ org: 'acme', scope: 'admin' })));
    const { code, err } = await setup('-k', KEY);
    expect([code, err]).toEqual([0, expect.stringContaining('revenium-server keys create --scope ingest')]);
  });

  it('goes on where the endpoint knows no key check, and with an answer that is not ours', async () => {
    endpoint.hook = (_, response) => Boolean(response.writeHead(404).end());
    const { code, err } = await setup('-k', KEY);
    expect([code, err]).toEqual([0, `${endpoint.url} offers no key check, so the key was not checked.\n`]);
    endpoint.hook = (_, response) => Boolean(response.end('{"tenant": {"name": "x"}, "scope": 7}'));
    expect((await setup('-k', KEY)).out).toMatch(/key +hak_acme_…cdef\n/);
  });

  it('does not follow a redirect, which would take the key elsewhere', async () => {
    const other = await startFakeEndpoint(KEY);
    endpoint.hook = (_, response) =>
      Boolean(response.writeHead(307, { location: `${other.url}/v2/sdk/resolve-key` }).end());
    expect((await setup('-k', KEY)).code).toBe(1);
    expect(other.requests).toEqual([]);
    await other.close();
  });
});

describe('setup of a shell', () => {
  it('prints the line to add with --skip-shell-update, and touches no profile', async () => {
    const { out } = await setup('-k', KEY, '--skip-shell-update', '--shell', 'fish');
    expect(out).toContain(
      'Add this line to the profile of fish:\n     if test -r "$HOME/.claude/revenium.fish"; source',
    );
    expect(existsSync(machine.path('.config'))).toBe(false);
    // What the line sources is there.
    expect(machine.read('.claude/revenium.fish')).toContain('set -gx');
  });

  it('tells a user of nushell what to add', async () => {
    const { out } = await setup('-k', KEY, '--shell', 'nushell');
    expect(out).toContain('Add this line to the profile of nushell:\n     open --raw');
    expect(readdirSync(machine.home).sort()).toEqual(['.claude', '.local']);
  });

  it('puts Claude’s variables into its settings with --claude-settings, and out of the profile', async () => {
    machine.write('.bashrc', 'mine\n');
    machine.write('.claude/settings.json', '{\n    "permissions": {"allow": []},\n    "model": "opus"\n}\n');
    await setup('-k', KEY);
    expect(machine.read('.bashrc')).toContain('revenium.env');
    const { out } = await setup('--claude-settings');
    expect(out).toContain('Restart Claude Code');
    expect(machine.read('.bashrc')).toBe('mine\n');
    expect(machine.read('.claude/settings.json')).toMatch(
      /^\{\n {4}"permissions": \{"allow": \[\]\},\n {4}"model": "opus",\n {4}"env": \{\n {8}"CLAUDE/,
    );
    // It stays that way, and stays in step.
    await setup('-o', 'Acme');
    expect(machine.read('.bashrc')).toBe('mine\n');
    expect(machine.read('.claude/settings.json')).toContain('organization.name=Acme');
    await metering('uninstall');
    expect(machine.read('.claude/settings.json')).toBe(
      '{\n    "permissions": {"allow": []},\n    "model": "opus"\n}\n',
    );
  });

  it('is refused with half a block, and says where', async () => {
    machine.write('.bashrc', 'a\n# >>> revenium >>>\nb\n');
    const before = machine.snapshot();
    const { code, err } = await setup('-k', KEY, '--shell', 'bash');
    expect(code).toBe(1);
    expect(err).toContain('.bashrc: line 2 is half of a revenium block');
    expect(machine.snapshot()).toEqual(before);
    // A shell update can be left out.
    expect((await setup('-k', KEY, '--skip-shell-update')).code).toBe(0);
  });
});

describe('two setups at once', () => {
  it('do not interleave', async () => {
    machine.write('.bashrc', 'mine\n');
    const both = await Promise.all([
      setup('-k', KEY, '-o', 'One'),
      machine.run('revenium-gemini', ['setup', '-k', KEY, '-o', 'Two', '--endpoint', endpoint.url]),
      setup('-k', KEY, '-o', 'Three'),
    ]);
    expect(both.map(({ code, err }) => [code, err])).toEqual([
      [0, ''],
      [0, ''],
      [0, ''],
    ]);
    const value = (file: string): string | undefined => /RESOURCE_ATTRIBUTES=(.*)/.exec(machine.read(file))?.[1];
    expect(value('.claude/revenium.env')).toBe(value('.gemini/revenium.env'));
    await machine.run('revenium-gemini', ['uninstall']);
    await metering('uninstall');
    expect(machine.snapshot()).toEqual({ '.bashrc': '644 mine\n' });
  });
});

describe('two assistants in one shell', () => {
  const gemini = (...args: string[]) => machine.run('revenium-gemini', ['setup', '--shell', 'bash', ...args]);
  const shared = (folder: string) => {
    const text = machine.read(`${folder}/revenium.env`);
    return [/OTLP_HEADERS=(.*)/.exec(text)?.[1], /RESOURCE_ATTRIBUTES=(.*)/.exec(text)?.[1]];
  };

  it('agree, whoever comes last, and running either again settles', async () => {
    await setup('-k', KEY, '-e', 'ada@acme.com', '-t', 'pro', '-o', 'Acme');
    // E-mail, organisation and endpoint are those of the first.
    const { out } = await gemini('-k', KEY);
    expect(out).not.toContain('Note:');
    expect(shared('.gemini')).toEqual(shared('.claude'));
    expect(shared('.gemini')[1]).toContain('CLAUDE_CODE_SUBSCRIPTION_TIER=pro');
    const { out: changed } = await gemini('-o', 'Globex');
    expect(changed).toContain('Claude Code now has the same organization');
    expect(shared('.gemini')).toEqual(shared('.claude'));
    const before = machine.snapshot();
    await setup();
    await gemini();
    await setup();
    expect(machine.snapshot()).toEqual(before);
    // What was only Claude's goes with it.
    await metering('uninstall');
    expect(shared('.gemini')[1]).toBe('user.email=ada%40acme.com,organization.name=Globex');
  });

  it('that send to different endpoints cannot agree, and the person is told what wins', async () => {
    const other = await startFakeEndpoint('hak_other_0123456789');
    await setup('-k', KEY, '-t', 'pro');
    const { out } = await gemini('-k', 'hak_other_0123456789', '--endpoint', other.url);
    expect(out).toContain(
      'send to different endpoints. In that shell the key and attributes of Gemini CLI win, for Claude Code too.',
    );
    expect(out).toContain('"revenium-metering setup --claude-settings" gives Claude Code its own.');
    expect(shared('.claude')[0]).toBe(`x-api-key=${KEY}`);
    // And that mends it.
    expect((await setup('--claude-settings')).out).not.toContain('Note:');
    expect(machine.read('.bashrc')).not.toContain('.claude');
    expect((await gemini()).out).not.toContain('Note:');
    await other.close();
  });
});

describe('setup of Cursor', () => {
  it('writes its env file and no profile', async () => {
    const vendor = await startFakeCursor(CURSOR_KEY);
    machine.env.CURSOR_API_BASE_URL = vendor.url;
    machine.env.CURSOR_SUBSCRIPTION_TIER = 'business';
    const args = [
      'setup',
      '--cursor-api-key',
      CURSOR_KEY,
      '-k',
      KEY,
      '--endpoint',
      endpoint.url,
      '--sync-interval',
      '15',
    ];
    const { code, out } = await machine.run('revenium-cursor', args);
    expect(code).toBe(0);
    expect(out).not.toContain(CURSOR_KEY);
    expect(machine.read('.cursor/revenium/revenium.env')).toBe(
      [
        '# Cursor, metered. Written by "revenium-cursor setup", which keeps what you add.',
        `export CURSOR_API_KEY=${CURSOR_KEY}`,
        `export REVENIUM_API_KEY=${KEY}`,
        `export REVENIUM_ENDPOINT=${endpoint.url}`,
        'export CURSOR_SUBSCRIPTION_TIER=business',
        'export REVENIUM_SYNC_INTERVAL_MS=900000',
        '',
      ].join('\n'),
    );
    expect(readdirSync(machine.home).sort()).toEqual(['.cursor', '.local']);
    await machine.run('revenium-cursor', ['uninstall']);
    expect(readdirSync(machine.home)).toEqual([]);
    await vendor.close();
  });

  it('refuses a key that Cursor refuses; a Cursor that is away is no reason to stop', async () => {
    const vendor = await startFakeCursor('crsr_another0key0here');
    machine.env.CURSOR_API_BASE_URL = vendor.url;
    const args = ['setup', '--cursor-api-key', CURSOR_KEY, '-k', KEY, '--endpoint', endpoint.url];
    const refused = await machine.run('revenium-cursor', args);
    expect([refused.code, refused.err.includes('Cursor refuses its API key (401)')]).toEqual([1, true]);
    expect(readdirSync(machine.home)).toEqual([]);
    vendor.hook = (_, response) => Boolean(response.writeHead(500).end());
    const away = await machine.run('revenium-cursor', args);
    expect([away.code, away.err]).toEqual([
      0,
      "Cursor's API cannot be asked: it answered 500. Its key was not checked.\n",
    ]);
    expect(away.out).not.toContain('put down to the login');
    await vendor.close();
    expect((await machine.run('revenium-cursor', args)).err).toContain('cannot be asked: nothing listens there.');
  });
});

describe('what the older packages have left', () => {
  const legacy = (name: string, file: string, shell: string) =>
    `\n# >>> ${name} >>>\n# Source Revenium Claude Code metering config\nif [ -f "${file}" ]; then\n    ${shell} "${file}"\nfi\n# <<< ${name} <<<\n`;

  it('is recognised and replaced, with its answers kept', async () => {
    const block = legacy('revenium-claude-code-metering', machine.path('.claude/revenium.env'), 'source');
    machine.write('.bashrc', `before\n${block}after\n`);
    machine.write(
      '.claude/revenium.env',
      `export CLAUDE_CODE_ENABLE_TELEMETRY=1\n\nexport OTEL_EXPORTER_OTLP_ENDPOINT="${endpoint.url}/meter/v2/otlp"\n\n` +
        `export OTEL_EXPORTER_OTLP_HEADERS="x-api-key=${KEY}"\n\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/json\n\n` +
        'export CLAUDE_CODE_SUBSCRIPTION="max_20x"\nexport OTEL_RESOURCE_ATTRIBUTES="cost_multiplier=0.08,organization.name=Acme"\n',
      0o600,
    );
    const { code, out } = await metering('setup', '--shell', 'bash');
    expect([code, out.includes('organization  Acme')]).toEqual([0, true]);
    expect(machine.read('.bashrc')).toMatch(
      /^before\n# >>> revenium >>>\n.*\nif .* # claude-code\n# <<< revenium <<<\nafter\n$/,
    );
    expect(machine.read('.claude/revenium.env')).not.toContain('cost_multiplier');
    // Uninstalling does not bring an older package back to life.
    await metering('uninstall');
    expect(machine.read('.bashrc')).toBe('before\nafter\n');
    expect(existsSync(machine.path('.claude/revenium.env'))).toBe(false);
  });

  it('is replaced for fish and for Gemini CLI too; somebody’s own lines inside stay', async () => {
    const path = machine.path('.gemini/revenium.fish');
    machine.write(
      '.config/fish/config.fish',
      `set x 1\n\n# >>> revenium-gemini-cli-metering >>>\n# Source Revenium Gemini CLI metering config\nif test -f "${path}"\n    source "${path}"\nend\nset mine 2\n# <<< revenium-gemini-cli-metering <<<\n`,
    );
    machine.write('.gemini/revenium.fish', 'set -gx GEMINI_TELEMETRY_ENABLED true\n');
    const args = ['setup', '-k', KEY, '--endpoint', endpoint.url, '--shell', 'fish'];
    expect((await machine.run('revenium-gemini', args)).code).toBe(0);
    expect(machine.read('.config/fish/config.fish')).toMatch(
      /^set x 1\n# >>> revenium >>>\n.*\nif test .* # gemini-cli\n# <<< revenium <<<\nset mine 2\n$/,
    );
    await machine.run('revenium-gemini', ['uninstall']);
    expect(machine.read('.config/fish/config.fish')).toBe('set x 1\nset mine 2\n');
  });

  it('is left alone where it is damaged', async () => {
    machine.write('.bashrc', '# >>> revenium-claude-code-metering >>>\nmine\n');
    const { code, err } = await setup('-k', KEY, '--shell', 'bash');
    expect([code, err.includes('line 1 is half of a revenium block')]).toEqual([1, true]);
  });
});
