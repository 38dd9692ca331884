import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readlink, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { lock } from 'proper-lockfile';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { Failure, errorCode } from '../errors.ts';
import { cannotWrite } from './cannot-write.ts';

/**
 * One process at a time, on one machine or several that share a folder. The lock is kept alive by a heartbeat, so
 * that a process which was killed or suspended loses it; what its process id has become since is of no matter.
 */

/** A lock whose heartbeat is older is taken over. */
export const STALE_MS = 10_000;
const HEARTBEAT_MS = 2000;
const POLL_MS = 100;

const holderSchema = z.object({
  pid: z.int(),
  host: z.string(),
  /** Where process ids mean the same: containers of one host have their own. */
  space: z.string(),
  sinceMs: z.int(),
  token: z.string(),
  /** Which lock it holds, by the folder that a lock is. */
  lock: z.string(),
});
type Holder = z.infer<typeof holderSchema>;

export interface LockOptions {
  /** Where the lock lies; made if absent, for its owner alone. */
  folder: string;
  /** `sync`: the lock is `sync.lock`. */
  name: string;
  /** For messages: `another sync`. */
  what: string;
  /** How to go on where somebody else holds it; by default: to wait, or to stop that one. */
  hint?: string;
  pid: number;
  host: string;
  /** Whether a process of this machine runs. */
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

interface Paths {
  lock: string;
  holder: string;
}

/** @throws LockHeld naming who holds it since when, Failure where the folder cannot be written */
export async function acquireLock(options: LockOptions): Promise<ProcessLock> {
  const { folder, name, what, pid, host, now } = options;
  const paths = { lock: path.join(folder, `${name}.lock`), holder: path.join(folder, `${name}.holder.json`) };
  const space = await processSpace();
  const lost = new AbortController();
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(cannotWrite(folder));
  const release = await take(paths, space, options, (cause) => lost.abort(new LockLost(what, cause)));
  const token = randomUUID();
  const holder: Holder = { pid, host, space, sinceMs: now(), token, lock: (await identityOf(paths.lock)) ?? '' };
  await writeFileAtomic(paths.holder, JSON.stringify(holder), { mode: 0o600, fsync: false }).catch(
    async (cause: unknown) => {
      await release();
      cannotWrite(paths.holder)(cause);
    },
  );
  const isOurs = async (): Promise<boolean> => (await readHolder(paths.holder))?.token === token;
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

async function take(
  paths: Paths,
  space: string,
  options: LockOptions,
  onLost: (cause: unknown) => void,
): Promise<() => Promise<void>> {
  const { folder, host, isRunning, sleep } = options;
  const settings = { lockfilePath: paths.lock, realpath: false, stale: STALE_MS, update: HEARTBEAT_MS };
  for (let firstBeat: number | null = null; ;) {
    try {
      return await lock(folder, { ...settings, onCompromised: onLost });
    } catch (error) {
      if (errorCode(error) !== 'ELOCKED') cannotWrite(paths.lock)(error);
    }
    const holder = await readHolder(paths.holder);
    const isHere = holder !== null && holder.host === host && holder.space === space;
    // Its process id may be another process's by now; but then no heartbeat comes, and the lock grows stale.
    if (isHere && isRunning(holder.pid)) throw held(holder, options);
    if (isHere && holder.lock !== '' && holder.lock === (await identityOf(paths.lock))) {
      // This very lock was left behind: no need to wait for it to grow stale.
      await rmdir(paths.lock).catch(() => undefined);
      continue;
    }
    const beat = await lastBeat(paths.lock);
    firstBeat ??= beat;
    if (beat !== null && beat !== firstBeat) throw held(holder, options);
    await sleep(POLL_MS);
  }
}

const WAIT = 'Wait for it to end, or stop it.';

function held(holder: Holder | null, { what, hint = WAIT }: LockOptions): LockHeld {
  const who = holder
    ? `process ${holder.pid} on ${holder.host}, since ${new Date(holder.sinceMs).toISOString()}`
    : 'a process that has not said who it is';
  return new LockHeld(`${what} is at work: ${who}`, {
    hint: `${hint} A lock that is left behind is taken over by itself.`,
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

/** Null where a file system does not tell when a folder was made: heartbeats then change what is told instead. */
async function identityOf(file: string): Promise<string | null> {
  try {
    const { ino, birthtimeMs, ctimeMs } = await stat(file);
    return birthtimeMs > 0 && birthtimeMs <= ctimeMs ? `${ino}:${birthtimeMs}` : null;
  } catch {
    return null;
  }
}

/** Empty where there is no such thing. */
async function processSpace(): Promise<string> {
  try {
    return await readlink('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

async function readHolder(file: string): Promise<Holder | null> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}
