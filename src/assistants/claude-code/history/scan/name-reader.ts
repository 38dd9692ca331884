import type { StringStore } from './string-store.ts';

/** Reads names out of lines. The same name mostly stands in line after line, so each kind remembers its last one. */
export class NameReader {
  readonly #strings: StringStore;
  readonly #last: { bytes: Buffer; number: number }[];

  /** Kinds are numbers below `kinds`. */
  constructor(strings: StringStore, kinds: number) {
    this.#strings = strings;
    this.#last = Array.from({ length: kinds }, () => ({ bytes: Buffer.alloc(0), number: 0 }));
  }

  /** The number of the name in `bytes[start..end)`, the inside of a JSON string; 0 where it is empty. */
  number(kind: number, bytes: Uint8Array, start: number, end: number, escaped: boolean): number {
    if (start === end) return 0;
    const last = this.#last[kind];
    if (last && sameBytes(last.bytes, bytes, start, end)) return last.number;
    const raw = Buffer.from(bytes.subarray(start, end));
    const number = this.#strings.nameNumber(escaped ? unescaped(raw) : raw.toString());
    this.#last[kind] = { bytes: raw, number };
    return number;
  }
}

/** The caller has checked the string's grammar. */
const unescaped = (raw: Buffer): string => String(JSON.parse(`"${raw.toString()}"`));

function sameBytes(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = known.length - 1; i >= 0; i--) if (known[i] !== bytes[start + i]) return false;
  return true;
}
