import type { PlatformPath } from 'node:path';
import * as nodeFs from 'node:fs/promises';
import { errorCode, Failure } from '../errors.ts';

/** The part of node's `fs/promises` that setup needs; tests hand in one that lives in memory, or one that fails. */
export type Disk = Pick<
  typeof nodeFs,
  'readFile' | 'readdir' | 'open' | 'rename' | 'unlink' | 'rm' | 'stat' | 'readlink' | 'mkdir' | 'rmdir' | 'chown'
>;

export const realDisk: Disk = nodeFs;

const REASONS: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  EACCES: ['permission denied', 'Make it writable for you, or run this as its owner.'],
  EPERM: ['not permitted', 'Make it writable for you, or run this as its owner.'],
  EROFS: ['the file system is read-only', 'If your dotfiles are generated (Nix, chezmoi), use --skip-shell-update.'],
  ENOSPC: ['the disk is full', 'Free some space and run this again.'],
  EDQUOT: ['your disk quota is used up', 'Free some space and run this again.'],
  EISDIR: ['a folder is in the way', 'Move that folder away and run this again.'],
  ENOTDIR: ['a file is in the way where a folder belongs', 'Move that file away and run this again.'],
  EEXIST: ['a file is in the way where a folder belongs', 'Move that file away and run this again.'],
  ELOOP: ['its symbolic links lead in a circle', 'Mend the link and run this again.'],
};

/** A file system's refusal in words. `doing`: "cannot write". */
export function diskFailure(error: unknown, doing: string, path: string): Failure {
  if (error instanceof Failure) return error;
  const [what, hint] = REASONS[errorCode(error) ?? ''] ?? [error instanceof Error ? error.message : String(error), ''];
  return new Failure(`${doing} ${path}: ${what}`, {
    cause: error,
    ...(hint && { hint: `Nothing was changed. ${hint}` }),
  });
}

const MAX_LINKS = 40;

/** Where a write to `path` has to go: symbolic links are followed, a missing target included. */
export async function throughLinks(disk: Disk, path: string, paths: PlatformPath): Promise<string> {
  let at = path;
  for (let i = 0; i < MAX_LINKS; i++) {
    let link: string;
    try {
      link = await disk.readlink(at);
    } catch (error) {
      // EINVAL: not a link; UNKNOWN is what Windows says of some files.
      if (['EINVAL', 'ENOENT', 'ENOTDIR', 'UNKNOWN'].includes(errorCode(error) ?? '')) return at;
      throw error;
    }
    at = paths.isAbsolute(link) ? link : paths.join(paths.dirname(at), link);
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
}
