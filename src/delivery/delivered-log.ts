import { closeSync, ftruncateSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { cannotWrite } from './cannot-write.ts';
import { replaceFile } from './replace-file.ts';

/** A record as the log knows it. */
export interface Mark {
  /** Which record: an integer below 2^53 made of its id. */
  key: number;
  /** What it said: a 32-bit hash of all that was sent. */
  fingerprint: number;
}

/** Key, fingerprint, checksum of both. */
const ENTRY = 16;
/** Rewritten when this many entries for each record have gathered. */
const REWRITE_AT = 3;

/**
 * What an endpoint has acknowledged, so that the next run sends only what is new or says more. Entries are only ever
 * appended, after the acknowledgement; one that a crash has torn is not believed. To lose it costs nothing but sending
 * again, which counts nothing twice.
 */
export class DeliveredLog {
  readonly #marks: Map<number, number>;
  readonly #file: number | null;
  readonly #path: string;

  private constructor(marks: Map<number, number>, file: number | null, place: string) {
    this.#marks = marks;
    this.#file = file;
    this.#path = place;
  }

  /** For looking only. A log that is not there or cannot be read knows nothing. */
  static read(file: string): DeliveredLog {
    try {
      const handle = openSync(file, 'r');
      try {
        return new DeliveredLog(readMarks(handle).marks, null, file);
      } finally {
        closeSync(handle);
      }
    } catch {
      return new DeliveredLog(new Map(), null, file);
    }
  }

  /** For adding to; only one process at a time may. Made if absent, for its owner alone. @throws Failure */
  static open(file: string): DeliveredLog {
    try {
      return DeliveredLog.#open(file);
    } catch (error) {
      return cannotWrite(file)(error);
    }
  }

  static #open(file: string): DeliveredLog {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = openSync(file, 'a+', 0o600);
    const { marks, entries } = readMarks(handle);
    withoutTornEnd(handle);
    if (entries < marks.size * REWRITE_AT + 1000) return new DeliveredLog(marks, handle, file);
    closeSync(handle);
    replaceFile(file, entriesOf([...marks].map(([key, fingerprint]) => ({ key, fingerprint }))));
    return new DeliveredLog(marks, openSync(file, 'a', 0o600), file);
  }

  /** How many records it knows. */
  get size(): number {
    return this.#marks.size;
  }

  /** Whether exactly this was delivered. */
  has(key: number, fingerprint: number): boolean {
    return this.#marks.get(key) === (fingerprint | 0);
  }

  /** Whether anything was delivered of that record. */
  knows(key: number): boolean {
    return this.#marks.has(key);
  }

  /** @throws Failure */
  add(marks: readonly Mark[]): void {
    for (const { key, fingerprint } of marks) this.#marks.set(key, fingerprint | 0);
    if (this.#file === null) return;
    try {
      writeWhole(this.#file, entriesOf(marks));
    } catch (error) {
      // Others are still under way: what they add must not stand behind half an entry.
      withoutTornEnd(this.#file);
      cannotWrite(this.#path)(error);
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }
}

/** Half an entry would shift everything behind it. */
function withoutTornEnd(handle: number): void {
  const { size } = fstatSync(handle);
  if (size % ENTRY !== 0) ftruncateSync(handle, size - (size % ENTRY));
}

/** A disk that is nearly full takes a part of what it is given. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

function entriesOf(marks: readonly Mark[]): Buffer {
  const bytes = Buffer.alloc(marks.length * ENTRY);
  for (const [i, { key, fingerprint }] of marks.entries()) {
    const at = i * ENTRY;
    bytes.writeDoubleLE(key, at);
    bytes.writeInt32LE(fingerprint | 0, at + 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(at, at + 12)), at + 12);
  }
  return bytes;
}

function readMarks(handle: number): { marks: Map<number, number>; entries: number } {
  const { size } = fstatSync(handle);
  const bytes = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const got = readSync(handle, bytes, filled, size - filled, filled);
    if (got === 0) break;
    filled += got;
  }
  const marks = new Map<number, number>();
  const entries = Math.floor(filled / ENTRY);
  for (let i = 0; i < entries; i++) {
    const at = i * ENTRY;
    if (bytes.readUInt32LE(at + 12) !== crc32(bytes.subarray(at, at + 12))) continue;
    marks.set(bytes.readDoubleLE(at), bytes.readInt32LE(at + 8));
  }
  return { marks, entries };
}
