interface Slot<T> {
  bytes: Uint8Array;
  value: T;
}

const BUCKETS = 1024;

/** Known names looked up by their UTF-8 bytes in a larger buffer, so that unknown ones never become strings. */
export class KeyTable<T> {
  readonly #buckets: readonly Slot<T>[][] = Array.from({ length: BUCKETS }, () => []);

  constructor(entries: Iterable<readonly [name: string, value: T]>) {
    for (const [name, value] of entries) {
      const bytes = new Uint8Array(Buffer.from(name));
      this.#buckets[bucketOf(bytes, 0, bytes.length)]?.push({ bytes, value });
    }
  }

  get(buffer: Uint8Array, from: number, to: number): T | undefined {
    const bucket = this.#buckets[bucketOf(buffer, from, to)] ?? [];
    for (const slot of bucket) if (isAt(slot.bytes, buffer, from, to)) return slot.value;
    return undefined;
  }
}

// Length, first and last byte tell nearly all names of our tables apart.
const bucketOf = (buffer: Uint8Array, from: number, to: number): number =>
  ((to - from) * 31 + (buffer[from] ?? 0) * 7 + (buffer[to - 1] ?? 0)) & (BUCKETS - 1);

function isAt(bytes: Uint8Array, buffer: Uint8Array, from: number, to: number): boolean {
  if (bytes.length !== to - from) return false;
  for (let i = bytes.length - 1; i >= 0; i--) if (bytes[i] !== buffer[from + i]) return false;
  return true;
}
