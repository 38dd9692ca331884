import type { CallTable } from './call-table.ts';
import * as c from './call-table.ts';

/** The joins of the record rule (see `record-rule.ts`), on rows; each keeps in `a` the larger of what both say. */

const OUTPUT_MARKS = [c.TIER, c.GEO, c.SPEED];
const LEADER_MARKS = [
  c.LEADER_SIDECHAIN,
  c.LEADER_ORDER,
  c.SESSION,
  c.AGENT,
  c.MODEL,
  c.VERSION,
  c.CWD,
  c.MESSAGE_ID,
  c.UUID,
  c.ASSISTANT,
];
const REQUEST_MARKS = [c.REQUEST_ID, c.REQUEST_SIDECHAIN, c.REQUEST_ORDER, c.REQUEST_HIGH, c.REQUEST_LOW];

function copyMarks(a: CallTable, i: number, b: CallTable, j: number, columns: readonly number[]): void {
  for (const column of columns) a.setMark(i, column, b.mark(j, column));
}

const markDifference = (a: CallTable, i: number, b: CallTable, j: number, column: number): number =>
  b.mark(j, column) - a.mark(i, column);

const countDifference = (a: CallTable, i: number, b: CallTable, j: number, column: number): number =>
  b.count(j, column) - a.count(i, column);

/** Tokens and searches. `COMPLETE` is left as it is: the time's join compares it too. */
function joinFigures(a: CallTable, i: number, b: CallTable, j: number): void {
  const output =
    markDifference(a, i, b, j, c.COMPLETE) ||
    countDifference(a, i, b, j, c.OUTPUT) ||
    countDifference(a, i, b, j, c.REASONING);
  if (output > 0) {
    a.setCount(i, c.OUTPUT, b.count(j, c.OUTPUT));
    a.setCount(i, c.REASONING, b.count(j, c.REASONING));
    copyMarks(a, i, b, j, OUTPUT_MARKS);
  }
  const input = countDifference(a, i, b, j, c.INPUT) || countDifference(a, i, b, j, c.CACHE_READ);
  if (input > 0) {
    a.setCount(i, c.INPUT, b.count(j, c.INPUT));
    a.setCount(i, c.CACHE_READ, b.count(j, c.CACHE_READ));
  }
  const written =
    markDifference(a, i, b, j, c.SPLIT_KNOWN) ||
    countDifference(a, i, b, j, c.WRITTEN_1H) ||
    countDifference(a, i, b, j, c.WRITTEN_5M);
  if (written > 0) {
    a.setMark(i, c.SPLIT_KNOWN, b.mark(j, c.SPLIT_KNOWN));
    a.setCount(i, c.WRITTEN_1H, b.count(j, c.WRITTEN_1H));
    a.setCount(i, c.WRITTEN_5M, b.count(j, c.WRITTEN_5M));
  }
  if (countDifference(a, i, b, j, c.SEARCHES) > 0) a.setCount(i, c.SEARCHES, b.count(j, c.SEARCHES));
}

/** Whether `b`'s leading line leads: the main conversation's before others, then the older file's. */
export const leads = (a: CallTable, i: number, b: CallTable, j: number): boolean =>
  (markDifference(a, i, b, j, c.LEADER_SIDECHAIN) || markDifference(a, i, b, j, c.LEADER_ORDER)) < 0;

export const copyLeader = (a: CallTable, i: number, b: CallTable, j: number): void =>
  copyMarks(a, i, b, j, LEADER_MARKS);

/** Whether `b`'s request id stands: any before none, the main conversation's before others, then the older file's. */
export function namesRequest(a: CallTable, i: number, b: CallTable, j: number): boolean {
  if (b.mark(j, c.REQUEST_ID) === 0) return false;
  if (a.mark(i, c.REQUEST_ID) === 0) return true;
  return (markDifference(a, i, b, j, c.REQUEST_SIDECHAIN) || markDifference(a, i, b, j, c.REQUEST_ORDER)) < 0;
}

export const copyRequest = (a: CallTable, i: number, b: CallTable, j: number): void =>
  copyMarks(a, i, b, j, REQUEST_MARKS);

/** A further line of a call in the same file: the time is that of the last. Leader and request are the caller's. */
export function joinLine(a: CallTable, i: number, line: CallTable): void {
  joinFigures(a, i, line, 0);
  const lines = a.mark(i, c.LINES) + 1;
  a.setMark(i, c.LINES, lines);
  a.setMark(i, c.DATING_LINES, lines);
  a.setMark(i, c.COMPLETE, a.mark(i, c.COMPLETE) | line.mark(0, c.COMPLETE));
  a.setCount(i, c.AT, Math.max(a.count(i, c.AT), line.count(0, c.AT)));
}

/** What another file says of the same call. */
export function joinPart(a: CallTable, i: number, b: CallTable, j: number): void {
  joinFigures(a, i, b, j);
  const dates =
    markDifference(a, i, b, j, c.COMPLETE) ||
    markDifference(a, i, b, j, c.DATING_LINES) ||
    -countDifference(a, i, b, j, c.AT);
  if (dates > 0) {
    a.setCount(i, c.AT, b.count(j, c.AT));
    a.setMark(i, c.DATING_LINES, b.mark(j, c.DATING_LINES));
  }
  a.setMark(i, c.COMPLETE, a.mark(i, c.COMPLETE) | b.mark(j, c.COMPLETE));
  a.setMark(i, c.LINES, a.mark(i, c.LINES) + b.mark(j, c.LINES));
  if (leads(a, i, b, j)) copyLeader(a, i, b, j);
  if (namesRequest(a, i, b, j)) copyRequest(a, i, b, j);
}
