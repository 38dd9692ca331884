/** A cache for keys that strangers choose (model names, time zones): it never holds more than `limit` of them. */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value kept for the key; null without one. */
  peek(key: K): V | null {
    return this.#entries.get(key) ?? null;
  }

  /** The value kept for the key, else the one that `make` gives. The oldest makes room. */
  getOr(key: K, make: () => V): V {
    const kept = this.#entries.get(key);
    if (kept !== undefined) return kept;
    const made = make();
    if (this.#entries.size >= this.#limit) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    this.#entries.set(key, made);
    return made;
  }
}
