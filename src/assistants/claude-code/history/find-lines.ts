import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LONGEST_LINE } from './scan/usage-lines.ts';
import type { SessionFile } from './session-files.ts';

const CHUNK = 1 << 20;
const LINE_FEED = 0x0a;

/** A line of a file, numbered from 1. */
export interface NumberedLine {
  number: number;
  text: string;
}

/** Whether a file has any of these strings in it: far faster than to look at its lines. */
export function holdsAny(file: SessionFile, wanted: readonly string[]): boolean {
  const needles = wanted.map((text) => Buffer.from(text));
  const overlap = Math.max(...needles.map((needle) => needle.length)) - 1;
  const block = Buffer.allocUnsafeSlow(CHUNK + overlap);
  const handle = openSync(file.path, 'r');
  try {
    let held = 0;
    for (;;) {
      const got = readSync(handle, block, held, CHUNK, null);
      if (got === 0) return false;
      const filled = block.subarray(0, held + got);
      if (needles.some((needle) => filled.includes(needle))) return true;
      held = Math.min(overlap, filled.length);
      block.copyWithin(0, filled.length - held, filled.length);
    }
  } finally {
    closeSync(handle);
  }
}

/** The lines of a file that have any of these strings in them. */
export async function linesWith(file: SessionFile, wanted: readonly string[]): Promise<NumberedLine[]> {
  const needles = wanted.map((text) => Buffer.from(text));
  const found: NumberedLine[] = [];
  await readLines(file, (line, number) => {
    if (needles.some((needle) => line.includes(needle))) found.push({ number, text: line.toString() });
  });
  return found;
}

/** What is not handed on. */
interface TooLong {
  /** Longer lines than this, in bytes. */
  longest: number;
  /** Told of each, in its turn. */
  skip: () => void;
}

const UNREADABLE: TooLong = { longest: LONGEST_LINE, skip: () => undefined };

/**
 * Hands on every line that is not too long, one at a time: its bytes are overwritten afterwards. Only a line feed ends a
 * line: node's own reader also ends it at other characters, which may stand inside of JSON.
 */
export async function readLines(
  file: SessionFile,
  take: (line: Buffer, number: number) => void,
  { longest, skip }: TooLong = UNREADABLE,
): Promise<void> {
  let number = 0;
  let held = new HeldLine(longest);
  const end = (): void => {
    number += 1;
    if (held.isTooLong) skip();
    const line = held.bytes();
    if (line) take(line, number);
    held = new HeldLine(longest);
  };
  const handle = openSync(file.path, 'r');
  try {
    // One block for the whole file, and none larger than it: a stream makes one for each read, two for a file of one line.
    const block = Buffer.allocUnsafeSlow(Math.min(CHUNK, file.size + 1));
    for (;;) {
      // In between, requests that are under way go on, and a signal is heard.
      await nextTurn();
      const got = readSync(handle, block, 0, block.length, null);
      if (got === 0) break;
      const chunk = block.subarray(0, got);
      let at = 0;
      for (let feed = chunk.indexOf(LINE_FEED); feed !== -1; feed = chunk.indexOf(LINE_FEED, at)) {
        held.add(chunk.subarray(at, feed));
        end();
        at = feed + 1;
      }
      held.add(Buffer.from(chunk.subarray(at)));
    }
  } finally {
    closeSync(handle);
  }
  end();
}

/** A line as far as it was read; of one that is too long nothing is kept. */
class HeldLine {
  readonly #longest: number;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(longest: number) {
    this.#longest = longest;
  }

  get isTooLong(): boolean {
    return this.#length > this.#longest;
  }

  add(part: Buffer): void {
    this.#length += part.length;
    if (this.isTooLong) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  bytes(): Buffer | null {
    const [first, ...more] = this.#parts;
    if (!first) return null;
    return more.length === 0 ? first : Buffer.concat([first, ...more]);
  }
}
