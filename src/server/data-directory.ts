import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { makeDirectory } from '../make-directory.ts';

/** Where a server keeps its data unless told otherwise; null where there is no home directory. */
export function defaultDataDirectory(place: {
  platform: NodeJS.Platform;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
}): string | null {
  const { platform, home, env } = place;
  // An empty or relative value counts as unset, as the XDG specification has it.
  const named = platform === 'win32' ? env.LOCALAPPDATA : platform === 'darwin' ? undefined : env.XDG_DATA_HOME;
  if (named && path.isAbsolute(named)) return path.join(named, 'revenium');
  if (home === '') return null;
  if (platform === 'win32') return path.join(home, 'AppData', 'Local', 'revenium');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'revenium');
  return path.join(home, '.local', 'share', 'revenium');
}

/** How commands on the same machine reach the running server. */
export interface LocalServer {
  url: string;
  /** Works while that process runs. */
  key: string;
  pid: number;
}

const FILE = 'server.json';

/** Readable by its owner only, from the first byte. */
export async function announceServer(directory: string, server: LocalServer): Promise<void> {
  await makeDirectory(directory);
  await writeFileAtomic(path.join(directory, FILE), `${JSON.stringify(server)}\n`, { mode: 0o600 });
}

export async function withdrawServer(directory: string): Promise<void> {
  await rm(path.join(directory, FILE), { force: true });
}

/** Null where no server has announced itself. */
export async function findServer(directory: string): Promise<LocalServer | null> {
  try {
    return JSON.parse(await readFile(path.join(directory, FILE), 'utf8')) as LocalServer;
  } catch {
    return null;
  }
}
