/** Byte values of JSON's grammar. */
export const QUOTE = 0x22;
const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Deeper lines are refused: nobody writes them, and parsing them could take any amount of memory. */
const DEEPEST = 512;

/** What a method returns that finds the text broken. */
export const BROKEN = -1;

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const TRUE = bytesOf('true');
const FALSE = bytesOf('false');
const NULL = bytesOf('null');

/** 1 for the bytes that end a run of plain characters in a string: quote, backslash, control characters. */
const ENDS_RUN = new Uint8Array(256);
ENDS_RUN.fill(1, 0, 0x20);
ENDS_RUN[QUOTE] = 1;
ENDS_RUN[BACKSLASH] = 1;

/** 1 for what may follow a backslash, 2 for `u`. */
const ESCAPES = new Uint8Array(256);
for (const byte of bytesOf('"\\/bfnrt')) ESCAPES[byte] = 1;
ESCAPES[0x75] = 2;

const HEX = new Uint8Array(256);
for (const byte of bytesOf('0123456789abcdefABCDEF')) HEX[byte] = 1;

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;

function endOfRun(bytes: Uint8Array, at: number): number {
  let place = at;
  while (ENDS_RUN[bytes[place] ?? 0] === 0) place++;
  return place;
}

/** The first place from `at` on that is no white space. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  let place = at;
  for (;;) {
    const byte = bytes[place];
    if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return place;
    place++;
  }
}

function skipDigits(bytes: Uint8Array, at: number): number {
  let place = at;
  while (isDigit(bytes[place] ?? 0)) place++;
  return place === at ? BROKEN : place;
}

function skipNumber(bytes: Uint8Array, at: number): number {
  let place = bytes[at] === MINUS ? at + 1 : at;
  place = bytes[place] === ZERO ? place + 1 : skipDigits(bytes, place);
  if (place !== BROKEN && bytes[place] === DOT) place = skipDigits(bytes, place + 1);
  if (place === BROKEN || ((bytes[place] ?? 0) | 0x20) !== 0x65) return place;
  const sign = bytes[place + 1];
  return skipDigits(bytes, sign === MINUS || sign === 0x2b ? place + 2 : place + 1);
}

function skipWord(bytes: Uint8Array, at: number, word: Uint8Array): number {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return BROKEN;
  return at + word.length;
}

/** `true`, `false` or `null`. */
export function skipWordAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === 0x74) return skipWord(bytes, at, TRUE);
  if (first === 0x66) return skipWord(bytes, at, FALSE);
  return first === 0x6e ? skipWord(bytes, at, NULL) : BROKEN;
}

function isHex(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 4; i++) if (HEX[bytes[at + i] ?? 0] !== 1) return false;
  return true;
}

/**
 * Walks over JSON and checks every byte of it, as `JSON.parse` would, without making a value of any. Methods take a
 * place and return the one behind what they passed over, or `BROKEN`. The byte after the text must be a line feed.
 */
export class JsonSkimmer {
  /** The last string passed over has escapes in it. */
  escaped = false;
  /** Where the last key's name ended. */
  keyEnd = 0;
  /** 1 where the container at that depth is an object. */
  readonly #objects = new Uint8Array(DEEPEST + 1);

  isJson(bytes: Uint8Array, start: number, end: number): boolean {
    const behind = this.value(bytes, start);
    return behind !== BROKEN && skipSpace(bytes, behind) === end;
  }

  /** `at`: the opening quote. */
  string(bytes: Uint8Array, at: number): number {
    const place = endOfRun(bytes, at + 1);
    this.escaped = false;
    if (bytes[place] === QUOTE) return place + 1;
    return this.#stringWithEscapes(bytes, place);
  }

  #stringWithEscapes(bytes: Uint8Array, at: number): number {
    let place = at;
    this.escaped = true;
    for (;;) {
      const byte = bytes[place];
      if (byte === QUOTE) return place + 1;
      if (byte !== BACKSLASH) return BROKEN;
      const escape = ESCAPES[bytes[place + 1] ?? 0];
      if (escape === 1) place += 2;
      else if (escape === 2 && isHex(bytes, place + 2)) place += 6;
      else return BROKEN;
      place = endOfRun(bytes, place);
    }
  }

  /** A string, number or literal. */
  #scalar(bytes: Uint8Array, at: number): number {
    const first = bytes[at] ?? 0;
    if (first === QUOTE) return this.string(bytes, at);
    if (first === MINUS || isDigit(first)) return skipNumber(bytes, at);
    return skipWordAt(bytes, at);
  }

  /** A key and its colon; `at`: its opening quote. */
  key(bytes: Uint8Array, at: number): number {
    if (bytes[at] !== QUOTE) return BROKEN;
    const behind = this.string(bytes, at);
    if (behind === BROKEN) return BROKEN;
    this.keyEnd = behind - 1;
    const colon = skipSpace(bytes, behind);
    return bytes[colon] === COLON ? colon + 1 : BROKEN;
  }

  /** Any value, white space before it included. */
  value(bytes: Uint8Array, at: number): number {
    const start = skipSpace(bytes, at);
    const first = bytes[start];
    return first === OPEN_BRACE || first === OPEN_BRACKET ? this.#container(bytes, start) : this.#scalar(bytes, start);
  }

  /** Without recursion: the text decides how deep it goes. */
  #container(bytes: Uint8Array, at: number): number {
    const objects = this.#objects;
    let depth = 0;
    let place = at;
    for (;;) {
      place = skipSpace(bytes, place);
      const first = bytes[place];
      if (first === OPEN_BRACE || first === OPEN_BRACKET) {
        const object = first === OPEN_BRACE;
        if (++depth > DEEPEST) return BROKEN;
        objects[depth] = object ? 1 : 0;
        place = skipSpace(bytes, place + 1);
        if (bytes[place] !== (object ? CLOSE_BRACE : CLOSE_BRACKET)) {
          if (object) place = this.key(bytes, place);
          if (place === BROKEN) return BROKEN;
          continue;
        }
      } else {
        place = this.#scalar(bytes, place);
        if (place === BROKEN) return BROKEN;
        place = skipSpace(bytes, place);
      }
      // Behind a value, or at the end of an empty container: close what ends here, or go on to the next member.
      while (bytes[place] !== COMMA) {
        if (bytes[place] !== (objects[depth] === 1 ? CLOSE_BRACE : CLOSE_BRACKET)) return BROKEN;
        if (--depth === 0) return place + 1;
        place = skipSpace(bytes, place + 1);
      }
      place++;
      if (objects[depth] === 1) {
        place = this.key(bytes, skipSpace(bytes, place));
        if (place === BROKEN) return BROKEN;
      }
    }
  }
}
