import { readSync } from 'node:fs';
import { USAGE_MARK } from '../answer-line.ts';
import type { Skimmer } from './plain-skimmer.ts';
import { makeSkimmer } from './plain-skimmer.ts';

const LINE_FEED = 0x0a;
const MARK = Buffer.from(USAGE_MARK);
/** Large enough that calls cost nothing, small enough to stay in a processor's cache. */
const CHUNK = 1 << 19;
/** Longer lines are not read. */
export const LONGEST_LINE = 256 << 20;
/** Memory for long lines is kept for the next one up to this. */
const KEPT = 16 << 20;

export interface LineSink {
  /** A line that may report usage, in a skimmer's text; behind it is a line feed. */
  line(skimmer: Skimmer, start: number, end: number): void;
  /** One that is longer than `LONGEST_LINE`. */
  tooLong(): void;
}

/** Places as in `LineSink.line`. */
type IsWanted = (skimmer: Skimmer, start: number, end: number) => boolean;

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
  readonly #skimmer = makeSkimmer(CHUNK + 1);
  #long: Skimmer | null = null;

  /** Reads `[from, to)` of a file; `from` must be the start of a line. */
  read(file: number, from: number, to: number, sink: LineSink): ReadThrough {
    const { text, start } = this.#skimmer;
    /** Place of the block's first byte in the file, and how many of its bytes are there. */
    let base = from;
    let held = 0;
    let read = 0;
    while (base + held < to) {
      const wanted = Math.min(CHUNK - held, to - base - held);
      const got = readSync(file, text, start + held, wanted, base + held);
      if (got === 0) break;
      read += got;
      const filled = held + got;
      const last = text.subarray(start + held, start + filled).lastIndexOf(LINE_FEED);
      const whole = last === -1 ? 0 : held + last + 1;
      if (whole > 0) {
        this.#searchBlock(start + whole, sink);
        text.copyWithin(start, start + whole, start + filled);
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

  #searchBlock(end: number, sink: LineSink): void {
    const skimmer = this.#skimmer;
    let at = skimmer.start;
    while (skimmer.nextLine(at, end)) {
      at = skimmer.lineEnd + 1;
      sink.line(skimmer, skimmer.lineStart, skimmer.lineEnd);
    }
  }

  /** A line that fills the block: searched piece by piece, and read whole only if it bears the mark. */
  #longLine(file: number, from: number, to: number, sink: LineSink): { end: number | null; read: number } {
    const { text, start } = this.#skimmer;
    const block = text.subarray(start, start + CHUNK);
    let held = CHUNK;
    let at = from + CHUNK;
    let read = 0;
    let marked = false;
    text[start + CHUNK] = LINE_FEED;
    const ours = !this.#skimmer.isOther(start);
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
      if (marked) read += this.handOver(file, from, end, sink);
      return { end: end + 1, read };
    }
  }

  /** Reads one whole line and hands it over, if it is one that is wanted; returns the bytes read. */
  handOver(file: number, from: number, to: number, sink: LineSink, isWanted: IsWanted = () => true): number {
    const length = to - from;
    if (length > LONGEST_LINE) {
      sink.tooLong();
      return 0;
    }
    const skimmer = (this.#long ??= makeSkimmer(length + 1));
    skimmer.makeRoom(length + 1);
    if (skimmer.room > KEPT) this.#long = null;
    const { text, start } = skimmer;
    let filled = 0;
    while (filled < length) {
      const got = readSync(file, text, start + filled, length - filled, from + filled);
      if (got === 0) return filled;
      filled += got;
    }
    text[start + length] = LINE_FEED;
    if (isWanted(skimmer, start, start + length) && skimmer.nextLine(start, start + length + 1))
      sink.line(skimmer, skimmer.lineStart, skimmer.lineEnd);
    return length;
  }
}
