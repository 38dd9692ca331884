import type { CountedCall } from '../../import-totals.ts';
import { projectOf } from './outgoing.ts';
import * as c from './scan/call-table.ts';
import type { JoinedCalls } from './scan/join-calls.ts';
import { isCall } from './scan/join-calls.ts';

/** Milliseconds UTC; from inclusive, to exclusive; null: open. */
export interface Span {
  sinceMs: number | null;
  toMs: number | null;
}

export const isWithin = (atMs: number, { sinceMs, toMs }: Span): boolean =>
  (sinceMs === null || atMs >= sinceMs) && (toMs === null || atMs < toMs);

/** The rows that are calls of the span. */
export function rowsWithin({ table }: JoinedCalls, span: Span): number[] {
  const rows: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (isCall(table, row) && isWithin(table.count(row, c.AT), span)) rows.push(row);
  }
  return rows;
}

/** Hands on what sums need of each row, in one object that is used again. */
export function countRows(
  { table, strings }: JoinedCalls,
  rows: readonly number[],
  add: (call: CountedCall, project: string | null) => void,
): void {
  const projects: (string | null | undefined)[] = [null];
  const projectAt = (number: number): string | null => {
    const known = projects[number];
    return known === undefined ? (projects[number] = projectOf(strings.name(number))) : known;
  };
  const call: CountedCall = {
    assistant: 'claude-code',
    granularity: 'call',
    atMs: 0,
    model: null,
    webSearches: null,
    speed: null,
    serviceTier: null,
    inferenceGeo: null,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    partial: false,
    lines: 0,
  };
  const name = (row: number, column: number): string | null => strings.name(table.mark(row, column));
  for (const row of rows) {
    const searches = table.count(row, c.SEARCHES);
    call.assistant = table.mark(row, c.ASSISTANT) === 0 ? 'claude-code' : 'claude-cowork';
    call.atMs = table.count(row, c.AT);
    call.model = name(row, c.MODEL);
    call.webSearches = searches === -1 ? null : searches;
    call.speed = name(row, c.SPEED);
    call.serviceTier = name(row, c.TIER);
    call.inferenceGeo = name(row, c.GEO);
    call.inputTokens = table.count(row, c.INPUT);
    call.outputTokens = table.count(row, c.OUTPUT);
    call.cacheReadTokens = table.count(row, c.CACHE_READ);
    call.cacheWrite5mTokens = table.count(row, c.WRITTEN_5M);
    call.cacheWrite1hTokens = table.count(row, c.WRITTEN_1H);
    call.partial = table.mark(row, c.COMPLETE) === 0;
    call.lines = table.mark(row, c.LINES);
    add(call, projectAt(table.mark(row, c.CWD)));
  }
}
