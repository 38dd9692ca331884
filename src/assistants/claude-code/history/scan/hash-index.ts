/** From 64-bit hashes to row numbers, by open addressing. */
export class HashIndex {
  #rows: Int32Array;
  #hashes: Int32Array;
  #used = 0;

  constructor(expected = 128) {
    let slots = 256;
    while (slots < expected * 2) slots *= 2;
    this.#rows = new Int32Array(slots).fill(-1);
    this.#hashes = new Int32Array(2 * slots);
  }

  clear(): void {
    if (this.#used > 0) this.#rows.fill(-1);
    this.#used = 0;
  }

  /** The row, or -1. */
  get(high: number, low: number): number {
    return this.#rows[this.#slot(high, low)] ?? -1;
  }

  /** The row that is known, or else this one from now on. */
  claim(high: number, low: number, row: number): number {
    const slot = this.#slot(high, low);
    const known = this.#rows[slot] ?? -1;
    if (known !== -1) return known;
    this.#put(slot, high, low, row);
    return row;
  }

  set(high: number, low: number, row: number): void {
    this.#put(this.#slot(high, low), high, low, row);
  }

  #put(slot: number, high: number, low: number, row: number): void {
    if (this.#rows[slot] === -1) this.#used += 1;
    this.#rows[slot] = row;
    this.#hashes[2 * slot] = high;
    this.#hashes[2 * slot + 1] = low;
    if (this.#used * 2 > this.#rows.length) this.#grow();
  }

  #slot(high: number, low: number): number {
    const mask = this.#rows.length - 1;
    let slot = (high ^ low) & mask;
    while (this.#rows[slot] !== -1 && (this.#hashes[2 * slot] !== high || this.#hashes[2 * slot + 1] !== low))
      slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const rows = this.#rows;
    const hashes = this.#hashes;
    this.#rows = new Int32Array(rows.length * 2).fill(-1);
    this.#hashes = new Int32Array(hashes.length * 2);
    this.#used = 0;
    for (const [slot, row] of rows.entries())
      if (row !== -1) this.set(hashes[2 * slot] ?? 0, hashes[2 * slot + 1] ?? 0, row);
  }
}
