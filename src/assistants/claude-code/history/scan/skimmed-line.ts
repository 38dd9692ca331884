import type { SkipReason } from '../answer-line.ts';
import { PROGRESS_KIND } from '../answer-line.ts';
import { isoMs } from '../iso-time.ts';
import { ByteHash } from './byte-hash.ts';
import * as c from './call-table.ts';
import type { CallTable } from './call-table.ts';
import { IsoReader } from './iso-bytes.ts';
import * as k from './line-keys.ts';
import type { Skimmer } from './plain-skimmer.ts';
import type { LineSource } from './line-source.ts';
import { BY_MESSAGE, BY_REQUEST } from './line-source.ts';
import { NameReader } from './name-reader.ts';
import type { StringStore } from './string-store.ts';

const ASSISTANT_TYPE = Buffer.from('assistant');
const PROGRESS_TYPE = Buffer.from('progress');
const SUB_AGENTS = Buffer.from(PROGRESS_KIND);
const SYNTHETIC = Buffer.from('<synthetic>');
const MESSAGE_PREFIX = Buffer.from('msg_');
const REQUEST_PREFIX = Buffer.from('req_');
const STANDARD = Buffer.from('standard');
const FAST = Buffer.from('fast');

/** Reads lines in passing, as `readSessionLine` reads parsed ones, or says that one has to be parsed. */
export class SkimmedLine implements LineSource {
  readonly #strings: StringStore;
  readonly #names: NameReader;
  #skim: Skimmer;
  readonly #times = new IsoReader();
  readonly #hash = new ByteHash();
  /** The line is an echo of a sub-agent's. */
  #echo = false;

  constructor(strings: StringStore, skimmer: Skimmer) {
    this.#strings = strings;
    this.#skim = skimmer;
    this.#names = new NameReader(strings, k.STRINGS);
  }

  /** Puts the figures of a line of the skimmer's text into row 0. */
  read(skim: Skimmer, start: number, end: number, line: CallTable): SkipReason | 'parse' | null {
    this.#skim = skim;
    if (!skim.skim(start, end)) return 'malformed';
    this.#echo = this.#is(k.TYPE, PROGRESS_TYPE);
    if (this.#echo && !skim.unusual) {
      skim.skim(start, end, k.ECHO_KEYS);
      if (!this.#is(k.PROGRESS_KIND, SUB_AGENTS)) return skim.unusual ? 'parse' : 'otherType';
    }
    if (skim.unusual) return 'parse';
    if (!this.#is(k.TYPE, ASSISTANT_TYPE)) return 'otherType';
    if (!skim.has(k.MESSAGE) || !skim.has(k.USAGE)) return 'noUsage';
    if (this.#is(k.MODEL, SYNTHETIC)) return 'synthetic';
    if (skim.has(k.API_ERROR)) return 'apiError';
    const atMs = this.#time();
    if (atMs === null) return 'badTimestamp';
    if (!this.#key(line)) return 'parse';
    line.setCount(0, c.AT, atMs);
    if (!this.#tokens(line)) return 'empty';
    this.#marks(line);
    return null;
  }

  /** The usage block has the mark of usage in it; elsewhere in the line it may still be. */
  get bearsMark(): boolean {
    return this.#skim.counts[k.OUTPUT] !== -1;
  }

  describe(line: CallTable): void {
    line.setMark(0, c.SESSION, this.#name(k.ORIGINAL_SESSION) || this.#name(k.SESSION));
    line.setMark(0, c.AGENT, this.#name(k.AGENT));
    line.setMark(0, c.MODEL, this.#name(k.MODEL));
    line.setMark(0, c.VERSION, this.#name(k.VERSION));
    line.setMark(0, c.CWD, this.#name(k.CWD));
    line.setMark(0, c.MESSAGE_ID, this.#keepId(k.MESSAGE_ID));
    line.setMark(0, c.UUID, 0);
  }

  addRequest(line: CallTable): void {
    line.setMark(0, c.REQUEST_ID, this.#keepId(k.REQUEST_ID));
    const start = this.#start(k.REQUEST_ID);
    this.#hash.of(this.#skim.text, start, start + this.#length(k.REQUEST_ID), BY_REQUEST);
    line.setHash(0, c.REQUEST_HIGH, this.#hash);
  }

  #start(meaning: number): number {
    return this.#skim.spans[2 * meaning] ?? 0;
  }

  #length(meaning: number): number {
    return (this.#skim.spans[2 * meaning + 1] ?? 0) - this.#start(meaning);
  }

  #startsWith(meaning: number, prefix: Uint8Array): boolean {
    const { text } = this.#skim;
    const start = this.#start(meaning);
    for (let i = 0; i < prefix.length; i++) if (text[start + i] !== prefix[i]) return false;
    return true;
  }

  #is(meaning: number, word: Uint8Array): boolean {
    return this.#length(meaning) === word.length && this.#startsWith(meaning, word);
  }

  #isId(meaning: number, prefix: Uint8Array): boolean {
    return this.#length(meaning) > prefix.length && this.#startsWith(meaning, prefix);
  }

  #time(): number | null {
    const { text } = this.#skim;
    const start = this.#start(k.TIMESTAMP);
    const end = start + this.#length(k.TIMESTAMP);
    const usual = this.#times.ms(text, start, end);
    return Number.isNaN(usual) ? isoMs(Buffer.from(text.subarray(start, end)).toString()) : usual;
  }

  /** False where neither id is Anthropic's. */
  #key(line: CallTable): boolean {
    const byMessage = this.#isId(k.MESSAGE_ID, MESSAGE_PREFIX);
    if (!byMessage && !this.#isId(k.REQUEST_ID, REQUEST_PREFIX)) return false;
    const id = byMessage ? k.MESSAGE_ID : k.REQUEST_ID;
    const start = this.#start(id);
    const kind = byMessage ? BY_MESSAGE : BY_REQUEST;
    this.#hash.of(this.#skim.text, start, start + this.#length(id), kind);
    line.setMark(0, c.KIND, kind);
    line.setHash(0, c.KEY_HIGH, this.#hash);
    line.setHash(0, c.SHARED_HIGH, this.#hash);
    return true;
  }

  #count(meaning: number): number {
    return Math.max(0, this.#skim.counts[meaning] ?? -1);
  }

  /** False where there are none. */
  #tokens(line: CallTable): boolean {
    const input = this.#count(k.INPUT);
    const output = this.#count(k.OUTPUT);
    const read = this.#count(k.CACHE_READ);
    const in5m = this.#count(k.WRITTEN_5M);
    const in1h = this.#count(k.WRITTEN_1H);
    const undivided = Math.max(0, this.#count(k.CACHE_WRITTEN) - in5m - in1h);
    line.setCount(0, c.OUTPUT, output);
    line.setCount(0, c.REASONING, this.#count(k.REASONING));
    line.setCount(0, c.INPUT, input);
    line.setCount(0, c.CACHE_READ, read);
    line.setCount(0, c.WRITTEN_1H, in1h);
    line.setCount(0, c.WRITTEN_5M, in5m + undivided);
    line.setCount(0, c.SEARCHES, this.#skim.counts[k.SEARCHES] ?? -1);
    line.setMark(0, c.SPLIT_KNOWN, Number(undivided === 0));
    return input + output + read + in5m + in1h + undivided > 0;
  }

  #marks(line: CallTable): void {
    const sidechain = Number(this.#echo || this.#skim.has(k.SIDECHAIN));
    line.setMark(0, c.COMPLETE, Number(this.#length(k.STOP_REASON) > 0));
    line.setMark(0, c.LEADER_SIDECHAIN, sidechain);
    line.setMark(0, c.REQUEST_SIDECHAIN, sidechain);
    line.setMark(0, c.REQUEST_ID, Number(this.#isId(k.REQUEST_ID, REQUEST_PREFIX)));
    line.setMark(0, c.TIER, this.#name(k.SERVICE_TIER));
    line.setMark(0, c.GEO, this.#name(k.INFERENCE_GEO));
    line.setMark(0, c.SPEED, this.#is(k.SPEED, STANDARD) || this.#is(k.SPEED, FAST) ? this.#name(k.SPEED) : 0);
  }

  #name(meaning: number): number {
    const { text } = this.#skim;
    const start = this.#start(meaning);
    return this.#names.number(meaning, text, start, start + this.#length(meaning), this.#skim.isEscaped(meaning));
  }

  #keepId(meaning: number): number {
    const start = this.#start(meaning);
    const length = this.#length(meaning);
    return length === 0 ? 0 : this.#strings.addId(this.#skim.text, start, start + length);
  }
}
