import type { SkipReason } from '../answer-line.ts';
import { USAGE_MARK } from '../answer-line.ts';
import { parseSessionLine } from '../session-line.ts';
import * as c from './call-table.ts';
import { CallTable } from './call-table.ts';
import { HashIndex } from './hash-index.ts';
import { copyLeader, copyRequest, joinLine, leads, namesRequest } from './join-rows.ts';
import type { LineSource } from './line-source.ts';
import type { Skimmer } from './plain-skimmer.ts';
import { ParsedLine } from './parsed-line.ts';
import { SkimmedLine } from './skimmed-line.ts';
import type { StringStore } from './string-store.ts';

/** An unusual line longer than this is not parsed: a parsed line takes several times its size. */
const LONGEST_PARSED = 64 << 20;

/** Rows of a file that was read before, as far as it then went. */
export interface EarlierRows {
  table: CallTable;
  start: number;
  end: number;
}

/** Folds lines into calls. The rows of one file stand together and know nothing of other files. */
export class LineFolder {
  readonly table: CallTable;
  readonly #strings: StringStore;
  #skimmed: SkimmedLine | null = null;
  readonly #index = new HashIndex();
  /** The line at hand, as a table of one row. */
  readonly #line = new CallTable(1);

  constructor(table: CallTable, strings: StringStore) {
    this.table = table;
    this.#strings = strings;
    this.#line.add();
    this.#line.setMark(0, c.LINES, 1);
    this.#line.setMark(0, c.DATING_LINES, 1);
  }

  /** Starts a file or goes on with one; returns its first row. */
  begin(assistant: number, earlier?: EarlierRows): number {
    this.#index.clear();
    this.#line.setMark(0, c.ASSISTANT, assistant);
    const first = this.table.rows;
    if (earlier) this.table.append(earlier.table, earlier.start, earlier.end);
    for (let row = first; row < this.table.rows; row++)
      this.#index.set(this.table.mark(row, c.KEY_HIGH), this.table.mark(row, c.KEY_LOW), row);
    return first;
  }

  /** Ends a file: sub-agents that no line names are of the kind that the file's description says. */
  end(first: number, agentType: () => string | null): void {
    let known: number | undefined;
    for (let row = first; row < this.table.rows; row++) {
      if (this.table.mark(row, c.LEADER_SIDECHAIN) === 0 || this.table.mark(row, c.AGENT) !== 0) continue;
      known ??= this.#strings.nameNumber(agentType());
      this.table.setMark(row, c.AGENT, known);
    }
  }

  /** Takes in one line of a skimmer's text. Says why, where the line is no record though it bears the mark. */
  fold(skimmer: Skimmer, start: number, end: number): SkipReason | null {
    const read = (this.#skimmed ??= new SkimmedLine(this.#strings, skimmer));
    const skipped = read.read(skimmer, start, end, this.#line);
    if (skipped === null && read.bearsMark) {
      this.#add(read);
      return null;
    }
    // Rare from here on.
    const bytes = skimmer.text.subarray(start, end);
    if (!bytes.includes(USAGE_MARK)) return null;
    if (skipped === 'parse') return this.#foldParsed(bytes);
    if (skipped === null) this.#add(read);
    return skipped;
  }

  #foldParsed(bytes: Buffer): SkipReason | null {
    if (bytes.length > LONGEST_PARSED) return 'tooLong';
    const read = parseSessionLine(bytes.toString());
    if (!Array.isArray(read)) return read;
    for (const answer of read) this.#add(new ParsedLine(this.#strings, answer, this.#line));
    return null;
  }

  #add(source: LineSource): void {
    const { table } = this;
    const line = this.#line;
    const row = this.#index.get(line.mark(0, c.KEY_HIGH), line.mark(0, c.KEY_LOW));
    if (row === -1) {
      source.describe(line);
      if (line.mark(0, c.REQUEST_ID) !== 0) source.addRequest(line);
      this.#index.set(line.mark(0, c.KEY_HIGH), line.mark(0, c.KEY_LOW), table.append(line, 0, 1));
      return;
    }
    joinLine(table, row, line);
    if (leads(table, row, line, 0)) {
      source.describe(line);
      copyLeader(table, row, line, 0);
    }
    if (namesRequest(table, row, line, 0)) {
      source.addRequest(line);
      copyRequest(table, row, line, 0);
    }
  }
}
