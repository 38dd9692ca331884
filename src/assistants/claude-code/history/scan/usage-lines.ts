import { readSync } from 'node:fs';
import { USAGE_MARK } from '../answer-line.ts';
import type { LineTypes } from './line-type.ts';

const LINE_FEED = 0x0a;
const MARK = Buffer.from(USAGE_MARK);
/** Large enough that calls cost nothing, small enough to stay in a processor's cache. */
const CHUNK = 1 << 19;
/** Shorter lines are faster read than searched for the mark. */
const SHORT = 1 << 14;
/** Longer lines are not read. */
export const LONGEST_LINE = 256 << 20;

export interface LineSink {
  /** A line that may report usage; `bytes[end]` is a line feed. */
  line(bytes: Buffer, start: number, end: number): void;
  /** One that is longer than `LONGEST_LINE`. */
  tooLong(): void;
}

export interface ReadThrough {
  /** Where the last whole line ends. */
  end: number;
  /** Bytes behind it: a line that is still being written, or the last one of a writer that ends none. */
  tail: number;
  /** Bytes read. */
  read: number;
}

/**
 * Finds the lines of a file that may report usage, in large blocks. Only such lines that are longer than a block are
 * read a second time.
 */
export class UsageLines {
  readonly #block = Buffer.allocUnsafeSlow(CHUNK + 1);
  readonly #types: LineTypes;

  constructor(types: LineTypes) {
    this.#types = types;
  }

  /** Reads `[from, to)` of a file; `from` must be the start of a line. */
  read(file: number, from: number, to: number, sink: LineSink): ReadThrough {
    const block = this.#block;
    /** Place of the block's first byte in the file; bytes of the block in use; of them, searched in vain. */
    let base = from;
    let held = 0;
    let read = 0;
    while (base + held < to) {
      const wanted = Math.min(CHUNK - held, to - base - held);
      const got = readSync(file, block, held, wanted, base + held);
      if (got === 0) break;
      read += got;
      const filled = held + got;
      const last = block.subarray(held, filled).lastIndexOf(LINE_FEED);
      const whole = last === -1 ? 0 : held + last + 1;
      if (whole > 0) {
        this.#searchBlock(whole, sink);
        block.copyWithin(0, whole, filled);
        base += whole;
        held = filled - whole;
      } else if (filled < CHUNK) held = filled;
      else {
        const long = this.#longLine(file, base, to, sink);
        read += long.read;
        if (long.end === null) return { end: base, tail: to - base, read };
        base = long.end;
        held = 0;
      }
    }
    return { end: base, tail: held, read };
  }

  /** Most lines are told to be of no interest by their heads, and what ends a line is found faster than any mark. */
  #searchBlock(whole: number, sink: LineSink): void {
    const block = this.#block;
    let start = 0;
    let mark = -1;
    while (start < whole) {
      const end = block.indexOf(LINE_FEED, start);
      if (!this.#types.isOther(block, start)) {
        const long = end - start > SHORT;
        if (long && mark < start) mark = nextMark(block, start);
        if (!long || mark < end) sink.line(block, start, end);
      }
      start = end + 1;
    }
  }

  /** A line that fills the block: searched piece by piece, and read whole only if it bears the mark. */
  #longLine(file: number, start: number, to: number, sink: LineSink): { end: number | null; read: number } {
    const block = this.#block;
    let held = CHUNK;
    let at = start + CHUNK;
    let read = 0;
    let marked = false;
    const ours = !this.#types.isOther(block, 0);
    for (;;) {
      marked ||= ours && block.subarray(0, held).includes(MARK);
      // The mark may straddle two blocks.
      const overlap = Math.min(MARK.length - 1, held);
      block.copyWithin(0, held - overlap, held);
      const got = at < to ? readSync(file, block, overlap, Math.min(CHUNK - overlap, to - at), at) : 0;
      if (got === 0) return { end: null, read };
      read += got;
      held = overlap + got;
      const feed = block.subarray(overlap, held).indexOf(LINE_FEED);
      if (feed === -1) {
        at += got;
        continue;
      }
      marked ||= ours && block.subarray(0, overlap + feed).includes(MARK);
      const end = at + feed;
      if (marked) read += handOver(file, start, end, sink);
      return { end: end + 1, read };
    }
  }
}

function nextMark(block: Buffer, from: number): number {
  const found = block.indexOf(MARK, from);
  return found === -1 ? block.length : found;
}

/** Reads one whole line and hands it over; returns the bytes read. */
export function handOver(file: number, start: number, end: number, sink: LineSink): number {
  const length = end - start;
  if (length > LONGEST_LINE) {
    sink.tooLong();
    return 0;
  }
  const line = Buffer.allocUnsafeSlow(length + 1);
  let filled = 0;
  while (filled < length) {
    const got = readSync(file, line, filled, length - filled, start + filled);
    if (got === 0) return filled;
    filled += got;
  }
  line[length] = LINE_FEED;
  sink.line(line, 0, length);
  return length;
}
