import { TextDecoder } from 'node:util';
import { CsvTableError } from './csv-table.ts';

/** What people send for a CSV file, by its first bytes. */
const OTHERS: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a workbook'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook'],
  [[0x1f, 0x8b], 'a gzip archive'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF'],
];

const startsWith = (bytes: Uint8Array, head: readonly number[]): boolean => head.every((byte, i) => bytes[i] === byte);

/**
 * The text of a file that a spreadsheet saved: UTF-8, UTF-16 with a byte order mark, else what Windows writes in the
 * West, which is what "CSV" without "UTF-8" means to Excel. @throws CsvTableError for another kind of file
 */
export function csvText(bytes: Uint8Array): string {
  const other = OTHERS.find(([head]) => startsWith(bytes, head));
  if (other) throw new CsvTableError(`this is ${other[1]}, no CSV file: save it as CSV`);
  if (startsWith(bytes, [0xff, 0xfe])) return new TextDecoder('utf-16le').decode(bytes);
  if (startsWith(bytes, [0xfe, 0xff])) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
