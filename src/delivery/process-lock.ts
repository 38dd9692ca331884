import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { lock } from 'proper-lockfile';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { Failure } from '../errors.ts';
import { errorCode } from '../errors.ts';

/**
 * One process at a time, on one machine or several that share a folder. The lock is kept alive by a heartbeat, so
 * that a process which was killed or suspended loses it; what its process id has become since is of no matter.
 */

/** A lock whose heartbeat is older is taken over. */
export const STALE_MS = 10_000;
const HEARTBEAT_MS = 2000;
const POLL_MS = 100;

const holderSchema = z.object({ pid: z.int(), host: z.string(), sinceMs: z.int(), token: z.string() });
type Holder = z.infer<typeof holderSchema>;

export interface LockOptions {
  /** Where the lock lies; made if absent, for its owner alone. */
  folder: string;
  /** `sync`: the lock is `sync.lock`. */
  name: string;
  /** For messages: `another sync`. */
  what: string;
  pid: number;
  host: string;
  /** Whether a process of this machine runs. Only believed for "yes". */
  isRunning: (pid: number) => boolean;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

export interface ProcessLock {
  /** Aborted, with a `LockLost`, when somebody else has taken the lock over. */
  signal: AbortSignal;
  /** For the moment before something is written that only the holder may write. @throws LockLost */
  check: () => Promise<void>;
  release: () => Promise<void>;
}

export class LockHeld extends Failure {}

export class LockLost extends Failure {
  constructor(what: string, cause?: unknown) {
    super(`${what} has taken over, while this process was suspended or could not write`, { cause, retryable: true });
  }
}

/** @throws LockHeld naming who holds it since when, Failure where the folder cannot be written */
export async function acquireLock(options: LockOptions): Promise<ProcessLock> {
  const { folder, name, what, now } = options;
  const paths = { lock: path.join(folder, `${name}.lock`), holder: path.join(folder, `${name}.holder.json`) };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lost = new AbortController();
  const release = await take(paths, options, (cause) => lost.abort(new LockLost(what, cause)));
  const holder: Holder = { pid: options.pid, host: options.host, sinceMs: now(), token: randomUUID() };
  await writeFileAtomic(paths.holder, JSON.stringify(holder), { mode: 0o600, fsync: false });
  const isOurs = async (): Promise<boolean> => (await readHolder(paths.holder))?.token === holder.token;
  return {
    signal: lost.signal,
    check: async () => {
      lost.signal.throwIfAborted();
      if (!(await isOurs())) throw new LockLost(what);
    },
    release: async () => {
      if (lost.signal.aborted || !(await isOurs())) return;
      await rm(paths.holder, { force: true });
      await release();
    },
  };
}

interface Paths {
  lock: string;
  holder: string;
}

async function take(
  paths: Paths,
  options: LockOptions,
  onLost: (cause: unknown) => void,
): Promise<() => Promise<void>> {
  const { folder, what, sleep } = options;
  let firstBeat: number | null = null;
  for (;;) {
    try {
      return await lock(folder, {
        lockfilePath: paths.lock,
        realpath: false,
        stale: STALE_MS,
        update: HEARTBEAT_MS,
        onCompromised: onLost,
      });
    } catch (error) {
      if (errorCode(error) !== 'ELOCKED') throw new Failure(`cannot lock ${paths.lock}`, { cause: error });
    }
    const holder = await readHolder(paths.holder);
    const beat = await lastBeat(paths.lock);
    firstBeat ??= beat;
    // Its process may belong to somebody else by now, but then the next heartbeat fails to come.
    const alive = holder !== null && holder.host === options.host && options.isRunning(holder.pid);
    if (alive || (beat !== null && beat !== firstBeat)) throw held(holder, what);
    await sleep(POLL_MS);
  }
}

function held(holder: Holder | null, what: string): LockHeld {
  const who = holder
    ? `process ${holder.pid} on ${holder.host}, since ${new Date(holder.sinceMs).toISOString()}`
    : 'a process that has not said who it is';
  return new LockHeld(`${what} is at work: ${who}`, {
    hint: 'Wait for it to end, or stop it. A lock left behind is taken over by itself.',
    retryable: true,
  });
}

async function lastBeat(file: string): Promise<number | null> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return null;
  }
}

async function readHolder(file: string): Promise<Holder | null> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}
