import { TextDecoder } from 'node:util';
import { CsvError } from './csv-error.ts';

/** A line of a file, without its end. Longer than `MAX_LINE` it comes without text. */
export interface Line {
  /** From 1. */
  number: number;
  text: string | null;
}

/** No row of any export is a hundredth of it; a file without line ends must not be gathered in memory. */
export const MAX_LINE = 1 << 20;

/** What other files than text begin with. */
const OTHERS: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a workbook or a zip archive'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook'],
  [[0x1f, 0x8b], 'a gzip archive'],
];

const startsWith = (head: Buffer, bytes: readonly number[]): boolean => bytes.every((byte, i) => head[i] === byte);

/** By the byte order mark; without one UTF-8, in which Excel and all vendors write. @throws CsvError */
function encodingOf(head: Buffer): string {
  for (const [bytes, what] of OTHERS)
    if (startsWith(head, bytes))
      throw new CsvError(`this is ${what}, no CSV file`, { hint: 'Unpack it, or save it as CSV.' });
  if (startsWith(head, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(head, [0xfe, 0xff])) return 'utf-16be';
  return 'utf-8';
}

/** Text of a stream of bytes, without its byte order mark. @throws CsvError for what is no text */
async function* decoded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let head = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (decoder) {
      yield decoder.decode(chunk, { stream: true });
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < 4) continue;
    decoder = new TextDecoder(encodingOf(head));
    yield decoder.decode(head, { stream: true });
  }
  decoder ??= new TextDecoder(encodingOf(head));
  yield decoder.decode(head.length < 4 ? head : undefined);
}

/** The lines of a file of any size, in groups; ends are `\n`, `\r\n` or, throughout a file, `\r`. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line[]> {
  let end: '\n' | '\r' | null = null;
  let rest = '';
  let tooLong = false;
  let number = 0;
  const line = (text: string): Line => {
    number += 1;
    const whole = tooLong || text.length > MAX_LINE ? null : text;
    tooLong = false;
    return { number, text: whole?.endsWith('\r') ? whole.slice(0, -1) : whole };
  };
  for await (const text of decoded(chunks)) {
    rest += text;
    // A `\r` at the very end of what is there may be half of `\r\n`.
    if (end === null && /[\r\n]./s.test(rest)) end = rest.includes('\n') ? '\n' : '\r';
    if (end === null && rest.length <= MAX_LINE) continue;
    const parts = rest.split(end ?? '\n');
    rest = parts.pop() ?? '';
    const lines = parts.map(line);
    if (rest.length > MAX_LINE) {
      rest = '';
      tooLong = true;
    }
    if (lines.length > 0) yield lines;
  }
  if (rest !== '' || tooLong) yield rest.split(end ?? /\r?\n|\r/).map(line);
}
