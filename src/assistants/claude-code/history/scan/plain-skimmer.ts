import { COUNTS_END, STRINGS } from './line-keys.ts';
import { LineSkimmer } from './line-skimmer.ts';

/** The public part of a `LineSkimmer`. */
export type Skimmer = Pick<LineSkimmer, keyof LineSkimmer>;

const LINE_FEED = 0x0a;
const BOM = Buffer.from('\uFEFF');

/** Leaves every line to be parsed: for where no other can be had. Some limits of memory forbid WebAssembly's. */
export class PlainSkimmer implements Skimmer {
  readonly start = 0;
  readonly spans = new Int32Array(2 * STRINGS);
  readonly counts = new Float64Array(COUNTS_END).fill(-1);
  readonly unusual = true;
  text: Buffer;
  lineStart = 0;
  lineEnd = 0;

  constructor(room: number) {
    this.text = Buffer.alloc(room);
  }

  get room(): number {
    return this.text.length;
  }

  makeRoom(room: number): void {
    if (room > this.room) this.text = Buffer.alloc(room);
  }

  nextLine(at: number, end: number): boolean {
    if (at >= end) return false;
    this.lineEnd = this.text.indexOf(LINE_FEED, at);
    this.lineStart = this.#withoutMark(at);
    return true;
  }

  #withoutMark(at: number): number {
    return this.text.subarray(at, at + BOM.length).equals(BOM) ? at + BOM.length : at;
  }

  isOther(): boolean {
    return false;
  }

  isWhole(start: number, end: number): boolean {
    const text = this.text.toString('utf8', this.#withoutMark(start), end);
    if (text.trim() === '') return true;
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  }

  skim(): boolean {
    return true;
  }

  has(): boolean {
    return false;
  }

  isEscaped(): boolean {
    return false;
  }
}

/** `room`: for so many bytes of text. */
export function makeSkimmer(room: number): Skimmer {
  try {
    return new LineSkimmer(room);
  } catch {
    return new PlainSkimmer(room);
  }
}
