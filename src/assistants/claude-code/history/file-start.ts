import { closeSync, openSync, readSync } from 'node:fs';
import { isoMs } from './iso-time.ts';
import type { SessionFile } from './session-files.ts';

/** Looked at of a file's beginning; a few lines say when it was started. */
export const HEAD_BYTES = 1 << 14;
const HEAD_LINES = 20;
const LINE_FEED = 0x0a;

/**
 * When a session was started: the time of the first line that has one. A fork begins with lines of its own before the
 * copied ones, so that it is younger than its original, which the file system forgets when files are moved.
 * `head`: the file's first `HEAD_BYTES` bytes. Null where they do not say.
 */
export function startOf(head: Buffer): number | null {
  let at = 0;
  for (let line = 0; line < HEAD_LINES && at < head.length; line++) {
    const feed = head.indexOf(LINE_FEED, at);
    // A line that is cut off by the head's end is none.
    if (feed === -1 && head.length === HEAD_BYTES) return null;
    const end = feed === -1 ? head.length : feed;
    const ms = timeOf(head.toString('utf8', at, end));
    if (ms !== null) return ms;
    at = end + 1;
  }
  return null;
}

function timeOf(line: string): number | null {
  try {
    const { timestamp } = JSON.parse(line.replace(/^\uFEFF/, '')) as { timestamp?: unknown };
    return typeof timestamp === 'string' ? isoMs(timestamp) : null;
  } catch {
    return null;
  }
}

/** A file's first bytes, see `startOf`. */
export function readHead({ path }: Pick<SessionFile, 'path'>): Buffer {
  const handle = openSync(path, 'r');
  try {
    return headOf(handle);
  } finally {
    closeSync(handle);
  }
}

/** The same of an open file; overwritten by the next call. */
export const headOf = (handle: number): Buffer => head.subarray(0, readSync(handle, head, 0, HEAD_BYTES, 0));
const head = Buffer.allocUnsafeSlow(HEAD_BYTES);

/** A file, and when its session was started. */
export interface Started {
  file: SessionFile;
  startedMs: number | null;
}

/** The order in which files are joined: the oldest knows best which session a call belongs to. */
export function byStart(a: Started, b: Started): number {
  const start = (a.startedMs ?? a.file.bornMs) - (b.startedMs ?? b.file.bornMs);
  return start || a.file.bornMs - b.file.bornMs || (a.file.path < b.file.path ? -1 : 1);
}
