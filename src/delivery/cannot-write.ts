import { Failure, errorCode } from '../errors.ts';

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  ENOTDIR: 'a file is in the way where a folder belongs',
  EEXIST: 'a file is in the way where a folder belongs',
  EISDIR: 'a folder is in the way',
};

/** What to throw where a place of ours cannot be written: what was delivered has to be noted somewhere. */
export const cannotWrite =
  (place: string) =>
  (cause: unknown): never => {
    if (cause instanceof Failure) throw cause;
    const code = errorCode(cause);
    const why = (code && (WHY[code] ?? code)) ?? (cause instanceof Error ? cause.message : String(cause));
    throw new Failure(`cannot write ${place}: ${why}`, {
      cause,
      hint: 'What was delivered is noted there: make it writable for you, and run this again.',
    });
  };
