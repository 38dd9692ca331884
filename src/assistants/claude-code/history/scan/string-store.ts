import type { ByteHash } from './byte-hash.ts';

/** The strings of many calls: names, which repeat, in a pool; ids, which do not, end to end in one buffer. */
export class StringStore {
  readonly names: string[];
  /** Made when a name is first asked for: a history that did not change asks for none. */
  #numbers: Map<string, number> | null = null;
  #ids: Buffer;
  #size: number;

  constructor(names: readonly string[] = [], ids: Uint8Array = new Uint8Array(0)) {
    this.names = [...names];
    this.#ids = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
    this.#size = ids.byteLength;
  }

  /** 0 is null. */
  nameNumber(name: string | null): number {
    if (name === null) return 0;
    const numbers = (this.#numbers ??= new Map(this.names.map((known, i) => [known, i + 1])));
    const known = numbers.get(name);
    if (known !== undefined) return known;
    this.names.push(name);
    numbers.set(name, this.names.length);
    return this.names.length;
  }

  name(number: number): string | null {
    // The engine is slow to look for what stands at -1.
    return number === 0 ? null : (this.names[number - 1] ?? null);
  }

  /** Keeps the bytes of an id; returns its place. */
  addId(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    this.#reserve(length + 2);
    const at = this.#size;
    this.#ids.writeUInt16LE(length, at);
    // Ids are a few dozen bytes, for which a loop is faster than a call into the engine.
    for (let i = 0; i < length; i++) this.#ids[at + 2 + i] = bytes[start + i] ?? 0;
    this.#size += length + 2;
    return at + 1;
  }

  /** As `addId`; 0 for null. */
  keepId(id: string | null): number {
    if (id === null) return 0;
    const bytes = Buffer.from(id);
    return this.addId(bytes, 0, bytes.length);
  }

  id(place: number): string | null {
    if (place === 0) return null;
    const start = place + 1;
    return this.#ids.toString('utf8', start, start + this.#ids.readUInt16LE(place - 1));
  }

  hashId(place: number, hash: ByteHash, seed: number): void {
    hash.of(this.#ids, place + 1, place + 1 + this.#ids.readUInt16LE(place - 1), seed);
  }

  /** All ids, for another store or a file. */
  get ids(): Uint8Array {
    return this.#ids.subarray(0, this.#size);
  }

  /** Takes in another store's ids; what their places grow by. */
  appendIds(ids: Uint8Array): number {
    this.#reserve(ids.byteLength);
    const shift = this.#size;
    this.#ids.set(ids, shift);
    this.#size += ids.byteLength;
    return shift;
  }

  #reserve(more: number): void {
    if (this.#size + more <= this.#ids.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(4096, this.#size + more, this.#ids.length * 2));
    this.#ids.copy(grown, 0, 0, this.#size);
    this.#ids = grown;
  }
}
