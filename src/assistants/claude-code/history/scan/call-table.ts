/**
 * Calls as columns of numbers: what the record rule keeps of a call, in a form that is cheap to fold lines into, to
 * hand from a worker and to keep in a file. Strings stand in a `StringStore`, by number.
 */

/** Counts, in a Float64Array. */
export const AT = 0;
export const OUTPUT = 1;
export const REASONING = 2;
export const INPUT = 3;
export const CACHE_READ = 4;
export const WRITTEN_1H = 5;
export const WRITTEN_5M = 6;
/** -1: not known. */
export const SEARCHES = 7;
const COUNTS = 8;

/** Marks, in an Int32Array. The key's hash finds a call inside its file, the shared one across files. */
export const KEY_HIGH = 0;
export const KEY_LOW = 1;
export const SHARED_HIGH = 2;
export const SHARED_LOW = 3;
export const LINES = 4;
/** A line knows the end. Of two parts of a call, the one that does dates it and gives its output. */
export const COMPLETE = 5;
/** Lines in the file that dates the call. */
export const DATING_LINES = 6;
export const SPLIT_KNOWN = 7;
/** With the output: */
export const TIER = 8;
export const GEO = 9;
export const SPEED = 10;
/** Of the leading line: */
export const LEADER_SIDECHAIN = 11;
export const LEADER_ORDER = 12;
export const SESSION = 13;
export const AGENT = 14;
export const MODEL = 15;
export const VERSION = 16;
export const CWD = 17;
export const MESSAGE_ID = 18;
export const UUID = 19;
export const ASSISTANT = 20;
export const REQUEST_ID = 21;
export const REQUEST_SIDECHAIN = 22;
export const REQUEST_ORDER = 23;
/** Which id the key is made of: a kind of `line-source.ts`. */
export const KIND = 24;
/** The request id's hash. */
export const REQUEST_HIGH = 25;
export const REQUEST_LOW = 26;
const MARKS = 27;

/** Names that the row refers to by number. */
export const NAME_MARKS = [TIER, GEO, SPEED, SESSION, AGENT, MODEL, VERSION, CWD] as const;
export const ID_MARKS = [MESSAGE_ID, UUID, REQUEST_ID] as const;

export class CallTable {
  counts: Float64Array;
  marks: Int32Array;
  rows = 0;

  constructor(capacity = 64) {
    this.counts = new Float64Array(capacity * COUNTS);
    this.marks = new Int32Array(capacity * MARKS);
  }

  /** Over arrays made by `used`. */
  static of(counts: Float64Array, marks: Int32Array): CallTable {
    const table = new CallTable(0);
    table.counts = counts;
    table.marks = marks;
    table.rows = counts.length / COUNTS;
    return table;
  }

  /** Another one that says the same. */
  copy(): CallTable {
    const { counts, marks } = this.used();
    return CallTable.of(counts.slice(), marks.slice());
  }

  /** Only the rows in use. */
  used(): { counts: Float64Array; marks: Int32Array } {
    return { counts: this.counts.subarray(0, this.rows * COUNTS), marks: this.marks.subarray(0, this.rows * MARKS) };
  }

  count(row: number, column: number): number {
    return this.counts[row * COUNTS + column] ?? 0;
  }

  setCount(row: number, column: number, value: number): void {
    this.counts[row * COUNTS + column] = value;
  }

  mark(row: number, column: number): number {
    return this.marks[row * MARKS + column] ?? 0;
  }

  setMark(row: number, column: number, value: number): void {
    this.marks[row * MARKS + column] = value;
  }

  /** Both halves, in `column` and the one after it. */
  setHash(row: number, column: number, hash: { high: number; low: number }): void {
    this.setMark(row, column, hash.high);
    this.setMark(row, column + 1, hash.low);
  }

  /** A new row of zeros. */
  add(): number {
    this.reserve(1);
    return this.rows++;
  }

  /** Copies rows to the end; returns the first one's number. */
  append(from: CallTable, start: number, end: number): number {
    this.reserve(end - start);
    const first = this.rows;
    copyCells(from.counts, start * COUNTS, end * COUNTS, this.counts, first * COUNTS);
    copyCells(from.marks, start * MARKS, end * MARKS, this.marks, first * MARKS);
    this.rows += end - start;
    return first;
  }

  reserve(more: number): void {
    const wanted = this.rows + more;
    if (wanted * COUNTS <= this.counts.length) return;
    const capacity = Math.max(wanted, this.rows * 2);
    const grown = new CallTable(capacity);
    grown.counts.set(this.used().counts);
    grown.marks.set(this.used().marks);
    this.counts = grown.counts;
    this.marks = grown.marks;
  }
}

/** Rows mostly come one by one, for which a loop is faster than a view and a copy. */
function copyCells<T extends Float64Array | Int32Array>(from: T, start: number, end: number, to: T, at: number): void {
  if (end - start > 256) to.set(from.subarray(start, end), at);
  else for (let i = start; i < end; i++) to[at + i - start] = from[i] ?? 0;
}
