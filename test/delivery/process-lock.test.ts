import { existsSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LockOptions } from '../../src/delivery/process-lock.ts';
import { LockHeld, LockLost, STALE_MS, acquireLock } from '../../src/delivery/process-lock.ts';
import { PATIENTLY } from '../support/patience.ts';
import { tempDir } from '../support/temp-dir.ts';

let folder: string;
/** The same folder by another name: two processes in one. */
let alias: string;

beforeEach(() => {
  const dir = tempDir();
  folder = path.join(dir, 'home', 'revenium');
  alias = path.join(dir, 'alias');
  symlinkSync(folder, alias);
});

const options = (given: Partial<LockOptions> = {}): LockOptions => ({
  folder,
  name: 'sync',
  what: 'another sync',
  pid: 100,
  host: 'here',
  isRunning: () => false,
  now: () => Date.UTC(2026, 10, 20, 12),
  sleep: async (ms) => {
    await sleep(ms);
  },
  ...given,
});
const lockPath = (): string => path.join(folder, 'sync.lock');

const growStale = (): void => {
  const old = new Date(Date.now() - STALE_MS - 1000);
  utimesSync(lockPath(), old, old);
};

describe('a lock', () => {
  it('is free again after its release, and leaves nothing behind', async () => {
    for (let n = 0; n < 2; n++) {
      const lock = await acquireLock(options());
      await lock.check();
      await lock.release();
    }
    expect(existsSync(lockPath())).toBe(false);
    expect(existsSync(path.join(folder, 'sync.holder.json'))).toBe(false);
  });

  it('names its holder, and since when', async () => {
    const lock = await acquireLock(options());
    const second = acquireLock(options({ folder: alias, pid: 200, isRunning: (pid) => pid === 100 }));
    await expect(second).rejects.toThrow(LockHeld);
    await expect(second).rejects.toThrow(
      'another sync is at work: process 100 on here, since 2026-11-20T12:00:00.000Z',
    );
    await lock.release();
  });

  it('of a process that is gone is taken over at once', async () => {
    const lock = await acquireLock(options());
    const started = Date.now();
    const second = await acquireLock(options({ folder: alias, pid: 200 }));
    // Long before it would have grown stale.
    expect(Date.now() - started).toBeLessThan(STALE_MS);
    await expect(lock.check()).rejects.toThrow(LockLost);
    await second.check();
    await second.release();
  });

  it('of a process id that is somebody else’s by now is taken over when no heartbeat comes', async () => {
    await acquireLock(options());
    growStale();
    const second = await acquireLock(options({ folder: alias, pid: 200, isRunning: () => true }));
    await second.check();
    await second.release();
  });

  it('of another machine holds while its heart beats', async () => {
    const lock = await acquireLock(options({ host: 'there' }));
    await expect(acquireLock(options({ folder: alias }))).rejects.toThrow('process 100 on there');
    await lock.release();
  });

  it('that was made anew is not mistaken for the one that its last holder left behind', async () => {
    const first = await acquireLock(options());
    const holder = readFileSync(path.join(folder, 'sync.holder.json'));
    await first.release();
    const second = await acquireLock(options({ host: 'there', pid: 300 }));
    // As in the moment before the new holder has said who it is.
    writeFileSync(path.join(folder, 'sync.holder.json'), holder);
    await expect(acquireLock(options({ folder: alias, pid: 200 }))).rejects.toThrow(LockHeld);
    expect(existsSync(lockPath())).toBe(true);
    await second.release();
  });

  it('tells who has lost it, and lets them take nothing away', async () => {
    const lost = await acquireLock(options({ host: 'there' }));
    growStale();
    const winner = await acquireLock(options({ folder: alias, pid: 200 }));
    await expect(lost.check()).rejects.toThrow('another sync has taken over');
    await expect.poll(() => lost.signal.aborted, PATIENTLY).toBe(true);
    expect(lost.signal.reason).toBeInstanceOf(LockLost);
    await lost.release();
    await winner.check();
    expect(existsSync(lockPath())).toBe(true);
    await winner.release();
  });
});
