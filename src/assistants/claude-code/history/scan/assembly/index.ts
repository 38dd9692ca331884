import { BROKEN, endOfLine, skipSpace } from './bytes.ts';
import { isOther } from './head.ts';
import { skipValue } from './json.ts';
import { addKey } from './keys.ts';
import { counts, known, skim, spans, unusual } from './line.ts';

// The part of the scan that looks at every byte. The host lays the text into memory from `textStart` on, with a line
// feed behind it and 64 bytes of room behind that.

export { addKey, skim };

/** Where the host finds what `skim` has read. */
export function spansAt(): usize {
  return spans;
}
export function countsAt(): usize {
  return counts;
}
export function knownAt(): usize {
  return known;
}
export function isUnusual(): bool {
  return unusual;
}
export function textStart(): usize {
  return (__heap_base + 15) & ~15;
}

export let lineStart: usize = 0;
export let lineEnd: usize = 0;

/** Whether between two places there is another line that may report usage; `lineStart` and `lineEnd` say where. */
export function nextLine(at: usize, end: usize): bool {
  while (at < end) {
    const feed = endOfLine(at);
    const start = withoutMark(at);
    if (!isOther(start)) {
      lineStart = start;
      lineEnd = feed;
      return true;
    }
    at = feed + 1;
  }
  return false;
}

/** Whether the head of the line at a place says that it reports no usage. */
export function isOtherLine(at: usize): bool {
  return isOther(withoutMark(at));
}

/** Behind the mark of UTF-8, if one stands there. */
function withoutMark(at: usize): usize {
  return (load<u32>(at) & 0xffffff) == 0xbfbbef ? at + 3 : at;
}

/** Whether the range is one JSON value or blank, the mark of UTF-8 left aside. */
export function isWhole(start: usize, end: usize): bool {
  const first = withoutMark(start);
  if (skipSpace(first) == end) return true;
  const behind = skipValue(first);
  return behind != BROKEN && skipSpace(behind) == end;
}
