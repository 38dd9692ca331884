import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { CURSOR_KEY } from './cursor-api.ts';

/** The built `revenium-cursor`, as a process of its own. */

const BINARY = path.resolve(import.meta.dirname, '../../bin/revenium-cursor.js');

export interface CursorSetting {
  home: string;
  /** Where Cursor's API is. */
  cursorUrl: string;
  endpoint: string;
  apiKey: string;
  env?: Record<string, string>;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface CursorProcess {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  ended: Promise<Ended>;
}

/** Starts any of its commands; it does not outlive the test. */
export function startCursor(args: readonly string[], setting: CursorSetting): CursorProcess {
  const child = spawn(process.execPath, [BINARY, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: setting.home,
      NO_COLOR: '1',
      CURSOR_API_KEY: CURSOR_KEY,
      CURSOR_API_BASE_URL: setting.cursorUrl,
      REVENIUM_API_KEY: setting.apiKey,
      REVENIUM_ENDPOINT: setting.endpoint,
      ...setting.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}
