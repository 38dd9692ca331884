/** Byte values of JSON's grammar. */
export const QUOTE: u8 = 0x22;
export const BACKSLASH: u8 = 0x5c;
export const COMMA: u8 = 0x2c;
export const COLON: u8 = 0x3a;
export const LINE_FEED: u8 = 0x0a;
export const OPEN_BRACE: u8 = 0x7b;
export const CLOSE_BRACE: u8 = 0x7d;
export const OPEN_BRACKET: u8 = 0x5b;
export const CLOSE_BRACKET: u8 = 0x5d;
const MINUS: u8 = 0x2d;
const PLUS: u8 = 0x2b;
const DOT: u8 = 0x2e;
const ZERO: u8 = 0x30;

/** What functions that pass over text return where it is broken; no text stands at this address. */
export const BROKEN: usize = 0;

/** The words of JSON's literals, as a load of four bytes reads them. */
const TRUE: u32 = 0x65757274;
const ALSE: u32 = 0x65736c61;
const NULL: u32 = 0x6c6c756e;

// Loads of sixteen bytes may reach past the text: there is room behind it.

/** The first place from `at` on of a quote, a backslash or a control character. */
export function endOfRun(at: usize): usize {
  while (true) {
    const bytes = v128.load(at);
    const quotes = i8x16.eq(bytes, i8x16.splat(QUOTE));
    const backslashes = i8x16.eq(bytes, i8x16.splat(BACKSLASH));
    const controls = i8x16.lt_u(bytes, i8x16.splat(0x20));
    const ends = i8x16.bitmask(v128.or(v128.or(quotes, backslashes), controls));
    if (ends != 0) return at + ctz(ends);
    at += 16;
  }
}

/** The first line feed from `at` on; there must be one. */
export function endOfLine(at: usize): usize {
  const feed = i8x16.splat(LINE_FEED);
  while (true) {
    const a = i8x16.eq(v128.load(at), feed);
    const b = i8x16.eq(v128.load(at, 16), feed);
    const c = i8x16.eq(v128.load(at, 32), feed);
    const d = i8x16.eq(v128.load(at, 48), feed);
    if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) {
      at += 64;
      continue;
    }
    const low = (<u64>i8x16.bitmask(a)) | ((<u64>i8x16.bitmask(b)) << 16);
    const high = (<u64>i8x16.bitmask(c)) | ((<u64>i8x16.bitmask(d)) << 16);
    return at + <usize>ctz(low | (high << 32));
  }
}

/** The first place from `at` on that is no white space. */
export function skipSpace(at: usize): usize {
  while (true) {
    const byte = load<u8>(at);
    if (byte != 0x20 && byte != 0x0d && byte != 0x09) return at;
    at++;
  }
}

export function isDigit(byte: u8): bool {
  return <u8>(byte - ZERO) <= 9;
}

function skipDigits(at: usize): usize {
  const start = at;
  while (isDigit(load<u8>(at))) at++;
  return at == start ? BROKEN : at;
}

export function skipNumber(at: usize): usize {
  let place = load<u8>(at) == MINUS ? at + 1 : at;
  place = load<u8>(place) == ZERO ? place + 1 : skipDigits(place);
  if (place != BROKEN && load<u8>(place) == DOT) place = skipDigits(place + 1);
  if (place == BROKEN || (load<u8>(place) | 0x20) != 0x65) return place;
  const sign = load<u8>(place + 1);
  return skipDigits(sign == MINUS || sign == PLUS ? place + 2 : place + 1);
}

/** `true`, `false` or `null`. */
export function skipWord(at: usize): usize {
  const word = load<u32>(at);
  if (word == TRUE || word == NULL) return at + 4;
  return load<u8>(at) == 0x66 && load<u32>(at, 1) == ALSE ? at + 5 : BROKEN;
}

export function startsNumber(byte: u8): bool {
  return byte == MINUS || isDigit(byte);
}
