import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes a directory for its owner alone (0700), and those above it. Part by part: where nothing can be made
 * (`/proc/x`) Node 20's own recursive way never ends, and the system's reason is worth having.
 */
export async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await isDirectory(directory))) return;
    if (code !== 'ENOENT' || (await isDirectory(path.dirname(directory)))) throw error;
    await makeDirectory(path.dirname(directory));
    await makeDirectory(directory);
  }
}

const isDirectory = async (directory: string): Promise<boolean> =>
  (await stat(directory).catch(() => null))?.isDirectory() ?? false;
