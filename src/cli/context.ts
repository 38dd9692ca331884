import { homedir, hostname } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { proxyFetch } from './proxy-fetch.ts';

export interface Io {
  stdin: Readable;
  /** Results. */
  stdout: Writable;
  /** Progress, notices and errors. */
  stderr: Writable;
  stdinTTY: boolean;
  stdoutTTY: boolean;
  stderrTTY: boolean;
  columns: number;
  color: boolean;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** All that a command knows of the world outside. Below this folder the parts of it are handed in. */
export interface Context {
  io: Io;
  env: Env;
  home: string;
  cwd: string;
  platform: NodeJS.Platform;
  pid: number;
  /** The process that started us: usually the shell. */
  parentPid: number;
  host: string;
  /** The user's number; null on Windows. */
  uid: number | null;
  /** How this program was started: by which node, and by which script. */
  program: { node: string; script: string };
  /** Whether a process of this machine runs. */
  isRunning: (pid: number) => boolean;
  /** Milliseconds UTC. */
  now: () => number;
  fetch: typeof fetch;
  /** Ends early, by rejecting, when `signal` is aborted. */
  sleep: (ms: number) => Promise<void>;
  /** Aborted by SIGINT and SIGTERM; its reason is an `Interrupted`. */
  signal: AbortSignal;
  /** Calls back at each SIGHUP, which by custom asks for the configuration to be read again. Returns how to stop that. */
  onHangup: (listener: () => void) => () => void;
}

/** NO_COLOR counts when it is set to anything but the empty string (no-color.org). */
const wantsColor = (env: Env, terminal: boolean): boolean =>
  !env.NO_COLOR && env.TERM !== 'dumb' && (terminal || Boolean(env.FORCE_COLOR));

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process runs too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const ignore = (): void => undefined;

function onHangup(listener: () => void): () => void {
  // On Windows it means that the console is being closed.
  if (process.platform === 'win32') return () => undefined;
  process.on('SIGHUP', listener);
  // Once asked for, the signal is never again what ends a process that nobody happens to be listening in.
  if (!process.listeners('SIGHUP').includes(ignore)) process.on('SIGHUP', ignore);
  return () => void process.off('SIGHUP', listener);
}

export function createContext(signal: AbortSignal): Context {
  const { stdin, stdout, stderr, env } = process;
  return {
    io: {
      stdin,
      stdout,
      stderr,
      stdinTTY: stdin.isTTY,
      stdoutTTY: stdout.isTTY,
      stderrTTY: stderr.isTTY,
      columns: stdout.columns || stderr.columns || 80,
      color: wantsColor(env, stdout.isTTY),
    },
    env,
    home: homedir(),
    cwd: process.cwd(),
    platform: process.platform,
    pid: process.pid,
    parentPid: process.ppid,
    host: hostname(),
    uid: process.getuid?.() ?? null,
    program: { node: process.execPath, script: process.argv[1] ?? '' },
    isRunning,
    now: Date.now,
    fetch: proxyFetch(env, globalThis.fetch),
    sleep: async (ms) => {
      await delay(ms, undefined, { signal });
    },
    signal,
    onHangup,
  };
}
