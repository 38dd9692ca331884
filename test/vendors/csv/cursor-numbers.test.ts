import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hoursOfRows } from '../../../src/assistants/cursor/sync/hour-rows.ts';
import { cursorKey, eventId } from '../../../src/usage/identity.ts';
import { CursorNumbers } from '../../../src/vendors/csv/cursor-numbers.ts';
import { SeenRows } from '../../../src/vendors/csv/seen-rows.ts';
import type { UsageRow } from '../../../src/vendors/cursor/usage-row.ts';
import { NOW } from '../../support/csv-files.ts';

// Few times, people and figures, so that many rows are alike.
const row: fc.Arbitrary<UsageRow> = fc
  .tuple(fc.nat(2), fc.constantFrom('a@x', 'b@x'), fc.nat(200), fc.constantFrom('c1', 'c2', null))
  .map(([at, who, outputTokens, conversationId]) => ({
    atMs: NOW + at,
    who,
    model: 'default',
    kind: 'Included in Business',
    conversationId,
    cloudAgentId: null,
    inputTokens: 1,
    outputTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reportedMicros: null,
    chargedMicros: null,
    feeMicros: null,
    billedMicros: null,
  }));

/** As Cursor's file has it. */
const inFile = (one: UsageRow): UsageRow => ({ ...one, model: 'auto', kind: 'Included', conversationId: null });

function idsOf(rows: readonly UsageRow[], numbers = new CursorNumbers(new SeenRows())): string[] {
  const numbered = [...rows.flatMap((one, i) => numbers.add(i, one)), ...numbers.settle()];
  return numbered.flatMap(({ row: one, occurrence }) =>
    occurrence === null ? [] : [eventId(cursorKey({ ...one, occurrence }))],
  );
}

const distinct = (rows: readonly UsageRow[]): UsageRow[] => [
  ...new Map(rows.map((one) => [JSON.stringify(inFile(one)), one])).values(),
];
const byTime = (rows: readonly UsageRow[]): UsageRow[] => rows.toSorted((a, b) => b.atMs - a.atMs);

describe('rows of a file of Cursor', () => {
  it("have the ids that the sync's have", () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (all) => {
        const rows = distinct(all);
        const synced = hoursOfRows(rows).flatMap((hour) => hour.rows.map((one) => eventId(cursorKey(one))));
        expect(idsOf(byTime(rows).map(inFile)).toSorted()).toEqual(synced.toSorted());
      }),
    );
  });

  it('never have an id that the sync has not, though some of its rows be alike in all that files say', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const synced = hoursOfRows(rows).flatMap((hour) => hour.rows.map((one) => eventId(cursorKey(one))));
        expect(synced).toEqual(expect.arrayContaining(idsOf(byTime(rows).map(inFile))));
      }),
    );
  });

  it('count once when a file is put together from overlapping ones', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.nat(30), fc.nat(30), (rows, from, to) => {
        const file = byTime(distinct(rows)).map(inFile);
        // Whole moments overlap, as exports are cut by time.
        const again = file.filter(({ atMs }) => atMs >= NOW + (from % 3) && atMs <= NOW + (to % 3));
        expect(idsOf([...file, ...again]).toSorted()).toEqual(idsOf(file).toSorted());
      }),
    );
  });

  it('are told apart in thousands', () => {
    const rows = Array.from({ length: 1000 }, (_, outputTokens) => ({ ...inFile(sample), outputTokens }));
    expect(new Set(idsOf(rows)).size).toBe(1000);
  });
});

const [sample] = fc.sample(row, 1) as [UsageRow];
