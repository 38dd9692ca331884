import { BROKEN, CLOSE_BRACE, COMMA, JsonSkimmer, OPEN_BRACE, OPEN_BRACKET, QUOTE, skipSpace } from './json-skimmer.ts';
import type { KeyTable } from './line-keys.ts';
import {
  AGENT,
  API_ERROR,
  COUNTS_END,
  CWD,
  INPUT,
  ITERATIONS,
  KEYS_OF,
  LINE_KEYS,
  MEANINGS,
  MESSAGE,
  SIDECHAIN,
  STRINGS,
  standsAt,
} from './line-keys.ts';
import { LONGEST_STRING } from './string-store.ts';

const ZERO = 0x30;
const DIGITS = 15;
/** What is known of a key: that it was met, that its string has escapes, that it is true or an object. */
const MET = 1;
const ESCAPED = 2;
const TRUE = 4;
const INNER_CALL = /\\|advisor_message|compaction/;

/**
 * Reads of a line what the record rule asks for, without parsing the rest; what it finds is what `JSON.parse` and
 * `readSessionLine` would. Where that cannot be told in passing (a key twice or escaped, an odd number, calls inside
 * the answer) the line is marked `unusual`, and has to be parsed.
 */
export class LineSkimmer {
  // Not a base class: the engine compiles what it walks over for one kind of object.
  readonly #json = new JsonSkimmer();
  /** What was skimmed; the spans are places in it. */
  source: Uint8Array = new Uint8Array(0);
  /** Start and end of each wanted string, in bytes; equal where it is absent or no string. */
  readonly spans = new Int32Array(2 * STRINGS);
  /** -1 where absent. */
  readonly counts = new Float64Array(COUNTS_END - INPUT);
  unusual = false;
  /** By the numbers of `line-keys.ts`. */
  readonly #known = new Uint8Array(MEANINGS);

  /**
   * True for a JSON object that fills the range; `bytes[end]` must be a line feed. `keys`: the object's own, either
   * `LINE_KEYS` or `ECHO_KEYS`.
   */
  skim(bytes: Uint8Array, start: number, end: number, keys = LINE_KEYS): boolean {
    this.source = bytes;
    this.unusual = false;
    this.#known.fill(0);
    this.spans.fill(0);
    this.counts.fill(-1);
    const first = skipSpace(bytes, start);
    if (bytes[first] !== OPEN_BRACE) return false;
    const behind = this.#members(bytes, first + 1, keys);
    return behind !== BROKEN && skipSpace(bytes, behind) === end;
  }

  has(meaning: number): boolean {
    return ((this.#known[meaning] ?? 0) & TRUE) !== 0;
  }

  isEscaped(meaning: number): boolean {
    return ((this.#known[meaning] ?? 0) & ESCAPED) !== 0;
  }

  count(meaning: number): number {
    return this.counts[meaning - INPUT] ?? -1;
  }

  /** `at`: behind the opening brace. */
  #members(bytes: Uint8Array, at: number, keys: KeyTable): number {
    let place = skipSpace(bytes, at);
    if (bytes[place] === CLOSE_BRACE) return place + 1;
    let previous = keys.start;
    for (;;) {
      let key = previous.next;
      if (key !== null && standsAt(key.bytes, bytes, place, key.bytes.length)) place += key.bytes.length;
      else {
        const start = place + 1;
        place = this.#json.key(bytes, place);
        if (place === BROKEN) return BROKEN;
        if (this.#json.escaped) this.unusual = true;
        key = this.#json.escaped ? null : keys.find(bytes, start, this.#json.keyEnd);
      }
      const meaning = key === null ? -1 : key.meaning;
      if (key !== null) previous = previous.next = key;
      place = meaning === -1 ? this.#json.value(bytes, place) : this.#wanted(bytes, place, meaning);
      if (place === BROKEN) return BROKEN;
      place = skipSpace(bytes, place);
      if (bytes[place] === CLOSE_BRACE) return place + 1;
      if (bytes[place] !== COMMA) return BROKEN;
      place = skipSpace(bytes, place + 1);
    }
  }

  #wanted(bytes: Uint8Array, at: number, meaning: number): number {
    if (this.#known[meaning] !== 0) this.unusual = true;
    this.#known[meaning] = MET;
    const start = skipSpace(bytes, at);
    if (meaning < STRINGS) return this.#string(bytes, start, meaning);
    if (meaning < COUNTS_END) return this.#count(bytes, start, meaning);
    if (meaning === ITERATIONS) return this.#iterations(bytes, start);
    if (meaning === SIDECHAIN || meaning === API_ERROR) {
      if (bytes[start] === 0x74) this.#known[meaning] = MET | TRUE;
      return this.#json.value(bytes, start);
    }
    const keys = KEYS_OF[meaning - MESSAGE];
    if (keys === undefined || bytes[start] !== OPEN_BRACE) return this.#json.value(bytes, start);
    this.#known[meaning] = MET | TRUE;
    return this.#members(bytes, start + 1, keys);
  }

  #string(bytes: Uint8Array, at: number, meaning: number): number {
    if (bytes[at] !== QUOTE) return this.#json.value(bytes, at);
    const behind = this.#json.string(bytes, at);
    if (behind === BROKEN) return BROKEN;
    if (this.#json.escaped) {
      this.#known[meaning] = MET | ESCAPED;
      // A path of Windows has escapes; anywhere else they are unusual.
      if (meaning !== CWD && meaning !== AGENT) this.unusual = true;
    }
    if (behind - at > LONGEST_STRING) this.unusual = true;
    this.spans[2 * meaning] = at + 1;
    this.spans[2 * meaning + 1] = behind - 1;
    return behind;
  }

  #count(bytes: Uint8Array, at: number, meaning: number): number {
    let place = at;
    let value = 0;
    let digit = (bytes[place] ?? 0) - ZERO;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = (bytes[++place] ?? 0) - ZERO;
    }
    const length = place - at;
    const plain = length > 0 && length <= DIGITS && (length === 1 || bytes[at] !== ZERO);
    if (plain && !continuesNumber(bytes[place] ?? 0)) {
      this.counts[meaning - INPUT] = value;
      return place;
    }
    // Null is as good as absent.
    if (bytes[at] !== 0x6e) this.unusual = true;
    return this.#json.value(bytes, at);
  }

  /** Entries of type `message` are in the sums already; any other has to be read. */
  #iterations(bytes: Uint8Array, at: number): number {
    const behind = this.#json.value(bytes, at);
    if (bytes[at] !== OPEN_BRACKET || behind - at <= 2) return behind;
    if (INNER_CALL.test(Buffer.from(bytes.buffer, bytes.byteOffset + at, behind - at).toString('latin1')))
      this.unusual = true;
    return behind;
  }
}

/** `.`, `e`, `E`. */
const continuesNumber = (byte: number): boolean => byte === 0x2e || (byte | 0x20) === 0x65;
