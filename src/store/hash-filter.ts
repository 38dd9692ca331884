/** Slots of the first table; each further one has twice as many. */
const FIRST_SLOTS = 1 << 16;
/** A table is full when so much of it is taken: searches then look at two or three slots. */
const LOAD = 0.6;

interface Table {
  /** Fingerprints; 0 is an empty slot. */
  slots: Uint32Array;
  taken: number;
}

const newTable = (slots: number): Table => ({ slots: new Uint32Array(slots), taken: 0 });

/**
 * Which 64-bit hashes have been added: never says no of one that was, and says yes of another once in some hundred
 * million times. Seven to thirteen bytes for each, so that nobody needs to ask the disk whether an event is
 * new. Nothing is ever taken out.
 */
export class HashFilter {
  readonly #tables: Table[] = [newTable(FIRST_SLOTS)];
  readonly #words = new BigUint64Array(1);
  readonly #halves = new Uint32Array(this.#words.buffer);

  get bytes(): number {
    return this.#tables.reduce((sum, { slots }) => sum + slots.byteLength, 0);
  }

  has(hash: bigint): boolean {
    this.#words[0] = hash;
    return this.#hasHalves(this.#halves[0] ?? 0, this.#halves[1] ?? 0);
  }

  add(hash: bigint): void {
    this.#words[0] = hash;
    this.addHalves(this.#halves[0] ?? 0, this.#halves[1] ?? 0);
  }

  /** The same by a hash's lower and upper 32 bits. */
  addHalves(low: number, high: number): void {
    if (this.#hasHalves(low, high)) return;
    let last = this.#tables[this.#tables.length - 1];
    if (!last || last.taken >= last.slots.length * LOAD) {
      last = newTable((last?.slots.length ?? FIRST_SLOTS / 2) * 2);
      this.#tables.push(last);
    }
    const print = fingerprint(high);
    last.slots[slotOf(last.slots, low, print)] = print;
    last.taken += 1;
  }

  #hasHalves(low: number, high: number): boolean {
    const print = fingerprint(high);
    for (const { slots } of this.#tables) if (slots[slotOf(slots, low, print)] === print) return true;
    return false;
  }
}

const fingerprint = (half: number): number => half || 1;

/** Where the fingerprint stands, or would. */
function slotOf(slots: Uint32Array, place: number, print: number): number {
  const mask = slots.length - 1;
  let slot = place & mask;
  for (let found = slots[slot]; found !== 0 && found !== print; found = slots[slot]) slot = (slot + 1) & mask;
  return slot;
}
