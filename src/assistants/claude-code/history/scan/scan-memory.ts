import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { SessionFile } from '../session-files.ts';
import { CallTable } from './call-table.ts';
import type { FileScan } from './file-scanner.ts';
import { StringStore } from './string-store.ts';

/** What was read of a file, and how the file then was. */
export type FileMemory = SessionFile & Omit<FileScan, 'read'>;

/** What a scan leaves for the next one. Rows and strings of all files stand together. */
export interface ScanMemory {
  files: readonly FileMemory[];
  table: CallTable;
  strings: StringStore;
}

/** Raised whenever the record rule or this file's form changes: an older memory is then not used. */
const FORM = 'revenium-scan-3\n';
const HEAD = FORM.length + 8;

interface Header {
  files: readonly FileMemory[];
  names: readonly string[];
  rows: { counts: number; marks: number; ids: number };
}

const aligned = (length: number): number => Math.ceil(length / 8) * 8;
const bytesOf = (view: Float64Array | Int32Array | Uint8Array): Buffer =>
  Buffer.from(view.buffer, view.byteOffset, view.byteLength);

/** The file's content: form, checksum, header, columns. In this machine's byte order, as it never leaves it. */
export function encodeMemory({ files, table, strings }: ScanMemory): Buffer {
  const { counts, marks } = table.used();
  const { ids } = strings;
  const rows = { counts: counts.byteLength, marks: marks.byteLength, ids: ids.byteLength };
  const header = Buffer.from(JSON.stringify({ files, names: strings.names, rows } satisfies Header));
  const start = aligned(HEAD + header.length);
  const content = Buffer.alloc(start + rows.counts + rows.marks + rows.ids);
  content.write(FORM, 'latin1');
  content.writeUInt32LE(header.length, FORM.length);
  header.copy(content, HEAD);
  bytesOf(counts).copy(content, start);
  bytesOf(marks).copy(content, start + rows.counts);
  bytesOf(ids).copy(content, start + rows.counts + rows.marks);
  content.writeUInt32LE(crc32(content.subarray(HEAD)), FORM.length + 4);
  return content;
}

/** Null for anything but a whole memory of this form: then everything is read again, nothing worse. */
export function decodeMemory(content: Buffer): ScanMemory | null {
  if (content.length < HEAD || content.toString('latin1', 0, FORM.length) !== FORM) return null;
  if (crc32(content.subarray(HEAD)) !== content.readUInt32LE(FORM.length + 4)) return null;
  const length = content.readUInt32LE(FORM.length);
  // The checksum says that `encodeMemory` wrote it.
  const { files, names, rows } = JSON.parse(content.toString('utf8', HEAD, HEAD + length)) as Header;
  const start = aligned(HEAD + length);
  const columns = content.byteOffset % 8 === 0 ? content : movedCopy(content);
  const { buffer, byteOffset } = columns;
  const counts = new Float64Array(buffer, byteOffset + start, rows.counts / 8);
  const marks = new Int32Array(buffer, byteOffset + start + rows.counts, rows.marks / 4);
  const ids = new Uint8Array(buffer, byteOffset + start + rows.counts + rows.marks, rows.ids);
  return { files, table: CallTable.of(counts, marks), strings: new StringStore(names, ids) };
}

/** At the start of memory of its own, so that columns of 8 bytes may stand in it. */
function movedCopy(content: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(content.length);
  content.copy(copy);
  return copy;
}

export function readMemory(file: string): ScanMemory | null {
  try {
    return decodeMemory(readFileSync(file));
  } catch {
    return null;
  }
}
