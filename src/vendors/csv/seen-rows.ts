/**
 * What was read of a file so far, in eight bytes a row: 48 bits of a row's key, 16 of what it says. Files have
 * millions of rows, and a set of strings would take a hundred times as much. In a file of three million rows the chance
 * that any two keys are taken for one is one in fifty, and that they then seem to say the same one in three million.
 */
const PRINT_BITS = 16n;
const FIRST_SIZE = 64;

class Shard {
  #slots = new BigUint64Array(FIRST_SIZE);
  #count = 0;

  add(slot: bigint): Seen {
    if (this.#count * 4 >= this.#slots.length * 3) this.#grow();
    const found = this.#place(this.#slots, slot);
    const there = this.#slots[found] ?? 0n;
    if (there === 0n) {
      this.#slots[found] = slot;
      this.#count += 1;
      return 'new';
    }
    return there === slot ? 'same' : 'other';
  }

  #grow(): void {
    const larger = new BigUint64Array(this.#slots.length * 2);
    for (const slot of this.#slots) if (slot !== 0n) larger[this.#place(larger, slot)] = slot;
    this.#slots = larger;
  }

  /** Where the key is, or where it would be. */
  #place(slots: BigUint64Array, slot: bigint): number {
    const key = slot >> PRINT_BITS;
    const mask = slots.length - 1;
    let at = Number(key & 0xffff_ffffn) & mask;
    for (let there = slots[at] ?? 0n; there !== 0n && there >> PRINT_BITS !== key; there = slots[at] ?? 0n)
      at = (at + 1) & mask;
    return at;
  }
}

/** A key that was not there, one that said the same, one that said something else. */
export type Seen = 'new' | 'same' | 'other';

export class SeenRows {
  /** 256, by the highest bits of a key: each grows by itself. */
  readonly #shards: (Shard | undefined)[] = [];

  /** `key` and `print`: of which the lower 48 and 16 bits count. */
  add(key: bigint, print: bigint): Seen {
    const bits = BigInt.asUintN(48, key);
    const index = Number(bits >> 40n);
    const shard = (this.#shards[index] ??= new Shard());
    // Never 0, which is an empty slot.
    return shard.add((bits << PRINT_BITS) | BigInt.asUintN(16, print) || 1n);
  }
}
