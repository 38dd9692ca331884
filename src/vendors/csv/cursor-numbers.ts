import { cursorAlike, cursorTokens, hash64 } from '../../usage/identity.ts';
import type { UsageRow } from '../cursor/usage-row.ts';
import type { Seen, SeenRows } from './seen-rows.ts';

interface Waiting {
  line: number;
  row: UsageRow;
  identity: string;
  content: string;
}

export interface NumberedRow {
  line: number;
  row: UsageRow;
  /** As the sync numbers rows alike; null for a row that the file has had before, or has too many of. */
  occurrence: number | null;
}

/** More alike nobody has; a file made to have them must not cost hours. */
const MOST_ALIKE = 1000;
/** Rows of one millisecond that are held to be put in order. */
const MOST_HELD = 10_000;
const STEP = 0x9e37_79b9_7f4a_7c15n;

/**
 * Tells rows of one millisecond apart as the sync of Cursor's API does: alike ones are numbered in the order of their
 * tokens. A row that says all the same as another is that row again, since files get put together by hand.
 */
export class CursorNumbers {
  readonly #seen: SeenRows;
  #held: Waiting[] = [];

  constructor(seen: SeenRows) {
    this.#seen = seen;
  }

  /** Takes a row, and gives those that are settled by its being of another moment. */
  add(line: number, row: UsageRow): NumberedRow[] {
    const settled = this.#held[0]?.row.atMs === row.atMs && this.#held.length < MOST_HELD ? [] : this.settle();
    const content = JSON.stringify([cursorTokens(row), row.reportedMicros, row.cloudAgentId, row.kind]);
    this.#held.push({ line, row, identity: JSON.stringify(cursorAlike(row)), content });
    return settled;
  }

  settle(): NumberedRow[] {
    const held = this.#held;
    this.#held = [];
    if (held.length > 1) held.sort((a, b) => compare(a.identity, b.identity) || compare(a.content, b.content));
    let last = -1;
    return held.map(({ line, row, identity, content }, i) => {
      const before = held[i - 1];
      if (before?.identity !== identity) last = -1;
      else if (before.content === content) return { line, row, occurrence: null };
      const { seen, at } = this.#place(identity, content, last + 1);
      last = at;
      return { line, row, occurrence: seen === 'new' ? at : null };
    });
  }

  /** The first free number from `first` on, or that under which the row was there before. */
  #place(identity: string, content: string, first: number): { seen: Seen; at: number } {
    const key = hash64('cursor', identity);
    const print = hash64(content);
    for (let at = first; at < MOST_ALIKE; at++) {
      const seen = this.#seen.add(key + BigInt(at) * STEP, print);
      if (seen !== 'other') return { seen, at };
    }
    return { seen: 'other', at: MOST_ALIKE };
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
