import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { plistText } from '../../../../src/cli/commands/cursor/service/launchd.ts';
import type { ServicePlan } from '../../../../src/cli/commands/cursor/service/service-plan.ts';
import { unitText } from '../../../../src/cli/commands/cursor/service/systemd.ts';
import { taskText } from '../../../../src/cli/commands/cursor/service/task-scheduler.ts';
import { runBinary } from '../../../../src/cli/run.ts';
import type { Context } from '../../../../src/cli/context.ts';
import { acquireLock } from '../../../../src/delivery/process-lock.ts';
import { testContext } from '../../../support/context.ts';
import { findProgram } from '../../../support/programs.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const plan = (given: Partial<ServicePlan> = {}): ServicePlan => ({
  node: '/usr/local/bin/node',
  script: '/home/ada/My Tools & "more"/100% $HOME/bin/revenium-cursor.js',
  arguments: ['sync', '--watch'],
  logFile: '/Users/ada/Library/Logs/revenium-cursor.log',
  ...given,
});

const windows = plan({
  node: 'C:\\Program Files\\nodejs\\node.exe',
  script: 'C:\\Users\\Ada Lovelace\\AppData\\Roaming\\npm\\node_modules\\@revenium\\cli\\bin\\revenium-cursor.js',
});

const golden = (name: string): string => path.join(import.meta.dirname, 'golden', name);

describe('what a service manager is told', () => {
  // `npx vitest run -u` writes these anew: read what changes.
  it('systemd', () => expect(unitText(plan())).toMatchFileSnapshot(golden('revenium-cursor.service')));
  it('launchd', () => expect(plistText(plan())).toMatchFileSnapshot(golden('ai.revenium.cursor-sync.plist')));
  it('Task Scheduler', () =>
    expect(taskText(windows).replaceAll('\r\n', '\n')).toMatchFileSnapshot(golden('cursor-sync.task.xml')));

  const analyze = findProgram('systemd-analyze');
  it.skipIf(analyze === null)('is accepted by systemd, whatever is in a path', () => {
    // Quotes and backslashes systemd takes in arguments, not in a program's name.
    const odd = path.join(tempDir(), 'a b 100% é');
    mkdirSync(odd);
    const node = path.join(odd, 'node');
    symlinkSync(process.execPath, node);
    const file = path.join(tempDir(), 'revenium-cursor.service');
    const verify = (text: string) => {
      writeFileSync(file, text);
      const env = { ...process.env, XDG_RUNTIME_DIR: tempDir() };
      const { status, stdout, stderr } = spawnSync(analyze ?? '', ['verify', '--user', '--man=no', file], { env });
      return { status, said: `${stdout.toString()}${stderr.toString()}` };
    };
    const script = `${odd}/"c" \\ $HOME/revenium-cursor.js`;
    expect(verify(unitText(plan({ node, script })))).toEqual({ status: 0, said: '' });
    // It would say so if it did not find the program by that name.
    expect(verify(unitText(plan({ node: `${node}2` }))).said).toContain('is not executable');
  });
});

const ENV_FILE = `export CURSOR_API_KEY=crsr_0123456789abcdef
export REVENIUM_API_KEY=hak_acme_0123456789abcdef
export REVENIUM_ENDPOINT=http://127.0.0.1:4318
`;

interface Machine {
  home: string;
  run: (line: string) => Promise<{ code: number; out: string; err: string }>;
  /** What was run, a line each. */
  calls: () => string[];
  /** The programs whose command line holds this word fail. */
  fail: (word: string) => void;
}

function machine(platform: NodeJS.Platform, given: Partial<Context> = {}): Machine {
  const home = path.join(tempDir(), 'home of ada');
  const bin = tempDir();
  const log = path.join(bin, 'log');
  const failing = path.join(bin, 'failing');
  writeFileSync(log, '');
  writeFileSync(failing, 'never\n');
  for (const name of ['systemctl', 'launchctl', 'schtasks']) {
    const script = `#!/bin/sh\nprintf '%s\\n' "${name} $*" >> '${log}'\ncase " $* " in *" $(cat '${failing}') "*) echo no such thing >&2; exit 1;; esac\n`;
    writeFileSync(path.join(bin, name), script);
    chmodSync(path.join(bin, name), 0o755);
  }
  mkdirSync(path.join(home, '.cursor/revenium'), { recursive: true });
  writeFileSync(path.join(home, '.cursor/revenium/revenium.env'), ENV_FILE, { mode: 0o600 });
  return {
    home,
    run: async (line) => {
      const context = testContext({ home, platform, env: { PATH: `${bin}:/usr/bin:/bin` }, uid: 501, ...given });
      const code = await runBinary('revenium-cursor', line.split(' '), context);
      return { code, out: context.io.stdout.text, err: context.io.stderr.text };
    },
    calls: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    fail: (word) => writeFileSync(failing, word),
  };
}

describe('service, on Linux', () => {
  let ada: Machine;
  let unit: string;
  beforeEach(() => {
    ada = machine('linux');
    unit = path.join(ada.home, '.config/systemd/user/revenium-cursor.service');
  });

  it('is installed, started, and the same when installed again', async () => {
    const first = await ada.run('service install');
    expect([first.code, first.out]).toEqual([0, 'Installed: ~/.config/systemd/user/revenium-cursor.service\n']);
    expect(first.err).toContain('loginctl enable-linger');
    const text = readFileSync(unit, 'utf8');
    expect(text).toContain('ExecStart="/usr/bin/node" "/opt/revenium/bin/revenium-cursor.js" "sync" "--watch"\n');
    expect(text).not.toMatch(/crsr_|hak_/);
    expect(ada.calls()).toEqual([
      'systemctl --user list-units --quiet --no-pager',
      'systemctl --user daemon-reload',
      'systemctl --user enable revenium-cursor.service',
      'systemctl --user restart revenium-cursor.service',
    ]);
    const second = await ada.run('service install --json');
    expect(JSON.parse(second.out)).toEqual({ manager: 'systemd', path: unit, changed: false });
    expect(readFileSync(unit, 'utf8')).toBe(text);
  });

  it('tells its state, and exits 1 where it is not running', async () => {
    expect(await ada.run('service status')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no service') as unknown,
    });
    await ada.run('service install');
    expect(await ada.run('service status')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\nrunning\n/) as unknown,
    });
    ada.fail('is-active');
    const stopped = await ada.run('service status --json');
    expect(stopped.code).toBe(1);
    expect(JSON.parse(stopped.out)).toMatchObject({ installed: true, current: true, active: false });
    writeFileSync(unit, 'another');
    expect((await ada.run('service status')).out).toContain('"revenium-cursor service install" renews it');
  });

  it('is removed without a trace, and that twice', async () => {
    await ada.run('service install');
    expect(await ada.run('service uninstall')).toMatchObject({ code: 0, err: '' });
    expect(existsSync(unit)).toBe(false);
    expect(ada.calls().slice(-2)).toEqual([
      'systemctl --user disable --now revenium-cursor.service',
      'systemctl --user daemon-reload',
    ]);
    expect((await ada.run('service uninstall')).out).toBe('No service is installed: nothing to do.\n');
  });

  it('is named, with how to stop it, to a command that it keeps waiting', async () => {
    ada = machine('linux', { isRunning: () => true });
    const waiting = async (): Promise<string> => (await ada.run('backfill')).err;
    const folder = path.join(ada.home, '.cursor/revenium');
    const lock = await acquireLock({ ...testContext(), folder, name: 'sync', what: 'another sync of Cursor' });
    expect(await waiting()).toContain('  Wait for it to end, or stop it. A lock');
    await ada.run('service install');
    expect(await waiting()).toContain(
      'systemctl --user stop revenium-cursor.service; revenium-cursor service install.',
    );
    await lock.release();
  });

  it('goes with everything else', async () => {
    await ada.run('service install');
    expect((await ada.run('uninstall --dry-run')).err).toBe(
      'The service would go: ~/.config/systemd/user/revenium-cursor.service\n',
    );
    expect(existsSync(unit)).toBe(true);
    const { code, err } = await ada.run('uninstall');
    expect([code, err]).toEqual([0, 'Removed the service: ~/.config/systemd/user/revenium-cursor.service\n']);
    expect(existsSync(unit)).toBe(false);
  });

  it('is not installed where systemd does not run, or nothing is set up', async () => {
    ada.fail('list-units');
    const without = await ada.run('service install');
    expect(without.code).toBe(1);
    expect(without.err).toContain('systemd does not run for this user');
    writeFileSync(
      path.join(ada.home, '.cursor/revenium/revenium.env'),
      'export REVENIUM_API_KEY=hak_acme_0123456789\n',
    );
    const unset = await ada.run('service install');
    expect([unset.code, unset.err]).toEqual([2, expect.stringContaining('missing: CURSOR_API_KEY')]);
    expect(existsSync(unit)).toBe(false);
  });

  it('does not count on variables that only this shell has', async () => {
    writeFileSync(path.join(ada.home, '.cursor/revenium/revenium.env'), '');
    ada = machine('linux', {
      env: { CURSOR_API_KEY: 'crsr_0123456789abcdef', REVENIUM_API_KEY: 'hak_acme_0123456789' },
    });
    writeFileSync(path.join(ada.home, '.cursor/revenium/revenium.env'), '');
    expect((await ada.run('service install')).code).toBe(2);
  });

  it('says what failed', async () => {
    ada.fail('restart');
    const { code, err } = await ada.run('service install');
    expect(code).toBe(1);
    expect(err).toContain('"systemctl --user restart revenium-cursor.service" failed: no such thing');
  });

  it('goes where XDG_CONFIG_HOME says, and warns of a cache', async () => {
    const config = tempDir();
    const script = '/home/ada/.npm/_npx/0123/node_modules/@revenium/cli/bin/revenium-cursor.js';
    const ours = machine('linux');
    const context = testContext({
      home: ours.home,
      env: { PATH: '/nonexistent', XDG_CONFIG_HOME: config },
      program: { node: '/usr/bin/node', script },
    });
    expect(await runBinary('revenium-cursor', ['service', 'status', '--json'], context)).toBe(1);
    expect(context.io.stdout.text).toContain(config);
  });
});

describe('service, elsewhere', () => {
  it('is an agent of launchd', async () => {
    const ada = machine('darwin');
    expect((await ada.run('service install')).code).toBe(0);
    const plist = path.join(ada.home, 'Library/LaunchAgents/ai.revenium.cursor-sync.plist');
    expect(readFileSync(plist, 'utf8')).toContain(`<string>${ada.home}/Library/Logs/revenium-cursor.log</string>`);
    expect(ada.calls()).toEqual([
      'launchctl version',
      'launchctl bootout gui/501/ai.revenium.cursor-sync',
      `launchctl bootstrap gui/501 ${plist}`,
    ]);
    expect((await ada.run('service status')).code).toBe(0);
    expect((await ada.run('service uninstall')).code).toBe(0);
    expect(existsSync(plist)).toBe(false);
  });

  it('waits for launchd to be rid of the agent that was there', async () => {
    const waits: number[] = [];
    const ada = machine('darwin', {
      sleep: async (ms) => {
        waits.push(ms);
        if (waits.length === 2) ada.fail('never');
      },
    });
    ada.fail('bootstrap');
    expect((await ada.run('service install')).code).toBe(0);
    expect(waits).toEqual([500, 1000]);
    ada.fail('bootstrap');
    const { code, err } = await ada.run('service install');
    expect([code, waits.length]).toEqual([1, 6]);
    expect(err).toContain('failed: no such thing');
  });

  it('is a scheduled task on Windows, in the form that its scheduler takes', () => {
    const text = taskText(windows);
    expect(text).toContain('\r\n');
    expect(text).toContain('<Command>C:\\Program Files\\nodejs\\node.exe</Command>');
    expect(text).toContain('&quot;C:\\Users\\Ada Lovelace\\');
  });

  it.each([unitText(plan()), plistText(plan()), taskText(windows)])('holds no key', (text) => {
    expect(text).not.toMatch(/API_KEY|crsr_|hak_/);
  });
});
