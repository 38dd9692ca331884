import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BINARIES } from '../../src/cli/binaries.ts';
import { VERSION } from '../../src/version.ts';
import { TestMachine } from '../support/machine.ts';

const root = path.resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { bin: Record<string, string> };
const fileOf = (name: string): string => path.join(root, manifest.bin[name] ?? 'missing');

function run(name: string, args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileOf(name), ...args], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

/** npm packages whose code was loaded, as V8 itself has seen it. */
function packagesLoaded(name: string, args: string[]): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'revenium-coverage-'));
  run(name, args, { NODE_V8_COVERAGE: folder });
  const reports = readdirSync(folder).map(
    (file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as { result: { url: string }[] },
  );
  rmSync(folder, { recursive: true });
  const urls = reports.flatMap(({ result }) => result.map(({ url }) => url));
  expect(urls.some((url) => url.endsWith('/dist/cli/main.js'))).toBe(true);
  return [...new Set(urls.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []))];
}

describe.each(Object.keys(BINARIES))('%s', (name) => {
  it('is declared in the package', () => {
    expect(existsSync(fileOf(name))).toBe(true);
  });

  it('answers --version', () => {
    expect(run(name, ['--version'])).toEqual({ code: 0, out: `${VERSION}\n`, err: '' });
  });

  it('answers --help, loading nothing but the parser of command lines', async () => {
    const { code, out, err } = run(name, ['--help']);
    expect([code, err]).toEqual([0, '']);
    const binary = await BINARIES[name]?.();
    for (const { name: command } of binary?.commands ?? []) expect(out).toContain(command.split(' ')[0]);
    expect(packagesLoaded(name, ['--help'])).toEqual(['commander']);
  });

  it('has help for each command, with examples', async () => {
    const binary = await BINARIES[name]?.();
    for (const { name: command, examples } of binary?.commands ?? []) {
      const { code, out } = run(name, [...command.split(' '), '--help']);
      expect([command, code]).toEqual([command, 0]);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) expect(out).toContain(`  $ ${example}\n`);
    }
  });
});

it('a command does its work though nobody listens to what it says beside it', async () => {
  // Says that the folder holds no history.
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', CLAUDE_CONFIG_DIR: '/nonexistent' };
  const child = spawn(process.execPath, [fileOf('revenium-metering'), 'backfill', '--dry-run', '--json'], { env });
  child.stderr.destroy();
  let out = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ files: 0 })]);
});

describe('every binary of the package', () => {
  it('has a row', () => {
    expect(Object.keys(manifest.bin).sort()).toEqual(Object.keys(BINARIES).sort());
  });
});

describe('setup, killed for good', () => {
  it('leaves every file old or new, wherever it was', async () => {
    const bashrc = 'mine\n';
    const settings = '{"a": 1}\n';
    const args = ['setup', '-k', 'hak_acme_0123456789abcdef', '--skip-check', '--claude-settings', '--shell', 'bash'];
    const homes = Array.from({ length: 12 }, () => new TestMachine());
    const contents = (home: TestMachine): string[] => [home.read('.bashrc'), home.read('.claude/settings.json')];
    const start = (home: TestMachine) =>
      spawn(process.execPath, [fileOf('revenium-metering'), ...args], {
        env: { PATH: process.env.PATH, HOME: home.home, SHELL: '/bin/bash' },
        stdio: 'ignore',
      });
    let killed = 0;
    const fresh: string[][] = [];
    for (const [i, home] of homes.entries()) {
      home.write('.bashrc', bashrc);
      home.write('.claude/settings.json', settings);
      const child = start(home);
      const ended = new Promise<NodeJS.Signals | null>((resolve) =>
        child.on('exit', (_, signal) => {
          resolve(signal);
        }),
      );
      // The first is left alone, to see what new is; the others die from the first sign of work on.
      if (i > 0) {
        while (!existsSync(home.path('.local')) && child.exitCode === null)
          await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setTimeout(resolve, (i - 1) * 2));
        child.kill('SIGKILL');
      }
      if ((await ended) === 'SIGKILL') killed++;
      if (i === 0) fresh.push(contents(home));
      const [bash, json] = contents(home);
      expect([bashrc, fresh[0]?.[0]]).toContain(bash);
      expect([settings, fresh[0]?.[1]]).toContain(json);
    }
    expect(killed).toBeGreaterThan(3);
    // The lock of a dead process is taken over.
    const home = homes.find((each) => existsSync(each.path('.local/state/revenium/lock'))) ?? homes[1];
    if (!home) throw new Error('no home');
    expect(await new Promise((resolve) => start(home).on('exit', resolve))).toBe(0);
    expect(contents(home)).toEqual(fresh[0]);
    for (const each of homes) each.remove();
  });
});
