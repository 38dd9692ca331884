import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';

/** What a ClickHouse for tests is made of; fetched and compiled by whoever needs it first. */
export interface Binaries {
  host: string;
  library: string;
}

const here = import.meta.dirname;

export function binaries(): Binaries {
  const library = findLibrary() ?? fetchLibrary();
  const source = path.join(here, 'host.c');
  const version = hash('sha256', readFileSync(source)).slice(0, 8);
  const host = path.join(here, 'node_modules', `.host-${version}`);
  if (!existsSync(host)) compile(source, host);
  return { host, library };
}

function findLibrary(): string | null {
  const scope = path.join(here, 'node_modules', '@chdb');
  const [folder] = existsSync(scope) ? readdirSync(scope) : [];
  return folder === undefined ? null : path.join(scope, folder, 'libchdb.so');
}

function fetchLibrary(): string {
  run('npm', ['install', '--no-package-lock', '--no-audit', '--no-fund'], here);
  const library = findLibrary();
  if (library === null) throw new Error('there is no libchdb for this platform: ClickHouse runs on Linux and macOS');
  return library;
}

// Two test runs may do so at the same time.
function compile(source: string, host: string): void {
  const made = `${host}.${process.pid}`;
  run('cc', ['-O1', '-o', made, source, '-ldl', '-lpthread'], here);
  renameSync(made, host);
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { status, error, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
}
