import type { Stats } from 'node:fs';
import type { PlatformPath } from 'node:path';
import { errorCode, Failure } from '../errors.ts';
import type { Disk } from './disk.ts';
import { diskFailure, throughLinks } from './disk.ts';
import type { FileEdit } from './file-edit.ts';

/**
 * Makes planned edits happen: all of them, or none. Every new content is first written beside its file, complete and
 * on disk; only when all are there do renames put them in place, so that whatever stops us leaves every file old or
 * new. Links are followed, mode and owner kept.
 */

interface Staged {
  edit: FileEdit;
  /** The file itself, links followed. */
  target: string;
  /** The new content beside it; null where the file goes. */
  temporary: string | null;
  oldMode: number | null;
}

export interface Tools {
  disk: Disk;
  paths: PlatformPath;
  /** Folders made on the way, outermost first. */
  made: string[];
}

async function statOrNull(disk: Disk, path: string): Promise<Stats | null> {
  try {
    return await disk.stat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Makes a folder and those above it that are missing, for its owner alone. */
export async function makeFolder({ disk, paths, made }: Tools, folder: string): Promise<void> {
  const there = await statOrNull(disk, folder);
  if (there?.isDirectory()) return;
  if (there) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
  const parent = paths.dirname(folder);
  await makeFolder({ disk, paths, made }, parent);
  try {
    await disk.mkdir(folder, { mode: 0o700 });
  } catch (error) {
    // Somebody else has just made it, or made something else of it.
    if (errorCode(error) === 'EEXIST' && (await statOrNull(disk, folder))?.isDirectory()) return;
    throw error;
  }
  made.push(folder);
  const owner = await disk.stat(parent);
  // Root working in somebody's home must not leave folders there that they cannot use.
  if ((await disk.stat(folder)).uid !== owner.uid)
    await disk.chown(folder, owner.uid, owner.gid).catch(() => undefined);
}

async function checkUnchanged(disk: Disk, { path, before }: FileEdit): Promise<void> {
  const there = await statOrNull(disk, path);
  if (there?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  // A file that its owner has protected from writing stays protected, though a rename could get past that.
  if (there && (there.mode & 0o222) === 0) throw Object.assign(new Error('read-only'), { code: 'EACCES' });
  const now = there ? await disk.readFile(path) : null;
  if (now === null ? before !== null : !before?.equals(now))
    throw new Failure(`${path} has changed in the meantime`, {
      hint: 'Nothing was changed. Run this again.',
      retryable: true,
    });
}

async function writeBeside(
  { disk, paths, made }: Tools,
  edit: FileEdit,
  target: string,
  bytes: Buffer,
): Promise<string> {
  const folder = paths.dirname(target);
  await makeFolder({ disk, paths, made }, folder);
  const old = await statOrNull(disk, target);
  const mode = edit.mode ?? (old ? old.mode & 0o7777 : null);
  const temporary = paths.join(folder, `.${paths.basename(target)}.revenium-tmp`);
  // One name for all, guarded by setup's lock: what a killed run has left is found and replaced.
  await disk.unlink(temporary).catch(() => undefined);
  const file = await disk.open(temporary, 'wx', mode === null ? 0o666 : 0o600);
  try {
    await file.writeFile(bytes);
    const owner = old ?? (await disk.stat(folder));
    if ((await file.stat()).uid !== owner.uid)
      await file.chown(owner.uid, owner.gid).catch((error: unknown) => {
        if (old) throw error;
      });
    if (mode !== null) await file.chmod(mode);
    await file.sync();
  } catch (error) {
    await file.close();
    await disk.unlink(temporary).catch(() => undefined);
    throw error;
  }
  await file.close();
  return temporary;
}

async function stage(tools: Tools, edit: FileEdit): Promise<Staged> {
  try {
    const target = await throughLinks(tools.disk, edit.path, tools.paths);
    await checkUnchanged(tools.disk, edit);
    const old = await statOrNull(tools.disk, target);
    const temporary = edit.after && (await writeBeside(tools, edit, target, edit.after));
    return { edit, target, temporary, oldMode: old && old.mode & 0o7777 };
  } catch (error) {
    throw diskFailure(error, 'cannot write', edit.path);
  }
}

async function putInPlace(disk: Disk, { edit, target, temporary }: Staged): Promise<void> {
  try {
    if (temporary) await disk.rename(temporary, target);
    else await disk.unlink(target);
  } catch (error) {
    throw diskFailure(error, 'cannot write', edit.path);
  }
}

/** All edits, or a `Failure` and none. */
export async function writeFiles(edits: readonly FileEdit[], disk: Disk, paths: PlatformPath): Promise<void> {
  const tools: Tools = { disk, paths, made: [] };
  const staged: Staged[] = [];
  const done: Staged[] = [];
  try {
    for (const edit of edits) staged.push(await stage(tools, edit));
    for (const each of staged) {
      await putInPlace(disk, each);
      done.push(each);
    }
  } catch (error) {
    await undo(tools, staged, done);
    throw error;
  }
}

/** Best effort: after a refusal in the middle nothing of the whole stays. */
async function undo({ disk, paths, made }: Tools, staged: readonly Staged[], done: readonly Staged[]): Promise<void> {
  for (const { temporary } of staged) if (temporary) await disk.unlink(temporary).catch(() => undefined);
  for (const { edit, oldMode } of done.toReversed()) {
    const back: FileEdit = { path: edit.path, before: edit.after, after: edit.before, mode: oldMode };
    try {
      await putInPlace(disk, await stage({ disk, paths, made }, back));
    } catch {
      // What refused to be written before may refuse again; the error that is thrown says so.
    }
  }
  for (const folder of made.toReversed()) await disk.rmdir(folder).catch(() => undefined);
}

/** Takes folders away that are empty; the others stay, silently. */
export async function removeEmptyFolders(folders: readonly string[], disk: Disk): Promise<void> {
  for (const folder of folders.toSorted((a, b) => b.length - a.length)) await disk.rmdir(folder).catch(() => undefined);
}
