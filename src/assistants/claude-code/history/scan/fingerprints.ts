import { crc32 } from 'node:zlib';
import { ByteHash } from './byte-hash.ts';
import * as c from './call-table.ts';
import type { JoinedCalls } from './join-calls.ts';

const COUNTS = [c.AT, c.OUTPUT, c.REASONING, c.INPUT, c.CACHE_READ, c.WRITTEN_1H, c.WRITTEN_5M, c.SEARCHES];
const PLAIN_MARKS = [c.COMPLETE, c.SPLIT_KNOWN, c.LEADER_SIDECHAIN, c.ASSISTANT];
const NO_STRING = 0x1f35;

const mix = (hash: number, value: number): number => {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
};

/** What rows say, as 32-bit hashes, without making records of them. Independent of where their strings stand. */
export class Fingerprints {
  readonly #calls: JoinedCalls;
  /** What all records of the run have in common: labels, person. */
  readonly #common: number;
  readonly #names: Int32Array;
  readonly #hash = new ByteHash();

  constructor(calls: JoinedCalls, common: string) {
    this.#calls = calls;
    this.#common = crc32(common) | 0;
    this.#names = Int32Array.from([NO_STRING, ...calls.strings.names.map((name) => crc32(name))]);
  }

  /** Which call a row is: an integer of 53 bits. */
  key(row: number): number {
    const { table } = this.#calls;
    return (table.mark(row, c.SHARED_HIGH) >>> 0) * 2 ** 21 + (table.mark(row, c.SHARED_LOW) >>> 11);
  }

  of(row: number): number {
    const { table, strings } = this.#calls;
    let hash = this.#common;
    for (const column of COUNTS) {
      const count = table.count(row, column);
      hash = mix(mix(hash, count | 0), (count / 2 ** 32) | 0);
    }
    for (const column of PLAIN_MARKS) hash = mix(hash, table.mark(row, column));
    for (const column of c.NAME_MARKS) hash = mix(hash, this.#names[table.mark(row, column)] ?? 0);
    for (const column of c.ID_MARKS) {
      const place = table.mark(row, column);
      if (place === 0) hash = mix(hash, NO_STRING);
      else {
        strings.hashId(place, this.#hash, column);
        hash = mix(hash, this.#hash.low);
      }
    }
    return hash;
  }
}
