import { LINE_TYPES, PROGRESS_KIND } from '../answer-line.ts';
import { BROKEN, COMMA, JsonSkimmer, OPEN_BRACE, QUOTE, skipWordAt } from './json-skimmer.ts';
import { standsAt } from './line-keys.ts';

const COLON = 0x3a;
const TYPE_KEY = Buffer.from('"type":');
const OURS = LINE_TYPES.map((type) => Buffer.from(`"${type}"`));
const PROGRESS = Buffer.from('"progress","data":{"type":');
const SUB_AGENTS = Buffer.from(`"${PROGRESS_KIND}"`);
const LONGEST_HEAD = 2048;

/**
 * Tells by the head of a line, members that are strings or words without any space, that it is of a type that reports
 * no usage. The heads of a session's lines are alike but for their first member, so the last one is remembered.
 */
export class LineTypes {
  readonly #skimmer = new JsonSkimmer();
  readonly #head = Buffer.allocUnsafeSlow(LONGEST_HEAD);
  #headLength = 0;

  /** The byte behind the line must be a line feed. */
  isOther(bytes: Buffer, start: number): boolean {
    if (bytes[start] !== OPEN_BRACE) return false;
    let place = start + 1;
    if (standsAt(TYPE_KEY, bytes, place, TYPE_KEY.length)) return this.#namesOther(bytes, place + TYPE_KEY.length);
    place = this.#member(bytes, place);
    if (place === BROKEN) return false;
    const head = place;
    if (this.#isRemembered(bytes, head)) return this.#namesOther(bytes, head + this.#headLength);
    while (!standsAt(TYPE_KEY, bytes, place, TYPE_KEY.length)) {
      place = this.#member(bytes, place);
      if (place === BROKEN) return false;
    }
    place += TYPE_KEY.length;
    this.#remember(bytes, head, place);
    return this.#namesOther(bytes, place);
  }

  #isRemembered(bytes: Buffer, at: number): boolean {
    const length = this.#headLength;
    // The last byte is the colon behind the type's key; most other heads have something else there.
    if (length === 0 || bytes[at + length - 1] !== COLON) return false;
    return bytes.compare(this.#head, 0, length, at, at + length) === 0;
  }

  /** A key, a string or word, and the comma behind them. */
  #member(bytes: Uint8Array, at: number): number {
    if (bytes[at] !== QUOTE) return BROKEN;
    const colon = this.#skimmer.string(bytes, at);
    if (colon === BROKEN || this.#skimmer.escaped || bytes[colon] !== COLON) return BROKEN;
    const value = colon + 1;
    const behind = bytes[value] === QUOTE ? this.#skimmer.string(bytes, value) : skipWordAt(bytes, value);
    return behind !== BROKEN && bytes[behind] === COMMA ? behind + 1 : BROKEN;
  }

  /** Through the type's key and colon. */
  #remember(bytes: Uint8Array, start: number, end: number): void {
    this.#headLength = 0;
    if (end - start > LONGEST_HEAD) return;
    for (let i = start; i < end; i++) this.#head[i - start] = bytes[i] ?? 0;
    this.#headLength = end - start;
  }

  #namesOther(bytes: Uint8Array, at: number): boolean {
    for (const type of OURS) if (standsAt(type, bytes, at, type.length)) return this.#isOtherProgress(bytes, at);
    return this.#isName(bytes, at);
  }

  #isOtherProgress(bytes: Uint8Array, at: number): boolean {
    const kind = at + PROGRESS.length;
    const opens = standsAt(PROGRESS, bytes, at, PROGRESS.length);
    return opens && this.#isName(bytes, kind) && !standsAt(SUB_AGENTS, bytes, kind, SUB_AGENTS.length);
  }

  #isName(bytes: Uint8Array, at: number): boolean {
    return bytes[at] === QUOTE && this.#skimmer.string(bytes, at) !== BROKEN && !this.#skimmer.escaped;
  }
}
