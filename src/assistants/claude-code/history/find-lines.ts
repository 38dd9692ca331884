import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
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

/**
 * Hands on every line that is not too long to be read, one at a time. Only a line feed ends a line: node's own reader
 * also ends it at other characters, which may stand inside of JSON.
 */
export async function readLines(file: SessionFile, take: (line: Buffer, number: number) => void): Promise<void> {
  let number = 0;
  let held = new HeldLine();
  const end = (): void => {
    number += 1;
    const line = held.bytes();
    if (line) take(line, number);
    held = new HeldLine();
  };
  // Without an encoding a stream of a file gives buffers.
  const chunks = createReadStream(file.path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>;
  for await (const chunk of chunks) {
    let at = 0;
    for (let feed = chunk.indexOf(LINE_FEED); feed !== -1; feed = chunk.indexOf(LINE_FEED, at)) {
      held.add(chunk.subarray(at, feed));
      end();
      at = feed + 1;
    }
    held.add(chunk.subarray(at));
  }
  end();
}

/** A line as far as it was read; of one that is too long to be read nothing is kept. */
class HeldLine {
  #parts: Buffer[] = [];
  #length = 0;

  add(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > LONGEST_LINE) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  bytes(): Buffer | null {
    const [first, ...more] = this.#parts;
    if (!first || this.#length > LONGEST_LINE) return null;
    return more.length === 0 ? first : Buffer.concat([first, ...more]);
  }
}
