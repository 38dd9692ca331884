import type { SessionFile } from '../session-files.ts';
import type { CallTable } from './call-table.ts';
import type { FileQueue } from './file-queue.ts';
import type { FileScan } from './file-scanner.ts';
import { FileScanner } from './file-scanner.ts';
import { LineFolder } from './line-folder.ts';
import type { StringStore } from './string-store.ts';

/** What one thread read. */
export interface Batch {
  table: CallTable;
  strings: StringStore;
  /** By the files' numbers in the queue. */
  scans: { file: number; scan: FileScan }[];
  problems: { path: string; message: string }[];
}

/** About so many bytes of session files make one call. */
export const BYTES_PER_CALL = 20_000;

export const messageOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
};

/** Reads files until the queue is empty; pauses after each, so that a caller can see to other things. */
export function* scanQueue(
  files: readonly SessionFile[],
  queue: FileQueue,
  into: Pick<Batch, 'table' | 'strings'>,
): Generator<void, Batch> {
  const scanner = new FileScanner(new LineFolder(into.table, into.strings));
  const batch: Batch = { ...into, scans: [], problems: [] };
  for (let number = queue.take(); number !== null; number = queue.take()) {
    const file = files[number];
    if (!file) continue;
    try {
      batch.scans.push({ file: number, scan: scanner.scan(file) });
    } catch (error) {
      batch.problems.push({ path: file.path, message: messageOf(error) });
    }
    queue.addDone(file.size);
    yield;
  }
  return batch;
}
