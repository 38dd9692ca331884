import { closeSync, openSync, readSync } from 'node:fs';
import type { Started } from '../file-start.ts';
import { byStart } from '../file-start.ts';
import type { SessionFile } from '../session-files.ts';
import { CallTable } from './call-table.ts';
import { FileScanner, hashTail } from './file-scanner.ts';
import type { FileRows } from './gather.ts';
import { compact, gather } from './gather.ts';
import type { JoinedCalls } from './join-calls.ts';
import { joinCalls } from './join-calls.ts';
import { LineFolder } from './line-folder.ts';
import type { FileMemory, ScanMemory } from './scan-memory.ts';
import type { ScannedRows, Threads, Turns } from './scan-threads.ts';
import { scanFiles } from './scan-threads.ts';
import { StringStore } from './string-store.ts';

const LINE_FEED = 0x0a;

interface Problem {
  path: string;
  message: string;
}

export interface HistoryScan {
  calls: JoinedCalls;
  files: readonly FileMemory[];
  /** Bytes that this run read; less than the files hold where they were read before. */
  read: number;
  /** Files that could not be read. */
  problems: Problem[];
  /** For the next run; null where the last one's still holds. */
  memory: ScanMemory | null;
}

/** The files of one run, by what has to be done with them. */
interface Sorted {
  known: FileRows[];
  grown: { file: SessionFile; before: FileMemory }[];
  fresh: SessionFile[];
}

/**
 * Reads a history: of files that were read before only what was appended, and nothing of files that did not change.
 * The outcome is always that of reading everything.
 */
export async function scanHistory(
  files: readonly SessionFile[],
  memory: ScanMemory | null,
  threads: Threads,
  turns: Turns,
): Promise<HistoryScan> {
  const strings = memory?.strings ?? new StringStore();
  const { known, grown, fresh } = sortFiles(files, memory);
  if (memory && known.length === files.length && known.length === memory.files.length)
    return {
      calls: joinCalls(memory.table, strings, memory.files),
      files: memory.files,
      read: 0,
      problems: [],
      memory: null,
    };

  const earlier = memory ? readGrown(grown, memory) : { rows: [], rewritten: [] };
  const scanned = await scanFiles([...fresh, ...earlier.rewritten], strings, threads, turns);
  const all = [...known, ...earlier.rows, ...scanned.rows].sort((a, b) => byStart(startedOf(a), startedOf(b)));
  const gathered = gather(all, strings);
  const left = memory !== null && known.length + earlier.rows.length < memory.files.length;
  const next = left ? compact(gathered) : gathered;
  return {
    calls: joinCalls(next.table, next.strings, next.files),
    files: next.files,
    read: [...earlier.rows, ...scanned.rows].reduce((sum, { scan }) => sum + scan.read, 0),
    problems: scanned.problems,
    memory: next,
  };
}

const startedOf = ({ file, scan }: FileRows): Started => ({ file, startedMs: scan.startedMs });

const sameFile = (a: SessionFile, b: SessionFile): boolean =>
  a.device === b.device && a.inode === b.inode && a.assistant === b.assistant;

const isUnchanged = (a: SessionFile, b: SessionFile): boolean =>
  sameFile(a, b) && a.size === b.size && a.modifiedMs === b.modifiedMs && a.changedMs === b.changedMs;

function sortFiles(files: readonly SessionFile[], memory: ScanMemory | null): Sorted {
  const sorted: Sorted = { known: [], grown: [], fresh: [] };
  const memories = new Map(memory?.files.map((file) => [file.path, file]));
  for (const file of files) {
    const before = memories.get(file.path);
    if (memory && before && isUnchanged(file, before))
      sorted.known.push({ file, scan: before, table: memory.table, strings: memory.strings });
    else if (before && sameFile(file, before) && file.size > before.size) sorted.grown.push({ file, before });
    else sorted.fresh.push(file);
  }
  return sorted;
}

/** Reads on where the bytes before the old end are still the same; all other files were rewritten. */
function readGrown(
  grown: Sorted['grown'],
  { table, strings }: ScanMemory,
): { rows: ScannedRows[]; rewritten: SessionFile[] } {
  const scanner = new FileScanner(new LineFolder(new CallTable(), strings));
  const rewritten: SessionFile[] = [];
  const rows = grown.flatMap(({ file, before }) => {
    try {
      if (goesOn(file, before)) {
        const scan = scanner.scan(file, { ...before, table });
        return [{ file, scan, table: scanner.table, strings }];
      }
    } catch {
      // Reading all of it will say what is wrong.
    }
    rewritten.push(file);
    return [];
  });
  return { rows, rewritten };
}

function goesOn(file: SessionFile, before: FileMemory): boolean {
  const handle = openSync(file.path, 'r');
  try {
    const [high, low] = hashTail(handle, before.offset);
    return high === before.tailHash[0] && low === before.tailHash[1] && isLineStart(handle, before.offset);
  } finally {
    closeSync(handle);
  }
}

/** A last line that had no end yet counts as read, provided that nothing was added to it. */
function isLineStart(handle: number, offset: number): boolean {
  const around = Buffer.alloc(2);
  readSync(handle, around, offset === 0 ? 1 : 0, offset === 0 ? 1 : 2, Math.max(0, offset - 1));
  return offset === 0 || around.includes(LINE_FEED);
}
