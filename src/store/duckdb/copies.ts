import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import type { Backup } from '../store.ts';
import { StoreUnavailable } from '../store.ts';

/** Copies are made beside the database, for as long as somebody reads them. */
const COPY = /^backup-[\w-]+\.copy$/;

/** What writing needs meanwhile. */
const RESERVE_BYTES = 64 << 20;
/** Of the process, where the disk has no room. */
const NO_ROOM = 28;

// Where the file system can share blocks no room is needed; where it cannot, a copy that fills the disk would stop
// whoever writes to the database.
const COPY_IN_A_PROCESS = `
  const fs = require('node:fs');
  const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = fs.constants;
  const [from, to, directory, reserve] = process.argv.slice(1);
  try {
    fs.copyFileSync(from, to, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE);
  } catch {
    const { bavail, bsize } = fs.statfsSync(directory);
    if (bavail * bsize < fs.statSync(from).size + Number(reserve)) process.exit(${NO_ROOM});
    fs.copyFileSync(from, to, COPYFILE_EXCL);
  }
`;

/**
 * In a process of its own: where a process closes any handle on a file, POSIX takes all of its locks on it away, and
 * with them what keeps a second server from the database.
 * @throws StoreUnavailable where the disk has no room for it
 */
export async function copyOf(file: string): Promise<string> {
  const directory = path.dirname(file);
  const copy = path.join(directory, `backup-${randomUUID()}.copy`);
  try {
    const values = [file, copy, directory, String(RESERVE_BYTES)];
    await promisify(execFile)(execPath, ['--eval', COPY_IN_A_PROCESS, '--', ...values]);
    await chmod(copy, 0o600);
    return copy;
  } catch (cause) {
    await rm(copy, { force: true });
    const { code } = cause as { code?: unknown };
    const why = code === NO_ROOM ? `${directory} has no room for a copy of it` : 'see the log of the server';
    throw new StoreUnavailable(`the database could not be copied: ${why}`, { cause });
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
