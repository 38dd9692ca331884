import { hash } from 'node:crypto';
import { cursorAlike, cursorTokens } from '../../../usage/identity.ts';
import { bucketStart } from '../../../usage/snapshot.ts';
import type { CursorUsage } from '../row.ts';

/** A row as it was read: which of several rows alike it is, is only known beside the others of its hour. */
export type ReadRow = Omit<CursorUsage, 'occurrence'>;

/** All rows of an hour at one reading. */
export interface HourRows {
  bucketMs: number;
  /** In a fixed order, numbered. */
  rows: CursorUsage[];
  /** Of all that the rows say; equal for readings that say the same, in whatever order. */
  hash: string;
  /** A fingerprint of each row, by which a later reading can tell what is new and what was amended. */
  prints: Buffer;
}

const identityOf = (row: ReadRow): string => JSON.stringify(cursorAlike(row));

const contentOf = (row: ReadRow): string =>
  cursorTokens(row) +
  JSON.stringify([row.reportedMicros, row.billedMicros, row.model, row.kind, row.conversationId, row.cloudAgentId]);

/** Bytes of a row's fingerprint: five of its identity, four of its content. */
const PRINT_BYTES = 9;
const IDENTITY_HEX = 10;

const printOf = (identity: string, content: string): string =>
  hash('sha256', identity).slice(0, IDENTITY_HEX) + hash('sha256', content).slice(0, 2 * PRINT_BYTES - IDENTITY_HEX);

const numbered = (row: ReadRow, occurrence: number): CursorUsage => ({
  atMs: row.atMs,
  who: row.who,
  model: row.model,
  kind: row.kind,
  conversationId: row.conversationId,
  cloudAgentId: row.cloudAgentId,
  occurrence,
  inputTokens: row.inputTokens,
  outputTokens: row.outputTokens,
  cacheReadTokens: row.cacheReadTokens,
  cacheWriteTokens: row.cacheWriteTokens,
  reportedMicros: row.reportedMicros,
  billedMicros: row.billedMicros,
});

/**
 * Cuts rows into hours. Rows alike are numbered in the order of what they say, so that the numbers do not depend on
 * the order in which they were read.
 */
export function hoursOfRows(rows: readonly ReadRow[]): HourRows[] {
  const texts = rows.map((row) => ({ row, identity: identityOf(row), content: contentOf(row) }));
  texts.sort((a, b) => compare(a.identity, b.identity) || compare(a.content, b.content));
  const byHour = new Map<number, typeof texts>();
  for (const text of texts) {
    const bucketMs = bucketStart(text.row.atMs);
    const hour = byHour.get(bucketMs);
    if (hour) hour.push(text);
    else byHour.set(bucketMs, [text]);
  }
  return [...byHour].map(([bucketMs, hour]) => {
    let occurrence = 0;
    return {
      bucketMs,
      rows: hour.map(({ row, identity }, i) => {
        occurrence = identity === hour[i - 1]?.identity ? occurrence + 1 : 0;
        return numbered(row, occurrence);
      }),
      hash: hash('sha256', hour.map(({ identity, content }) => identity + content).join('\n')).slice(0, 32),
      prints: Buffer.from(hour.map(({ identity, content }) => printOf(identity, content)).join(''), 'hex'),
    };
  });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export interface Difference {
  fresh: number;
  amended: number;
  same: number;
}

function printsByIdentity(prints: Buffer): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (let at = 0; at + PRINT_BYTES <= prints.length; at += PRINT_BYTES) {
    const print = prints.toString('hex', at, at + PRINT_BYTES);
    const identity = print.slice(0, IDENTITY_HEX);
    const content = print.slice(IDENTITY_HEX);
    const contents = found.get(identity);
    if (contents) contents.push(content);
    else found.set(identity, [content]);
  }
  return found;
}

/** What a reading brings, beside the one before. */
export function differenceOf(before: Buffer, after: Buffer): Difference {
  const old = printsByIdentity(before);
  const difference = { fresh: 0, amended: 0, same: 0 };
  for (const [identity, contents] of printsByIdentity(after)) {
    const left = old.get(identity) ?? [];
    const known = left.length;
    let same = 0;
    for (const content of contents) {
      const at = left.indexOf(content);
      if (at < 0) continue;
      left.splice(at, 1);
      same += 1;
    }
    const amended = Math.min(known, contents.length) - same;
    difference.same += same;
    difference.amended += amended;
    difference.fresh += contents.length - same - amended;
  }
  return difference;
}
