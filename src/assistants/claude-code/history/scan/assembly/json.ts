import {
  BACKSLASH,
  BROKEN,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  endOfRun,
  skipNumber,
  skipSpace,
  skipWord,
  startsNumber,
} from './bytes.ts';

// Walks over JSON and checks every byte of it, as `JSON.parse` would, without making a value of any. Functions take a
// place and return the one behind what they passed over, or `BROKEN`. The byte after the text must be a line feed.

/** Deeper lines are refused: nobody writes them, and parsing them could take any amount of memory. */
const DEEPEST: u32 = 512;
/** 1 where the container at that depth is an object. */
const objects = memory.data(513);

/** The last string passed over has escapes in it. */
export let escaped: bool = false;
/** Where the last key's name ended. */
export let keyEnd: usize = 0;

/** `at`: the opening quote. */
export function skipString(at: usize): usize {
  const place = endOfRun(at + 1);
  escaped = false;
  return load<u8>(place) == QUOTE ? place + 1 : skipEscapes(place);
}

function skipEscapes(at: usize): usize {
  escaped = true;
  while (true) {
    const byte = load<u8>(at);
    if (byte == QUOTE) return at + 1;
    if (byte != BACKSLASH) return BROKEN;
    const escape = load<u8>(at, 1);
    if (isPlainEscape(escape)) at += 2;
    else if (escape == 0x75 && isHex(at + 2)) at += 6;
    else return BROKEN;
    at = endOfRun(at);
  }
}

/** What may follow a backslash, but for `u`. */
function isPlainEscape(byte: u8): bool {
  switch (byte) {
    case 0x6e: // n
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x74: // t
    case 0x72: // r
    case 0x62: // b
    case 0x66: // f
      return true;
    default:
      return false;
  }
}

function isHex(at: usize): bool {
  for (let i: usize = 0; i < 4; i++) {
    const byte = load<u8>(at + i);
    const letter = <u8>((byte | 0x20) - 0x61);
    if (<u8>(byte - 0x30) > 9 && letter > 5) return false;
  }
  return true;
}

/** A string, number or literal. */
function skipScalar(at: usize): usize {
  const first = load<u8>(at);
  if (first == QUOTE) return skipString(at);
  return startsNumber(first) ? skipNumber(at) : skipWord(at);
}

/** A key and its colon; `at`: its opening quote. */
export function skipKey(at: usize): usize {
  if (load<u8>(at) != QUOTE) return BROKEN;
  const behind = skipString(at);
  if (behind == BROKEN) return BROKEN;
  keyEnd = behind - 1;
  const colon = skipSpace(behind);
  return load<u8>(colon) == COLON ? colon + 1 : BROKEN;
}

/** Any value, white space before it included. */
export function skipValue(at: usize): usize {
  const start = skipSpace(at);
  const first = load<u8>(start);
  return first == OPEN_BRACE || first == OPEN_BRACKET ? skipContainer(start) : skipScalar(start);
}

/** Without recursion: the text decides how deep it goes. */
function skipContainer(at: usize): usize {
  let depth: u32 = 0;
  let place = at;
  while (true) {
    place = skipSpace(place);
    const first = load<u8>(place);
    if (first == OPEN_BRACE || first == OPEN_BRACKET) {
      const object = first == OPEN_BRACE;
      if (++depth > DEEPEST) return BROKEN;
      store<u8>(objects + depth, object ? 1 : 0);
      place = skipSpace(place + 1);
      if (load<u8>(place) != (object ? CLOSE_BRACE : CLOSE_BRACKET)) {
        if (object) place = skipKey(place);
        if (place == BROKEN) return BROKEN;
        continue;
      }
    } else {
      place = skipScalar(place);
      if (place == BROKEN) return BROKEN;
      place = skipSpace(place);
    }
    // Behind a value, or at the end of an empty container: close what ends here, or go on to the next member.
    while (load<u8>(place) != COMMA) {
      if (load<u8>(place) != (load<u8>(objects + depth) == 1 ? CLOSE_BRACE : CLOSE_BRACKET)) return BROKEN;
      if (--depth == 0) return place + 1;
      place = skipSpace(place + 1);
    }
    place++;
    if (load<u8>(objects + depth) == 1) {
      place = skipKey(skipSpace(place));
      if (place == BROKEN) return BROKEN;
    }
  }
}
