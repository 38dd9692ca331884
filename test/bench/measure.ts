import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What one run of a program took. */
export interface Measured {
  wallS: number;
  /** User and system time of all its threads and children. */
  cpuS: number;
  /** At its peak. */
  memoryMB: number;
  stdout: string;
}

const TIME = '/usr/bin/time';
export const canMeasure = (): boolean => existsSync(TIME);

/** Runs a program under GNU time. */
export async function measure(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Measured> {
  const report = path.join(os.tmpdir(), `revenium-bench-${process.pid}-${Math.random()}`);
  const timed = ['-o', report, '-f', '%e %U %S %M', program, ...args];
  const child = spawn(TIME, timed, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stderr}`);
  const [wall = 0, user = 0, system = 0, kilobytes = 0] = readFileSync(report, 'utf8').trim().split(' ').map(Number);
  rmSync(report);
  return { wallS: wall, cpuS: user + system, memoryMB: kilobytes / 1024, stdout };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** `name  wall 0.71 (0.68)  cpu …`: median, and the least in parentheses. */
export function line(name: string, runs: readonly Measured[], bytes: number): string {
  const shown = (of: (run: Measured) => number, digits: number): string => {
    const values = runs.map(of);
    return `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)})`;
  };
  const walls = runs.map(({ wallS }) => wallS);
  return [
    name.padEnd(34),
    `wall ${shown((run) => run.wallS, 2)} s`,
    `cpu ${shown((run) => run.cpuS, 2)} s`,
    `memory ${shown((run) => run.memoryMB, 0)} MB`,
    `${(bytes / 1e9 / median(walls)).toFixed(2)} GB/s`,
  ].join('  ');
}
