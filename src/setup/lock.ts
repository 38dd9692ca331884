import type { PlatformPath } from 'node:path';
import { Failure } from '../errors.ts';
import type { Disk } from './disk.ts';
import { diskFailure, errorCode } from './disk.ts';
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
  const paths: PlatformPath = pathsOf(machine);
  const folder = stateFolder(machine);
  const made: string[] = [];
  const { lock } = await import('proper-lockfile');
  let unlock: () => Promise<void>;
  try {
    await makeFolder({ disk, paths, made }, folder);
    const retries = { retries: 60, factor: 1.2, minTimeout: 50, maxTimeout: 400 };
    unlock = await lock(folder, {
      realpath: false,
      stale: STALE_MS,
      retries,
      lockfilePath: paths.join(folder, 'lock'),
    });
  } catch (error) {
    await removeEmptyFolders(made, disk);
    if (errorCode(error) !== 'ELOCKED') throw diskFailure(error, 'cannot write', folder);
    throw new Failure('another setup is at work on this machine', {
      cause: error,
      hint: `Wait for it to end, and run this again. (Its lock is ${paths.join(folder, 'lock')}.)`,
      retryable: true,
    });
  }
  try {
    return await work(made);
  } finally {
    await unlock();
    await removeEmptyFolders(made, disk);
  }
}
