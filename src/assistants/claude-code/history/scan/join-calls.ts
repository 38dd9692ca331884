import { isMessageId } from '../../../../usage/identity.ts';
import { naturalKeyOf } from '../call-record.ts';
import { recordAt } from './call-rows.ts';
import * as c from './call-table.ts';
import type { CallTable } from './call-table.ts';
import { HashIndex } from './hash-index.ts';
import { joinPart } from './join-rows.ts';
import { BY_OTHER } from './line-source.ts';
import type { StringStore } from './string-store.ts';

/** The rows of one file. */
export interface Part {
  start: number;
  end: number;
}

/** The calls of all files: one row each; rows without lines were joined into others. */
export interface JoinedCalls {
  table: CallTable;
  strings: StringStore;
}

/** Joins what files say of the same calls, as `callRecords` does. `parts`: the rows of each file, oldest first. */
export function joinCalls(table: CallTable, strings: StringStore, parts: readonly Part[]): JoinedCalls {
  const joined = table.copy();
  const index = new HashIndex(table.rows);
  for (const [order, { start, end }] of parts.entries())
    for (let row = start; row < end; row++) {
      joined.setMark(row, c.LEADER_ORDER, order);
      joined.setMark(row, c.REQUEST_ORDER, order);
      const known = index.claim(joined.mark(row, c.SHARED_HIGH), joined.mark(row, c.SHARED_LOW), row);
      if (known !== row) absorb(joined, known, row);
    }
  const calls = { table: joined, strings };
  settleRequests(calls);
  joinForeign(calls);
  return calls;
}

export const isCall = (table: CallTable, row: number): boolean => table.mark(row, c.LINES) > 0;

function absorb(table: CallTable, into: number, row: number): void {
  joinPart(table, into, table, row);
  table.setMark(row, c.LINES, 0);
}

/** Rows that have a request id in common, where there are several. */
function sharedRequests({ table }: JoinedCalls): number[][] {
  const index = new HashIndex(table.rows);
  const groups = new Map<number, number[]>();
  for (let row = 0; row < table.rows; row++) {
    if (table.mark(row, c.REQUEST_ID) === 0 || !isCall(table, row)) continue;
    const first = index.claim(table.mark(row, c.REQUEST_HIGH), table.mark(row, c.REQUEST_LOW), row);
    if (first !== row) groups.set(first, [...(groups.get(first) ?? [first]), row]);
  }
  return [...groups.values()];
}

/** See `settleRequests` of the record rule: one answer keeps the request id, the others go by their message ids. */
function settleRequests(calls: JoinedCalls): void {
  const { table, strings } = calls;
  for (const rows of sharedRequests(calls)) {
    const answers = rows.filter((row) => isMessageId(strings.id(table.mark(row, c.MESSAGE_ID))));
    const owner = answers.reduce<number | null>(
      (best, row) => (best !== null && !claims(table, best, row) ? best : row),
      null,
    );
    for (const row of answers) if (row !== owner) table.setMark(row, c.REQUEST_ID, 0);
    const [first, ...rest] = rows.filter((row) => row === owner || !answers.includes(row));
    if (first !== undefined) for (const row of rest) absorb(table, first, row);
  }
}

/** Whether `row` has the better claim: the main conversation's before others, then the later answer. */
function claims(table: CallTable, best: number, row: number): boolean {
  const sidechain = table.mark(row, c.LEADER_SIDECHAIN) - table.mark(best, c.LEADER_SIDECHAIN);
  return sidechain === 0 ? table.count(row, c.AT) > table.count(best, c.AT) : sidechain < 0;
}

/** Calls of relays have no id of their own; those that would be sent under one id are one. */
function joinForeign({ table, strings }: JoinedCalls): void {
  const byKey = new Map<string, number>();
  for (let row = 0; row < table.rows; row++) {
    if (table.mark(row, c.KIND) !== BY_OTHER || !isCall(table, row)) continue;
    const key = JSON.stringify(naturalKeyOf(recordAt(table, strings, row)));
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, row);
    else absorb(table, known, row);
  }
}
