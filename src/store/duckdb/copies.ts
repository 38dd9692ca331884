import { randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { chmod, copyFile, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Backup } from '../store.ts';
import { StoreUnavailable } from '../store.ts';

/** Copies are made beside the database, for as long as somebody reads them. */
const COPY = /^backup-[\w-]+\.copy$/;

/** @throws StoreUnavailable where the disk has no room for it */
export async function copyOf(file: string): Promise<string> {
  const copy = path.join(path.dirname(file), `backup-${randomUUID()}.copy`);
  try {
    await copyFile(file, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await chmod(copy, 0o600);
    return copy;
  } catch (cause) {
    await rm(copy, { force: true });
    throw new StoreUnavailable('the database could not be copied', { cause });
  }
}

/** The copy is removed once its stream is closed. */
export async function openCopy(copy: string): Promise<Backup> {
  const { size } = await stat(copy);
  const content = createReadStream(copy);
  content.once('close', () => void rm(copy, { force: true }).catch(() => undefined));
  return { bytes: size, content };
}

/** Removes what a server that was killed meanwhile has left. */
export async function removeCopies(directory: string): Promise<void> {
  for (const name of await readdir(directory))
    if (COPY.test(name)) await rm(path.join(directory, name), { force: true });
}
