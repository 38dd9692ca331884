import { COUNTS_END, KEY_TABLES, LINE_KEYS, MEANINGS, STRINGS } from './line-keys.ts';
import { SKIMMER_CODE } from './skimmer-code.ts';

/** What `assembly/index.ts` exports. Places are addresses in its memory; true is 1. */
interface Code {
  memory: { buffer: ArrayBuffer; grow: (pages: number) => void };
  lineStart: { value: number };
  lineEnd: { value: number };
  textStart: () => number;
  spansAt: () => number;
  countsAt: () => number;
  knownAt: () => number;
  addKey: (table: number, name: number, length: number, kind: number, meaning: number, opens: number) => void;
  nextLine: (at: number, end: number) => number;
  isOtherLine: (at: number) => number;
  isWhole: (start: number, end: number) => number;
  skim: (start: number, end: number, table: number) => number;
  isUnusual: () => number;
}

/** What is used of WebAssembly, which node's types do not describe. */
interface Engine {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
}

const PAGE = 1 << 16;
/** Read past the text, never written. */
const MARGIN = 128;
const ESCAPED = 2;
const TRUE = 4;

let compiled: object | undefined;

/**
 * Reads of a line what the record rule asks for, without parsing the rest; what it finds is what `JSON.parse` and
 * `readSessionLine` would. Where that cannot be told in passing (a key twice or escaped, an odd number, calls inside
 * the answer) the line is marked `unusual`, and has to be parsed.
 *
 * Texts are laid into `text` from `start` on and are named by their places in it. The byte behind one must be a line
 * feed.
 */
export class LineSkimmer {
  /** Where texts may begin. */
  readonly start: number;
  /** All of the code's memory; another one after `makeRoom`, as are the arrays below. */
  text: Buffer;
  /** Start and end of each wanted string; equal where it is absent or no string. */
  spans: Int32Array;
  /** -1 where absent. */
  counts: Float64Array;
  #known: Uint8Array;
  readonly #code: Code;

  /** `room`: for so many bytes of text. Throws where WebAssembly or the room for it cannot be had. */
  constructor(room: number) {
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;
    compiled ??= new Module(Buffer.from(SKIMMER_CODE, 'base64'));
    // `Code` says what stands there.
    this.#code = new Instance(compiled).exports as Code;
    this.start = this.#code.textStart();
    [this.text, this.spans, this.counts, this.#known] = this.#views();
    this.makeRoom(room);
    for (const [table, keys] of KEY_TABLES.entries())
      for (const [name, { kind, meaning, opens }] of Object.entries(keys))
        this.#code.addKey(table, this.start, this.text.write(name, this.start, 'latin1'), kind, meaning, opens);
  }

  /** How many bytes of text fit in. */
  get room(): number {
    return this.text.length - MARGIN - this.start;
  }

  /** Lays what is there to another place if need be. */
  makeRoom(room: number): void {
    if (room <= this.room) return;
    this.#code.memory.grow(Math.ceil((room - this.room) / PAGE));
    [this.text, this.spans, this.counts, this.#known] = this.#views();
  }

  #views(): [Buffer, Int32Array, Float64Array, Uint8Array] {
    const { memory, spansAt, countsAt, knownAt } = this.#code;
    return [
      Buffer.from(memory.buffer),
      new Int32Array(memory.buffer, spansAt(), 2 * STRINGS),
      new Float64Array(memory.buffer, countsAt(), COUNTS_END),
      new Uint8Array(memory.buffer, knownAt(), MEANINGS),
    ];
  }

  /** Whether from `at` on there is a line that may report usage; `end` must be behind a line feed. */
  nextLine(at: number, end: number): boolean {
    return this.#code.nextLine(at, end) !== 0;
  }

  /** Where that line begins, behind the mark of UTF-8 if it has one. */
  get lineStart(): number {
    return this.#code.lineStart.value;
  }

  get lineEnd(): number {
    return this.#code.lineEnd.value;
  }

  /** Whether the line that begins there says in its head that it is of a type that reports no usage. */
  isOther(at: number): boolean {
    return this.#code.isOtherLine(at) !== 0;
  }

  /** Whether that is one JSON value or blank, the mark of UTF-8 left aside. */
  isWhole(start: number, end: number): boolean {
    return this.#code.isWhole(start, end) !== 0;
  }

  /** True for a JSON object that fills the range. `table`: of the object's own keys. */
  skim(start: number, end: number, table = LINE_KEYS): boolean {
    return this.#code.skim(start, end, table) !== 0;
  }

  get unusual(): boolean {
    return this.#code.isUnusual() !== 0;
  }

  has(meaning: number): boolean {
    return ((this.#known[meaning] ?? 0) & TRUE) !== 0;
  }

  isEscaped(meaning: number): boolean {
    return ((this.#known[meaning] ?? 0) & ESCAPED) !== 0;
  }
}
