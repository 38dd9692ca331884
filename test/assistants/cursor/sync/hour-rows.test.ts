import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadRow } from '../../../../src/assistants/cursor/sync/hour-rows.ts';
import { differenceOf, hoursOfRows } from '../../../../src/assistants/cursor/sync/hour-rows.ts';
import { cursorKey, eventId } from '../../../../src/usage/identity.ts';
import { BUCKET_MS, bucketStart } from '../../../../src/usage/snapshot.ts';

const NOON = Date.UTC(2026, 10, 20, 12);

const row = (atMs: number, outputTokens: number, who = 'ada@acme.com'): ReadRow => ({
  atMs,
  who,
  model: 'm',
  kind: 'k',
  conversationId: null,
  cloudAgentId: null,
  inputTokens: 1,
  outputTokens,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reportedMicros: null,
  billedMicros: null,
});

// Few times and figures, so that many rows are alike.
const rows: fc.Arbitrary<ReadRow[]> = fc.array(
  fc
    .tuple(fc.nat(3), fc.nat(2), fc.constantFrom('a@x', 'b@x'))
    .map(([at, n, who]) => row(NOON + at * 40 * 60_000, n, who)),
  { maxLength: 20 },
);

const readings = rows.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));

describe('rows of an hour', () => {
  it('are the same however they were ordered', () => {
    fc.assert(
      fc.property(readings, ([one, other]) => {
        expect(hoursOfRows(one)).toEqual(hoursOfRows(other));
      }),
    );
  });

  it('are all there, each in its hour, with an id of its own', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const hours = hoursOfRows(all);
        const numbered = hours.flatMap((hour) => hour.rows);
        expect(numbered).toHaveLength(all.length);
        expect(new Set(numbered.map((each) => eventId(cursorKey(each)))).size).toBe(all.length);
        for (const { bucketMs, rows: inside } of hours)
          for (const { atMs } of inside) expect(bucketStart(atMs)).toBe(bucketMs);
      }),
    );
  });

  it('have another hash as soon as one says anything else', () => {
    const hashOf = (given: ReadRow[]): string | undefined => hoursOfRows(given)[0]?.hash;
    const one = row(NOON, 1);
    const hashes = [
      [one],
      [one, one],
      [{ ...one, outputTokens: 2 }],
      [{ ...one, billedMicros: 0 }],
      [{ ...one, reportedMicros: 0 }],
      [{ ...one, kind: null }],
      [{ ...one, conversationId: 'c' }],
      [{ ...one, atMs: NOON + 1 }],
    ].map(hashOf);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('are split at the hour, to the millisecond', () => {
    const hours = hoursOfRows([row(NOON - 1, 1), row(NOON, 1), row(NOON + BUCKET_MS - 1, 1)]);
    expect(hours.map(({ bucketMs, rows: inside }) => [bucketMs - NOON, inside.length])).toEqual([
      [-BUCKET_MS, 1],
      [0, 2],
    ]);
  });
});

describe('what a reading brings', () => {
  const printsOf = (given: ReadRow[]): Buffer => hoursOfRows(given)[0]?.prints ?? Buffer.alloc(0);
  const difference = (before: ReadRow[], after: ReadRow[]) => differenceOf(printsOf(before), printsOf(after));

  it.each([
    ['nothing', [row(NOON, 1)], [row(NOON, 1)], { fresh: 0, amended: 0, same: 1 }],
    [
      'a revised row',
      [row(NOON, 1), row(NOON + 1, 1)],
      [row(NOON, 2), row(NOON + 1, 1)],
      { fresh: 0, amended: 1, same: 1 },
    ],
    ['a row more', [row(NOON, 1)], [row(NOON, 1), row(NOON + 1, 1)], { fresh: 1, amended: 0, same: 1 }],
    ['a twin', [row(NOON, 1)], [row(NOON, 1), row(NOON, 1)], { fresh: 1, amended: 0, same: 1 }],
    [
      'one of two alike revised',
      [row(NOON, 5), row(NOON, 7)],
      [row(NOON, 7), row(NOON, 9)],
      { fresh: 0, amended: 1, same: 1 },
    ],
    ['a row less', [row(NOON, 1), row(NOON, 2)], [row(NOON, 2)], { fresh: 0, amended: 0, same: 1 }],
    ['all of it', [], [row(NOON, 1)], { fresh: 1, amended: 0, same: 0 }],
  ])('is %s', (_, before, after, expected) => {
    expect(difference(before, after)).toEqual(expected);
  });

  it('adds up', () => {
    const inOneHour = rows.map((all) => all.map((each) => ({ ...each, atMs: NOON + (each.atMs % 3) })));
    fc.assert(
      fc.property(inOneHour, inOneHour, (before, after) => {
        const { fresh, amended, same } = difference(before, after);
        expect(fresh + amended + same).toBe(after.length);
        expect(difference(after, after)).toEqual({ fresh: 0, amended: 0, same: after.length });
      }),
    );
  });
});
