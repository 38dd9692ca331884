import { BACKSLASH, BROKEN, CLOSE_BRACE, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE, isDigit, skipSpace } from './bytes.ts';
import { escaped, keyEnd, skipKey, skipString, skipValue } from './json.ts';
import { COUNT, ESCAPABLE, FLAG, ITERATIONS, OBJECT, STRING, findKey, kindOf, meaningOf, opensOf } from './keys.ts';

// Reads of a line what the record rule asks for, without parsing the rest; what it finds is what `JSON.parse` and
// `readSessionLine` would. Where that cannot be told in passing (a key twice or escaped, an odd number, calls inside
// the answer) the line is unusual, and has to be parsed.

// Meanings are numbered by `line-keys.ts`: strings, counts, all others.
const STRINGS: i32 = 16;
const COUNTS_END: i32 = 24;
const MEANINGS: i32 = 40;
/** Start and end of each wanted string; equal where it is absent or no string. */
export const spans = memory.data(8 * STRINGS, 16);
/** -1 where absent. */
export const counts = memory.data(8 * COUNTS_END, 16);
/** What is known of each key: that it was met, that its string has escapes, that it is true or an object. */
export const known = memory.data(MEANINGS, 16);
const MET: u8 = 1;
const ESCAPED: u8 = 2;
const TRUE: u8 = 4;

export let unusual: bool = false;

/** Ids and names are short; `readSessionLine` has the same limit, in letters. */
const LONGEST_STRING: usize = 512;
const MOST_DIGITS: usize = 15;
const NULL: u8 = 0x6e;

/** True for a JSON object that fills the range; `end` must be a line feed. `table`: of the object's own keys. */
export function skim(start: usize, end: usize, table: usize): bool {
  unusual = false;
  memory.fill(known, 0, MEANINGS);
  memory.fill(spans, 0, 8 * STRINGS);
  for (let i = 0; i < COUNTS_END; i++) store<f64>(counts + 8 * i, -1);
  const first = skipSpace(start);
  if (load<u8>(first) != OPEN_BRACE) return false;
  const behind = members(first + 1, table);
  return behind != BROKEN && skipSpace(behind) == end;
}

/** `at`: behind the opening brace. */
function members(at: usize, table: usize): usize {
  let place = skipSpace(at);
  if (load<u8>(place) == CLOSE_BRACE) return place + 1;
  while (true) {
    const name = place + 1;
    place = skipKey(place);
    if (place == BROKEN) return BROKEN;
    if (escaped) unusual = true;
    const key: usize = escaped ? <usize>0 : findKey(table, name, keyEnd - name);
    place = key == 0 ? skipValue(place) : wanted(place, key);
    if (place == BROKEN) return BROKEN;
    place = skipSpace(place);
    const next = load<u8>(place);
    if (next == CLOSE_BRACE) return place + 1;
    if (next != COMMA) return BROKEN;
    place = skipSpace(place + 1);
  }
}

function wanted(at: usize, key: usize): usize {
  const meaning = meaningOf(key);
  if (load<u8>(known + meaning) != 0) unusual = true;
  store<u8>(known + meaning, MET);
  const start = skipSpace(at);
  switch (kindOf(key)) {
    case STRING:
      return takeString(start, meaning, false);
    case ESCAPABLE:
      return takeString(start, meaning, true);
    case COUNT:
      return takeCount(start, meaning);
    case ITERATIONS:
      return passIterations(start);
    case FLAG:
      if (load<u8>(start) == 0x74) store<u8>(known + meaning, MET | TRUE);
      return skipValue(start);
    case OBJECT:
      if (load<u8>(start) != OPEN_BRACE) return skipValue(start);
      store<u8>(known + meaning, MET | TRUE);
      return members(start + 1, opensOf(key));
    default:
      return BROKEN;
  }
}

function takeString(at: usize, meaning: usize, escapable: bool): usize {
  if (load<u8>(at) != QUOTE) return skipValue(at);
  const behind = skipString(at);
  if (behind == BROKEN) return BROKEN;
  if (escaped) {
    store<u8>(known + meaning, MET | ESCAPED);
    if (!escapable) unusual = true;
  }
  if (behind - at > LONGEST_STRING) unusual = true;
  store<u32>(spans + 8 * meaning, <u32>(at + 1));
  store<u32>(spans + 8 * meaning, <u32>(behind - 1), 4);
  return behind;
}

function takeCount(at: usize, meaning: usize): usize {
  let place = at;
  let value: i64 = 0;
  while (isDigit(load<u8>(place)) && place - at < 18) value = value * 10 + <i64>(load<u8>(place++) - 0x30);
  const length = place - at;
  const plain = length > 0 && length <= MOST_DIGITS && (length == 1 || load<u8>(at) != 0x30);
  if (plain && !continuesNumber(load<u8>(place))) {
    store<f64>(counts + 8 * meaning, <f64>value);
    return place;
  }
  // Null is as good as absent.
  if (load<u8>(at) != NULL) unusual = true;
  return skipValue(at);
}

/** `.`, `e`, `E`. */
function continuesNumber(byte: u8): bool {
  return byte == 0x2e || (byte | 0x20) == 0x65;
}

/** Entries of type `message` are in the sums already; any other has to be read. */
function passIterations(at: usize): usize {
  const behind = skipValue(at);
  if (behind == BROKEN || load<u8>(at) != OPEN_BRACKET || behind - at <= 2) return behind;
  if (namesInnerCall(at, behind)) unusual = true;
  return behind;
}

/** Whether anything in it might name a call inside the answer, `advisor_message` or `compaction`, in whatever spelling. */
function namesInnerCall(at: usize, end: usize): bool {
  const backslash = i8x16.splat(BACKSLASH);
  for (; at < end; at += 16) {
    const first = v128.load(at);
    const second = v128.load(at, 1);
    const third = v128.load(at, 2);
    const adv = trigram(first, second, third, 0x61, 0x64, 0x76);
    const pac = trigram(first, second, third, 0x70, 0x61, 0x63);
    if (v128.any_true(v128.or(i8x16.eq(first, backslash), v128.or(adv, pac)))) return true;
  }
  return false;
}

/** Where three bytes stand in a row. */
function trigram(first: v128, second: v128, third: v128, a: u8, b: u8, c: u8): v128 {
  const start = v128.and(i8x16.eq(first, i8x16.splat(a)), i8x16.eq(second, i8x16.splat(b)));
  return v128.and(start, i8x16.eq(third, i8x16.splat(c)));
}
