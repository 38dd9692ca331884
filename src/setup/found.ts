import type { Stats } from 'node:fs';
import { errorCode } from '../errors.ts';
import type { Disk } from './disk.ts';
import { diskFailure } from './disk.ts';
import type { Machine } from './machine.ts';
import { pathsOf } from './machine.ts';
import type { Manifest } from './manifest.ts';
import { manifestPath, readManifest } from './manifest.ts';

/** A file as setup found it. */
export interface FoundFile {
  /** null: no such file. */
  bytes: Buffer | null;
  mode: number | null;
  /** Why it cannot be read; it then counts as missing until somebody wants to change it. */
  trouble: Error | null;
}

/** All that planning looks at. */
export interface Found {
  files: ReadonlyMap<string, FoundFile>;
  /** Of the folders that any of the files stands in: those that are not there. */
  missingFolders: ReadonlySet<string>;
  /** Folders that were made a moment ago, by us. */
  made: readonly string[];
  manifest: Manifest;
}

const ABSENT: FoundFile = { bytes: null, mode: null, trouble: null };

/** Throws the trouble that a file is in, for one that is to be changed. */
export function foundFile(found: Found, path: string): FoundFile {
  const file = found.files.get(path) ?? ABSENT;
  if (file.trouble) throw diskFailure(file.trouble, 'cannot read', path);
  return file;
}

async function readOne(disk: Disk, path: string): Promise<FoundFile> {
  try {
    const stat: Stats = await disk.stat(path);
    if (stat.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    return { bytes: Buffer.from(await disk.readFile(path)), mode: stat.mode & 0o7777, trouble: null };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ABSENT;
    return { ...ABSENT, trouble: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function isThere(disk: Disk, path: string): Promise<boolean> {
  try {
    await disk.stat(path);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ENOENT';
  }
}

/** Reads the files named, and those that the manifest names. `made`: see `Found`. */
export async function lookAt(
  paths: readonly string[],
  machine: Machine,
  disk: Disk,
  made: readonly string[] = [],
): Promise<Found> {
  const remembered = manifestPath(machine);
  const record = await readOne(disk, remembered);
  if (record.trouble) throw diskFailure(record.trouble, 'cannot read', remembered);
  const manifest = readManifest(record.bytes, remembered);
  const wanted = new Set([...paths, ...manifest.files.map(({ path }) => path)]);
  const files = new Map([[remembered, record]]);
  for (const path of wanted) files.set(path, await readOne(disk, path));
  const missingFolders = new Set<string>();
  const at = pathsOf(machine);
  for (const path of files.keys())
    for (let folder = at.dirname(path); !missingFolders.has(folder); folder = at.dirname(folder)) {
      if (await isThere(disk, folder)) break;
      missingFolders.add(folder);
    }
  return { files, missingFolders, made, manifest };
}
