import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeDirectory } from '../../make-directory.ts';
import { DatabaseInUse, databaseFile, openDatabase } from './database.ts';

/** There is a database where one was to be restored. */
export class DatabaseExists extends Error {
  override readonly name = 'DatabaseExists';
}

export interface RestoreOptions {
  /** What `backup` has written. */
  file: string;
  /** Data directory of a server that does not run. */
  directory: string;
  /** Put the database that is there aside. */
  replace: boolean;
}

/**
 * Puts a backup in the place of a server's database, whole or not at all. Answers where the one before was put, null
 * where there was none.
 * @throws ForeignDatabase the backup is damaged, or none, or of a newer release
 * @throws DatabaseInUse a server is running from the directory
 * @throws DatabaseExists
 */
export async function restoreDatabase({ file, directory, replace }: RestoreOptions): Promise<string | null> {
  await makeDirectory(directory);
  const target = databaseFile(directory);
  const exists = await isThere(target);
  if (exists && !replace) throw new DatabaseExists(`${target} exists`);
  if (exists) await refuseRunning(directory);
  // In a directory of its own: opening it makes a log beside it, and brings it to this release's schema.
  const workplace = path.join(directory, `restore-${randomUUID()}`);
  await mkdir(workplace, { mode: 0o700 });
  try {
    await copyFile(file, databaseFile(workplace), constants.COPYFILE_FICLONE);
    await chmod(databaseFile(workplace), 0o600);
    const database = await openDatabase({ directory: workplace });
    await database.checkpoint().finally(() => database.close());
    const aside = await keepAside(target, exists);
    await rename(databaseFile(workplace), target);
    return aside;
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}

/** Of the engine, beside its file; the latter two while it folds the first in. */
const LOGS = ['.wal', '.wal.checkpoint', '.wal.recovery'];

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

// One that cannot be opened for any other reason is what a restore is for.
async function refuseRunning(directory: string): Promise<void> {
  try {
    await (await openDatabase({ directory })).close();
  } catch (error) {
    if (error instanceof DatabaseInUse) throw error;
  }
}

// At no moment is there no database: a server that started then would begin an empty one.
async function keepAside(target: string, exists: boolean): Promise<string | null> {
  const aside = `${target}.before-restore-${randomUUID().slice(0, 8)}`;
  const copy = (): Promise<void> => copyFile(target, aside, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  if (exists) await link(target, aside).catch(copy);
  // Its logs belong to it, and must not be read into the other.
  for (const log of LOGS) if (await isThere(`${target}${log}`)) await rename(`${target}${log}`, `${aside}${log}`);
  return exists ? aside : null;
}
