import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { chmod, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import type { Backup } from '../store.ts';
import { StoreUnavailable } from '../store.ts';

/** Copies are made beside the database, for as long as somebody reads them. */
const COPY = /^backup-[\w-]+\.copy$/;

const COPY_IN_A_PROCESS = `
  const [from, to, mode] = process.argv.slice(1);
  require('node:fs').copyFileSync(from, to, Number(mode));
`;

/**
 * In a process of its own: where a process closes any handle on a file, POSIX takes all of its locks on it away, and
 * with them what keeps a second server from the database.
 * @throws StoreUnavailable where the disk has no room for it
 */
export async function copyOf(file: string): Promise<string> {
  const copy = path.join(path.dirname(file), `backup-${randomUUID()}.copy`);
  try {
    const mode = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
    await promisify(execFile)(execPath, ['--eval', COPY_IN_A_PROCESS, '--', file, copy, String(mode)]);
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
