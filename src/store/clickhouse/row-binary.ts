/** Writes rows in ClickHouse's RowBinary: little-endian, texts and lists with their length before them. */
export class RowBinary {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity = 1 << 16) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  u64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeBigUInt64LE(value, this.#length);
  }

  /** A 64-bit integer of either kind, from a number that is exact. */
  integer(value: number): void {
    this.#reserve(8);
    // Two halves: several times as fast as a bigint, and most values fill the lower one alone.
    this.#bytes.writeUInt32LE(value >>> 0, this.#length);
    this.#length = this.#bytes.writeInt32LE(Math.floor(value / 4_294_967_296), this.#length + 4);
  }

  i32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeInt32LE(value, this.#length);
  }

  text(value: string): void {
    const most = value.length * 3;
    this.#reserve(most + 5);
    const length = most < 128 ? this.#short(value) : this.#long(value);
    this.#length += length;
  }

  /** Bytes of a known number, given in hex. */
  hex(value: string): void {
    this.#reserve(value.length >> 1);
    this.#length += this.#bytes.write(value, this.#length, 'hex');
  }

  count(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.u8((rest & 127) | 128);
      rest >>>= 7;
    }
    this.u8(rest);
  }

  // The length fits in one byte whatever the signs are.
  #short(value: string): number {
    const length = this.#bytes.write(value, this.#length + 1, 'utf8');
    this.#bytes[this.#length] = length;
    return length + 1;
  }

  #long(value: string): number {
    const start = this.#length;
    const length = Buffer.byteLength(value);
    this.count(length);
    const prefix = this.#length - start;
    this.#length = start;
    return prefix + this.#bytes.write(value, start + prefix, 'utf8');
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
