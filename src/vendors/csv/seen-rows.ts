/** A key that was not there, one that said the same, one that said something else. */
export type Seen = 'new' | 'same' | 'other';

/**
 * What was read of a file so far, in ten bytes a row: 48 bits of a row's key, 16 of what it says. Files have millions of
 * rows, and a set of strings would take a hundred times as much. In a file of three million rows the chance that any two
 * keys are taken for one is one in fifty, and that they then seem to say the same one in three million.
 */
export class SeenRows {
  /** 256, by the highest bits of a key: each grows by itself. */
  readonly #shards: (Shard | undefined)[] = [];

  /** `key` and `print`: of which the lower 48 and 16 bits count. */
  add(key: bigint, print: bigint): Seen {
    const bits = BigInt.asUintN(48, key);
    const high = Number(bits >> 16n);
    const low = (Number(bits & 0xffffn) * 0x1_0000 + Number(print & 0xffffn)) >>> 0;
    const shard = (this.#shards[high >>> 24] ??= new Shard());
    // Never 0 and 0, which is an empty slot.
    return shard.add(high, high === 0 && low === 0 ? 1 : low);
  }
}

const FIRST_SLOTS = 64;

/** Open addressing; a slot is two words, the lower half of the second is the print. */
class Shard {
  #words = new Uint32Array(2 * FIRST_SLOTS);
  #count = 0;

  add(high: number, low: number): Seen {
    if (this.#count * 10 >= this.#words.length * 4) this.#grow();
    const at = place(this.#words, high, low);
    if (this.#words[at] === 0 && this.#words[at + 1] === 0) {
      this.#words[at] = high;
      this.#words[at + 1] = low;
      this.#count += 1;
      return 'new';
    }
    return this.#words[at + 1] === low ? 'same' : 'other';
  }

  /** By a quarter: a table that doubles is half empty after it. */
  #grow(): void {
    const larger = new Uint32Array(2 * Math.ceil(this.#words.length * 0.625));
    for (let from = 0; from < this.#words.length; from += 2) {
      const high = this.#words[from] ?? 0;
      const low = this.#words[from + 1] ?? 0;
      if (high === 0 && low === 0) continue;
      const at = place(larger, high, low);
      larger[at] = high;
      larger[at + 1] = low;
    }
    this.#words = larger;
  }
}

/** Where the key is, or where it would be. */
function place(words: Uint32Array, high: number, low: number): number {
  const slots = words.length / 2;
  const tail = low >>> 16;
  let slot = ((Math.imul(high, 0x9e37_79b1) ^ Math.imul(tail, 0x85eb_ca6b)) >>> 0) % slots;
  for (;;) {
    const there = words[2 * slot] ?? 0;
    const rest = words[2 * slot + 1] ?? 0;
    if ((there === 0 && rest === 0) || (there === high && rest >>> 16 === tail)) return 2 * slot;
    slot = slot + 1 === slots ? 0 : slot + 1;
  }
}
