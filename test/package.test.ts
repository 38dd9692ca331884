import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
  bin: Record<string, string>;
};

interface LockedPackage {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

describe('package-lock.json', () => {
  const text = readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> };

  it('holds the binaries of every platform, so that it installs on each', () => {
    const missing = Object.entries(packages).flatMap(([where, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${where}/node_modules/${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });

  it('names no host', () => {
    expect(text).not.toContain('"resolved"');
  });
});

describe('the packed package', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'revenium-pack-'));
  const installed = path.join(directory, 'node_modules', manifest.name);
  // Records every module that a process loads.
  const hook = path.join(directory, 'trace.mjs');
  const trace = path.join(directory, 'trace.txt');

  beforeAll(() => {
    execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory], {
      cwd: ROOT,
      shell: true,
    });
    const [archive = ''] = readdirSync(directory).filter((name) => name.endsWith('.tgz'));
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['-xzf', path.join(directory, archive), '--strip-components=1', '-C', installed]);
    // Its dependencies are the ones installed here.
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(installed, 'node_modules'), 'junction');
    writeFileSync(
      path.join(directory, 'hooks.mjs'),
      `import { appendFileSync } from 'node:fs';
       export async function load(url, context, next) { appendFileSync(${JSON.stringify(trace)}, url + '\\n'); return next(url, context); }`,
    );
    writeFileSync(hook, `import { register } from 'node:module'; register('./hooks.mjs', import.meta.url);`);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const run = (binary: string, ...args: string[]) =>
    spawnSync(process.execPath, ['--import', hook, path.join(installed, manifest.bin[binary] ?? ''), ...args], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });

  it.each(Object.keys(manifest.bin))('%s answers --version and --help without loading anything heavy', (binary) => {
    writeFileSync(trace, '');
    expect(run(binary, '--version')).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
    const help = run(binary, '--help');
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toContain(`Usage: ${binary}`);
    const loaded = readFileSync(trace, 'utf8');
    expect(loaded).toContain('commander');
    expect(loaded.split('\n').filter((url) => /duckdb|fastify|inquirer|undici|pino|zod|protobufjs/.test(url))).toEqual(
      [],
    );
  });

  it('exports its public interface', () => {
    const script = `import('${manifest.name}').then((m) => console.log(Object.keys(m).sort().join(' ')))`;
    const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: directory, encoding: 'utf8' });
    expect(stdout.split(' ')).toEqual(expect.arrayContaining(['VERSION', 'claudeKey', 'eventId', 'join', 'observe']));
  });
});
