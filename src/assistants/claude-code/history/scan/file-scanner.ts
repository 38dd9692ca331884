import { closeSync, openSync, readSync } from 'node:fs';
import { agentTypeBeside } from '../agent-type.ts';
import { headOf, startOf } from '../file-start.ts';
import type { SessionFile } from '../session-files.ts';
import { ByteHash } from './byte-hash.ts';
import type { CallTable } from './call-table.ts';
import type { EarlierRows, LineFolder } from './line-folder.ts';
import type { Skimmer } from './plain-skimmer.ts';
import type { SkipCounts } from './skip-counts.ts';
import { addSkip, noSkips } from './skip-counts.ts';
import type { LineSink } from './usage-lines.ts';
import { LONGEST_LINE, UsageLines } from './usage-lines.ts';

/** What one file holds, as far as it was read. */
export interface FileScan {
  /** Its calls: rows of the scanner's table. */
  start: number;
  end: number;
  skips: SkipCounts;
  /** It ends in the middle of a line, which is not among the skips: it is read again next time. */
  unfinished: boolean;
  /** Read to here, the start of a line. */
  offset: number;
  /** When the session was started; null where the file does not say. Milliseconds UTC. */
  startedMs: number | null;
  /** Hash of the bytes before `offset`. */
  tailHash: [high: number, low: number];
  /** Bytes that this scan read. */
  read: number;
}

/** How far a file was read before. */
export interface Earlier extends EarlierRows {
  startedMs: number | null;
  offset: number;
  skips: SkipCounts;
}

const TAIL = 1024;

/** Folds lines, and counts those that are no records. One object for all files, which the engine can then inline. */
class FoldingSink implements LineSink {
  skips = noSkips();
  readonly #folder: LineFolder;

  constructor(folder: LineFolder) {
    this.#folder = folder;
  }

  line(skimmer: Skimmer, start: number, end: number): void {
    const reason = this.#folder.fold(skimmer, start, end);
    if (reason !== null) addSkip(this.skips, reason);
  }

  tooLong(): void {
    addSkip(this.skips, 'tooLong');
  }
}

/** Reads session files one after the other. */
export class FileScanner {
  readonly #folder: LineFolder;
  readonly #lines = new UsageLines();
  readonly #sink: FoldingSink;

  constructor(folder: LineFolder) {
    this.#folder = folder;
    this.#sink = new FoldingSink(folder);
  }

  /** Where the rows are. */
  get table(): CallTable {
    return this.#folder.table;
  }

  /** Throws where the file cannot be opened or read. */
  scan(file: SessionFile, earlier?: Earlier): FileScan {
    const handle = openSync(file.path, 'r');
    try {
      return this.#scan(handle, file, earlier);
    } finally {
      closeSync(handle);
    }
  }

  #scan(handle: number, file: SessionFile, earlier: Earlier | undefined): FileScan {
    const folder = this.#folder;
    const skips = earlier ? [...earlier.skips] : noSkips();
    this.#sink.skips = skips;
    const start = folder.begin(file.assistant === 'claude-code' ? 0 : 1, earlier);
    const through = this.#lines.read(handle, earlier?.offset ?? 0, file.size, this.#sink);
    const ended = through.tail === 0 || this.#takeTail(handle, through.end, through.end + through.tail);
    folder.end(start, () => agentTypeBeside(file.path));
    const offset = ended ? through.end + through.tail : through.end;
    const tailHash = hashTail(handle, offset);
    const startedMs = earlier?.startedMs ?? startOf(headOf(handle));
    return {
      start,
      end: folder.table.rows,
      skips,
      unfinished: !ended,
      offset,
      startedMs,
      tailHash,
      read: through.read,
    };
  }

  /** A last line without a line feed counts if it is whole, and is left for next time if it is not. */
  #takeTail(handle: number, start: number, end: number): boolean {
    let whole = false;
    if (end - start > LONGEST_LINE) return false;
    this.#lines.handOver(handle, start, end, this.#sink, (skimmer, from, to) => (whole = skimmer.isWhole(from, to)));
    return whole;
  }
}

/** Of the last bytes before `offset`, by which a file that was only appended to is known. */
export function hashTail(handle: number, offset: number): [high: number, low: number] {
  const length = Math.min(TAIL, offset);
  const bytes = Buffer.alloc(length);
  readSync(handle, bytes, 0, length, offset - length);
  const hash = new ByteHash();
  hash.of(bytes, 0, length, 0);
  return [hash.high, hash.low];
}
