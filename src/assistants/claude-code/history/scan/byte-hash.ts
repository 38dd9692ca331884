/** A 64-bit hash in two halves: two of a million keys meet by chance once in forty million histories. */
export class ByteHash {
  high = 0;
  low = 0;

  /** Hashes `bytes[start..end)`; `seed` tells kinds of keys apart. */
  of(bytes: Uint8Array, start: number, end: number, seed: number): void {
    let high = 0x9e3779b9 ^ seed;
    let low = 0x85ebca6b ^ Math.imul(seed, 0xc2b2ae35);
    for (let i = start; i < end; i++) {
      const byte = bytes[i] ?? 0;
      high = Math.imul(high ^ byte, 0x9e3779b1);
      low = Math.imul(low ^ byte, 0x5f356495);
    }
    this.high = mix(high ^ (low >>> 15), 0x85ebca6b);
    this.low = mix(low ^ (high >>> 13), 0xc2b2ae3d);
  }
}

function mix(value: number, factor: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), factor);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x27d4eb2f);
  return mixed ^ (mixed >>> 16);
}
