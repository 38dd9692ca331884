import { cleanText, MAX_TEXT } from './attributes.ts';
import type { KeyTable } from './key-table.ts';

/** Not JSON, or not the shape that was asked for. `at` is a byte offset. */
export class JsonScanError extends Error {
  override readonly name = 'JsonScanError';
  readonly problem: string;
  readonly at: number;

  constructor(problem: string, at: number) {
    super(`${problem} at byte ${at}`);
    this.problem = problem;
    this.at = at;
  }
}

const MAX_DEPTH = 128;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;
const isHex = (c: number): boolean => isDigit(c) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66);
const isSimpleEscape = (c: number): boolean => c > 0 && '"\\/bfnrt'.includes(String.fromCharCode(c));

export type Scalar = string | number | boolean;

/**
 * Walks a JSON text of unknown size and origin byte by byte. It accepts what `JSON.parse` accepts, but builds only
 * what is asked for: the rest is checked and skipped, costs no memory and never becomes a string.
 */
export class JsonScanner {
  readonly #bytes: Buffer;
  #pos = 0;
  /** The last string's contents, between its quotes. */
  #from = 0;
  #to = 0;
  /** The last string is printable ASCII without escapes: its bytes are its text. */
  #plain = true;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#pos = 3;
  }

  /** The byte offset of what comes next; hand it to `jump` to read a value again. */
  get position(): number {
    return this.#pos;
  }

  jump(position: number): void {
    this.#pos = position;
  }

  /** Passes over exactly these bytes if they come next: a short cut for what encoders write without white space. */
  accept(literal: Uint8Array): boolean {
    const bytes = this.#bytes;
    const pos = this.#pos;
    for (let i = 0; i < literal.length; i++) if (bytes[pos + i] !== literal[i]) return false;
    this.#pos = pos + literal.length;
    return true;
  }

  /** True where only white space is left. */
  atEnd(): boolean {
    return this.#peek() === 0 && this.#pos >= this.#bytes.length;
  }

  /** Enters an object; false for `null`, which stands for an absent one. Its members follow by `member`. */
  enterObject(): boolean {
    return this.#enter(OPEN_OBJECT, 'expected an object');
  }

  enterArray(): boolean {
    return this.#enter(OPEN_ARRAY, 'expected an array');
  }

  /** Moves to the next member's value; false at the object's end. The one before must have been read or skipped. */
  member(first: boolean): boolean {
    if (!this.#more(CLOSE_OBJECT, first)) return false;
    if (this.#peek() !== QUOTE) throw this.#error('expected a name in quotes');
    this.#string();
    if (this.#peek() !== COLON) throw this.#error('expected a colon');
    this.#pos += 1;
    return true;
  }

  element(first: boolean): boolean {
    return this.#more(CLOSE_ARRAY, first);
  }

  /** Looks the last string (a member's name, or a value read by `string`) up in a table. */
  find<T>(table: KeyTable<T>): T | undefined {
    if (this.#plain) return table.get(this.#bytes, this.#from, this.#to);
    const unescaped = Buffer.from(this.#decoded());
    return table.get(unescaped, 0, unescaped.length);
  }

  /** Reads a string if one comes next; its text is then at hand by `find` and `text`. Anything else is skipped. */
  string(): boolean {
    if (this.#peek() !== QUOTE) {
      this.skip();
      return false;
    }
    this.#string();
    return true;
  }

  /**
   * The last string, as it may be kept. `like` is what it may well be, such as the record before had it: then that
   * very string is given back, which is faster than making another and keeps one copy for a batch.
   */
  text(like?: unknown): string {
    if (!this.#plain) return cleanText(this.#decoded());
    if (typeof like === 'string' && this.#is(like)) return like;
    return this.#bytes.toString('latin1', this.#from, Math.min(this.#to, this.#from + MAX_TEXT));
  }

  nextIsObject(): boolean {
    return this.#peek() === OPEN_OBJECT;
  }

  #is(text: string): boolean {
    if (text.length !== this.#to - this.#from) return false;
    for (let i = text.length - 1; i >= 0; i--) if (text.charCodeAt(i) !== this.#bytes[this.#from + i]) return false;
    return true;
  }

  /** Reads a string, number or boolean; anything else is skipped and gives undefined. `like` as for `text`. */
  scalar(like?: unknown): Scalar | undefined {
    const c = this.#peek();
    if (c === QUOTE) {
      this.#string();
      return this.text(like);
    }
    if (c === 0x74) return this.#literal(TRUE, true);
    if (c === 0x66) return this.#literal(FALSE, false);
    if (c === 0x2d || isDigit(c)) return this.#smallInteger() ?? this.#anyNumber();
    this.skip();
    return undefined;
  }

  /** Checks a value of any kind and passes over it. */
  skip(depth = 0): void {
    const c = this.#peek();
    if (c === QUOTE) this.#string();
    else if (c === OPEN_OBJECT) this.#skipInside(CLOSE_OBJECT, depth);
    else if (c === OPEN_ARRAY) this.#skipInside(CLOSE_ARRAY, depth);
    else if (c === 0x74) this.#literal(TRUE, true);
    else if (c === 0x66) this.#literal(FALSE, false);
    else if (c === 0x6e) this.#literal(NULL, null);
    else this.#number();
  }

  #skipInside(close: number, depth: number): void {
    if (depth >= MAX_DEPTH) throw this.#error(`nested deeper than ${MAX_DEPTH} levels`);
    this.#pos += 1;
    const next = (first: boolean): boolean => (close === CLOSE_OBJECT ? this.member(first) : this.element(first));
    for (let first = true; next(first); first = false) this.skip(depth + 1);
  }

  #enter(open: number, problem: string): boolean {
    const c = this.#peek();
    if (c === open) {
      this.#pos += 1;
      return true;
    }
    if (c !== 0x6e) throw this.#error(problem);
    this.#literal(NULL, null);
    return false;
  }

  #more(close: number, first: boolean): boolean {
    const c = this.#peek();
    if (c === close) {
      this.#pos += 1;
      return false;
    }
    if (first) return true;
    if (c !== COMMA) throw this.#error('expected a comma or an end');
    this.#pos += 1;
    if (this.#peek() === close) throw this.#error('a comma before an end');
    return true;
  }

  /** The next byte that is not white space; 0, which JSON has no use for, at the end. */
  #peek(): number {
    let c = this.#bytes[this.#pos] ?? 0;
    while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) c = this.#bytes[++this.#pos] ?? 0;
    return c;
  }

  #string(): void {
    const bytes = this.#bytes;
    let i = this.#pos + 1;
    let plain = true;
    this.#from = i;
    for (let c = bytes[i] ?? 0; c !== QUOTE; c = bytes[i] ?? 0) {
      if (c < 0x20)
        throw this.#error(i < bytes.length ? 'a control character in a string' : 'a string without an end', i);
      if (c === BACKSLASH) i = this.#escape(i + 1);
      else i += 1;
      if (c === BACKSLASH || c > 0x7e) plain = false;
    }
    this.#to = i;
    this.#plain = plain;
    this.#pos = i + 1;
  }

  #escape(at: number): number {
    const c = this.#bytes[at] ?? 0;
    if (isSimpleEscape(c)) return at + 1;
    for (let i = at + 1; i <= at + 4; i++) {
      if (c !== 0x75 || !isHex(this.#bytes[i] ?? 0)) throw this.#error('an invalid escape in a string', at);
    }
    return at + 5;
  }

  #decoded(): string {
    return String(JSON.parse(this.#bytes.toString('utf8', this.#from - 1, this.#to + 1)));
  }

  /** Up to nine digits and nothing else, which is nearly every number there is. */
  #smallInteger(): number | null {
    let value = 0;
    let pos = this.#pos;
    for (let c = this.#bytes[pos] ?? 0; isDigit(c); c = this.#bytes[++pos] ?? 0) value = value * 10 + (c - 0x30);
    const next = this.#bytes[pos];
    if (next !== CLOSE_OBJECT && next !== COMMA) return null;
    const length = pos - this.#pos;
    if (length === 0 || length > 9 || (length > 1 && this.#bytes[this.#pos] === 0x30)) return null;
    this.#pos = pos;
    return value;
  }

  #anyNumber(): number {
    const start = this.#pos;
    this.#number();
    return Number(this.#bytes.toString('latin1', start, this.#pos));
  }

  #number(): void {
    const start = this.#pos;
    if (this.#bytes[this.#pos] === 0x2d) this.#pos += 1;
    if (this.#bytes[this.#pos] === 0x30) this.#pos += 1;
    else this.#digits(start);
    if (this.#bytes[this.#pos] === 0x2e) {
      this.#pos += 1;
      this.#digits(start);
    }
    if (((this.#bytes[this.#pos] ?? 0) | 0x20) !== 0x65) return;
    this.#pos += 1;
    const sign = this.#bytes[this.#pos];
    if (sign === 0x2b || sign === 0x2d) this.#pos += 1;
    this.#digits(start);
  }

  #digits(start: number): void {
    const from = this.#pos;
    while (isDigit(this.#bytes[this.#pos] ?? 0)) this.#pos += 1;
    if (this.#pos > from) return;
    throw this.#error(start < this.#bytes.length ? 'expected a value' : 'the text ends too early', start);
  }

  #literal<T>(word: Buffer, value: T): T {
    for (let i = 0; i < word.length; i++)
      if (this.#bytes[this.#pos + i] !== word[i]) throw this.#error('expected a value');
    this.#pos += word.length;
    return value;
  }

  #error(problem: string, at = this.#pos): JsonScanError {
    return at >= this.#bytes.length
      ? new JsonScanError('the text ends too early', this.#bytes.length)
      : new JsonScanError(problem, at);
  }
}
