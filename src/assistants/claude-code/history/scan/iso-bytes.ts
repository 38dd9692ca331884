/** `0000-00-00T00:00:00.000Z`, with any digit for a zero. */
const SHAPE = Uint8Array.from(Buffer.from('0000-00-00T00:00:00.000Z'));
const DAY_PART = 10;
const HOUR_MS = 3_600_000;

/** Milliseconds UTC of times in the one form that the client writes. */
export class IsoReader {
  readonly #day = new Uint8Array(DAY_PART);
  #dayMs = NaN;

  /** NaN for any other form, for which `isoMs` is there. */
  ms(bytes: Uint8Array, start: number, end: number): number {
    if (end - start !== SHAPE.length) return NaN;
    for (let i = 0; i < SHAPE.length; i++) {
      const byte = bytes[start + i] ?? 0;
      const wanted = SHAPE[i] ?? 0;
      if (wanted === 0x30 ? byte < 0x30 || byte > 0x39 : byte !== wanted) return NaN;
    }
    const hour = two(bytes, start + 11);
    const minute = two(bytes, start + 14);
    const second = two(bytes, start + 17);
    if (hour > 23 || minute > 59 || second > 59) return NaN;
    const fraction = 10 * two(bytes, start + 20) + (bytes[start + 22] ?? 0) - 0x30;
    return this.#dayAt(bytes, start) + hour * HOUR_MS + minute * 60_000 + second * 1000 + fraction;
  }

  /** Lines of one day stand together, so that the calendar is asked rarely. */
  #dayAt(bytes: Uint8Array, start: number): number {
    let same = true;
    for (let i = 0; i < DAY_PART; i++) same &&= this.#day[i] === bytes[start + i];
    if (!same) {
      for (let i = 0; i < DAY_PART; i++) this.#day[i] = bytes[start + i] ?? 0;
      this.#dayMs = Date.parse(`${Buffer.from(this.#day).toString('latin1')}T00:00:00.000Z`);
    }
    return this.#dayMs;
  }
}

/** The number of two digits. */
const two = (bytes: Uint8Array, at: number): number => 10 * (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) - 11 * 0x30;
