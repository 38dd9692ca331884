import type { AnswerLine } from '../answer-line.ts';
import { callKeyOf, sharedKeyOf } from '../answer-line.ts';
import { ByteHash } from './byte-hash.ts';
import * as c from './call-table.ts';
import type { CallTable } from './call-table.ts';
import type { LineSource } from './line-source.ts';
import { BY_MESSAGE, BY_OTHER, BY_REQUEST } from './line-source.ts';
import type { StringStore } from './string-store.ts';

/** A line that had to be parsed, in the form in which others are skimmed. */
export class ParsedLine implements LineSource {
  readonly #strings: StringStore;
  readonly #read: AnswerLine;
  readonly #hash = new ByteHash();

  /** Puts the figures into row 0. */
  constructor(strings: StringStore, read: AnswerLine, line: CallTable) {
    this.#strings = strings;
    this.#read = read;
    this.#key(line);
    this.#figures(line);
  }

  describe(line: CallTable): void {
    const { sessionId, agent, model, version, cwd, messageId, requestId, uuid } = this.#read;
    line.setMark(0, c.SESSION, this.#strings.nameNumber(sessionId));
    line.setMark(0, c.AGENT, this.#strings.nameNumber(agent));
    line.setMark(0, c.MODEL, this.#strings.nameNumber(model));
    line.setMark(0, c.VERSION, this.#strings.nameNumber(version));
    line.setMark(0, c.CWD, this.#strings.nameNumber(cwd));
    line.setMark(0, c.MESSAGE_ID, this.#strings.keepId(messageId));
    line.setMark(0, c.UUID, messageId === null && requestId === null ? this.#strings.keepId(uuid) : 0);
  }

  addRequest(line: CallTable): void {
    const { requestId } = this.#read;
    line.setMark(0, c.REQUEST_ID, this.#strings.keepId(requestId));
    this.#hashText(requestId ?? '', BY_REQUEST);
    line.setHash(0, c.REQUEST_HIGH, this.#hash);
  }

  #figures(line: CallTable): void {
    const read = this.#read;
    line.setCount(0, c.AT, read.atMs);
    line.setCount(0, c.OUTPUT, read.outputTokens);
    line.setCount(0, c.REASONING, read.reasoningTokens);
    line.setCount(0, c.INPUT, read.inputTokens);
    line.setCount(0, c.CACHE_READ, read.cacheReadTokens);
    line.setCount(0, c.WRITTEN_1H, read.cacheWrite1hTokens);
    line.setCount(0, c.WRITTEN_5M, read.cacheWrite5mTokens);
    line.setCount(0, c.SEARCHES, read.webSearches ?? -1);
    line.setMark(0, c.SPLIT_KNOWN, Number(read.splitKnown));
    line.setMark(0, c.COMPLETE, Number(read.complete));
    line.setMark(0, c.LEADER_SIDECHAIN, Number(read.sidechain));
    line.setMark(0, c.REQUEST_SIDECHAIN, Number(read.sidechain));
    line.setMark(0, c.REQUEST_ID, Number(read.requestId !== null));
    line.setMark(0, c.TIER, this.#strings.nameNumber(read.serviceTier));
    line.setMark(0, c.GEO, this.#strings.nameNumber(read.inferenceGeo));
    line.setMark(0, c.SPEED, this.#strings.nameNumber(read.speed));
  }

  /** Anthropic's ids are hashed as they stand in the line, so that skimmed lines with the same id meet. */
  #key(line: CallTable): void {
    const key = callKeyOf(this.#read) ?? '';
    const kind = key.startsWith('m') ? BY_MESSAGE : key.startsWith('r') ? BY_REQUEST : BY_OTHER;
    this.#hashText(kind === BY_OTHER ? key : key.slice(1), kind);
    line.setMark(0, c.KIND, kind);
    line.setHash(0, c.KEY_HIGH, this.#hash);
    if (kind === BY_OTHER) this.#hashText(sharedKeyOf(key, this.#read), kind);
    line.setHash(0, c.SHARED_HIGH, this.#hash);
  }

  #hashText(text: string, kind: number): void {
    const bytes = Buffer.from(text);
    this.#hash.of(bytes, 0, bytes.length, kind);
  }
}
