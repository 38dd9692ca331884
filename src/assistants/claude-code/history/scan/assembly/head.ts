import { BROKEN, COLON, COMMA, OPEN_BRACE, QUOTE, skipWord } from './bytes.ts';
import { escaped, skipString } from './json.ts';

// Tells by the head of a line, members that are strings or words without any space, that it is of a type that reports
// no usage. See `LINE_TYPES` of the record rule.

/** `"type":` as a load of eight bytes reads it, its last one left out. */
const TYPE_KEY: u64 = 0x3a226570797422;
const TYPE_KEY_LENGTH: usize = 7;
const TYPE_KEY_MASK: u64 = 0xffffffffffffff;

const ASSISTANT = '"assistant"';
const PROGRESS = '"progress"';
const PROGRESS_DATA = '"progress","data":{"type":';
const SUB_AGENTS = '"agent_progress"';

export function isOther(at: usize): bool {
  if (load<u8>(at) != OPEN_BRACE) return false;
  let place = at + 1;
  while ((load<u64>(place) & TYPE_KEY_MASK) != TYPE_KEY) {
    place = skipMember(place);
    if (place == BROKEN) return false;
  }
  return namesOther(place + TYPE_KEY_LENGTH);
}

/** A key, a string or word, and the comma behind them. */
function skipMember(at: usize): usize {
  if (load<u8>(at) != QUOTE) return BROKEN;
  const colon = skipString(at);
  if (colon == BROKEN || escaped || load<u8>(colon) != COLON) return BROKEN;
  const value = colon + 1;
  const behind = load<u8>(value) == QUOTE ? skipString(value) : skipWord(value);
  return behind != BROKEN && load<u8>(behind) == COMMA ? behind + 1 : BROKEN;
}

function namesOther(at: usize): bool {
  if (!standsAt(ASSISTANT, at) && !standsAt(PROGRESS, at)) return isName(at);
  const kind = at + PROGRESS_DATA.length;
  return standsAt(PROGRESS_DATA, at) && isName(kind) && !standsAt(SUB_AGENTS, kind);
}

function isName(at: usize): bool {
  return load<u8>(at) == QUOTE && skipString(at) != BROKEN && !escaped;
}

/** Words are two bytes a letter in memory, texts one. */
function standsAt(word: string, at: usize): bool {
  for (let i = 0; i < word.length; i++) if (load<u8>(at + i) != <u8>word.charCodeAt(i)) return false;
  return true;
}
