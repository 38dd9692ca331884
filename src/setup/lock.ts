import { errorCode, Failure } from '../errors.ts';
import type { Disk } from './disk.ts';
import { diskFailure } from './disk.ts';
import type { Machine } from './machine.ts';
import { pathsOf, stateFolder } from './machine.ts';
import { makeFolder, removeEmptyFolders } from './write-files.ts';

/** A killed setup's lock is taken over after this long. */
const STALE_MS = 5000;

/**
 * Lets one setup at a time work on this machine's files; others wait their turn. `work` is told which folders had to
 * be made for the lock. Folders that are empty afterwards go again.
 */
export async function withSetupLock<T>(machine: Machine, disk: Disk, work: (made: string[]) => Promise<T>): Promise<T> {
  const made: string[] = [];
  try {
    const unlock = await takeLock(machine, disk, made);
    try {
      return await work(made);
    } finally {
      await unlock();
    }
  } finally {
    await removeEmptyFolders(made, disk);
  }
}

async function takeLock(machine: Machine, disk: Disk, made: string[]): Promise<() => Promise<void>> {
  const paths = pathsOf(machine);
  const folder = stateFolder(machine);
  const lockfilePath = paths.join(folder, 'lock');
  const { lock } = await import('proper-lockfile');
  const retries = { retries: 60, factor: 1.2, minTimeout: 50, maxTimeout: 400 };
  for (let attempt = 1; ; attempt++) {
    try {
      await makeFolder({ disk, paths, made }, folder);
      return await lock(folder, { realpath: false, stale: STALE_MS, retries, lockfilePath });
    } catch (error) {
      // One that has just ended took the empty folder away again.
      if (errorCode(error) === 'ENOENT' && attempt < 10) continue;
      if (errorCode(error) !== 'ELOCKED') throw diskFailure(error, 'cannot write', folder);
      throw new Failure('another setup is at work on this machine', {
        cause: error,
        hint: `Wait for it to end, and run this again. (Its lock is ${lockfilePath}.)`,
        retryable: true,
      });
    }
  }
}
