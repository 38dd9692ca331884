import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { SessionFile } from './session-files.ts';

const CHUNK = 1 << 20;

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
  const found: NumberedLine[] = [];
  let number = 0;
  // Not `\r` alone, which some lines have in them.
  const lines = createInterface({ input: createReadStream(file.path), crlfDelay: Infinity });
  for await (const text of lines) {
    number += 1;
    if (wanted.some((one) => text.includes(one))) found.push({ number, text });
  }
  return found;
}
