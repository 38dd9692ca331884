import { recordId } from './call-record.ts';
import { recordAt } from './scan/call-rows.ts';
import * as c from './scan/call-table.ts';
import type { JoinedCalls } from './scan/join-calls.ts';
import { isCall } from './scan/join-calls.ts';

const TRANSACTION_ID = /^[0-9a-f]{64}$/;

/** All ids of the calls that an id (of a request, a message, a line or a transaction) names. */
export function relatedIds({ table, strings }: JoinedCalls, id: string): string[] {
  const byTransaction = TRANSACTION_ID.test(id);
  const found = new Set<string>();
  for (let row = 0; row < table.rows; row++) {
    if (!isCall(table, row)) continue;
    const ids = c.ID_MARKS.flatMap((column) => strings.id(table.mark(row, column)) ?? []);
    if (!ids.includes(id) && !(byTransaction && recordId(recordAt(table, strings, row)) === id)) continue;
    for (const one of ids) found.add(one);
  }
  return [...found];
}
