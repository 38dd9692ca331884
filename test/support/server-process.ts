import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** The built `revenium-server`, as a process of its own. */

const BINARY = path.resolve(import.meta.dirname, '../../bin/revenium-server.cjs');

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  /** Resolves when it has ended, by itself or by a signal. */
  finished: Promise<Finished>;
}

export interface RunOptions {
  env?: Record<string, string>;
  spawn?: SpawnOptions;
}

/** Starts any of its commands; it does not outlive the test. */
export function run(args: readonly string[], { env = {}, spawn: options = {} }: RunOptions = {}): Running {
  const child = spawn(process.execPath, [BINARY, ...args], {
    ...options,
    env: { PATH: process.env.PATH, HOME: '/nonexistent', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await finished;
  });
  return { child, stdout: () => stdout, stderr: () => stderr, finished };
}

export interface RunningServer extends Running {
  url: string;
  org: string;
  /** Of the first start only. */
  adminKey?: string;
}

/** `start` on a free port; resolves when the server is ready. */
export async function startServer(
  data: string,
  options: RunOptions & { args?: string[] } = {},
): Promise<RunningServer> {
  const args = ['start', '--data', data, '--port', '0', '--json', ...(options.args ?? [])];
  const running = run(args, options);
  const ready = new Promise<void>((resolve) => {
    running.child.stdout?.on('data', () => {
      if (running.stdout().includes('\n')) resolve();
    });
  });
  const ended = running.finished.then(({ code, stderr }) => {
    throw new Error(`the server ended with ${code}: ${stderr}`);
  });
  // Its ending later is the test's affair.
  ended.catch(() => undefined);
  await Promise.race([ready, ended]);
  const announced = JSON.parse(running.stdout()) as Pick<RunningServer, 'url' | 'org' | 'adminKey'>;
  return { ...running, ...announced };
}

export interface ApiAnswer<T> {
  status: number;
  body: T;
}

/** One request of the server's JSON API. */
export async function api<T>(
  url: string,
  key: string,
  { method = 'GET', body }: { method?: string; body?: unknown } = {},
): Promise<ApiAnswer<T>> {
  const response = await fetch(url, {
    method,
    headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // Every answer of the API is JSON, of the shape that the test expects and asserts on.
  return { status: response.status, body: (await response.json()) as T };
}
