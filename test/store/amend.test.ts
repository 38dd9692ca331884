import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventState } from '../../src/usage/event.ts';
import { claudeCallKey, eventId, messageKeyOf } from '../../src/usage/identity.ts';
import { observe } from '../../src/usage/merge.ts';
import { MemoryTable } from '../support/memory-table.ts';
import { NOON, delivery, observation } from '../support/observations.ts';

const price = (event: EventState): number => event.outputTokens * 20 + event.cacheWrite1hTokens;

async function stored(batches: readonly (readonly EventState[])[]): Promise<MemoryTable> {
  const table = new MemoryTable();
  for (const batch of batches) await table.write(batch, price);
  return table;
}

describe('amend', () => {
  it('gives one result for any order, any batching, any repetition', async () => {
    const cases = fc
      .array(fc.oneof(observation('acme'), observation('globex')), { minLength: 1, maxLength: 14 })
      .chain((all) => fc.tuple(fc.constant(all), delivery(all), delivery(all)));
    await fc.assert(
      fc.asyncProperty(cases, async ([all, one, other]) => {
        const expected = (await stored([all])).content();
        expect((await stored(one)).content()).toEqual(expected);
        expect((await stored(other)).content()).toEqual(expected);
      }),
      { numRuns: 1500 },
    );
  });

  const call = { sessionId: 's', model: 'm', inputTokens: 5, cacheReadTokens: 7, cacheCreationTokens: 9 };
  const callKey = claudeCallKey('acme', call);
  const common = {
    org: 'acme',
    assistant: 'claude-code',
    sessionId: 's',
    model: 'm',
    inputTokens: 5,
    callKey,
  } as const;
  const live = (n: number, atMs: number) =>
    observe({
      ...common,
      id: eventId(['live', n]),
      idless: true,
      source: 'telemetry',
      atMs,
      outputTokens: 50,
      cacheWrite5mTokens: 9,
      splitKnown: false,
    });
  const file = (n: number, atMs: number, extra: { messageKey?: bigint } = {}) =>
    observe({
      ...common,
      ...extra,
      id: eventId(['file', n]),
      source: 'backfill',
      atMs,
      outputTokens: 3,
      partial: true,
      cacheWrite1hTokens: 9,
    });
  const figures = (table: MemoryTable) => table.content().filter((row) => row.counted);

  it('counts telemetry and file of one call once, with the best of both', async () => {
    const table = await stored([[file(1, NOON)], [live(1, NOON + 200)]]);
    expect(figures(table)).toMatchObject([
      { outputTokens: 50, cacheWrite1hTokens: 9, partial: false, derived: true, sources: 3 },
    ]);
    expect(table.rows.size).toBe(3);
  });

  it('pairs the nearest, and pairs anew when a nearer one arrives', async () => {
    const table = await stored([[live(1, NOON)], [file(1, NOON + 1500)]]);
    expect(figures(table)).toHaveLength(1);
    await table.write([file(2, NOON + 10)], price);
    expect(figures(table).map((row) => [row.derived, row.atMs - NOON])).toEqual(
      expect.arrayContaining([
        [true, 0],
        [false, 1500],
      ]),
    );
    expect(figures(table)).toHaveLength(2);
  });

  it('does not pair beyond two seconds', async () => {
    expect(figures(await stored([[live(1, NOON), file(1, NOON + 2001)]]))).toHaveLength(2);
    expect(figures(await stored([[live(1, NOON), file(1, NOON + 2000)]]))).toHaveLength(1);
  });

  it('counts a replay under another request id once', async () => {
    const messageKey = messageKeyOf('acme', 'msg_1');
    const table = await stored([[file(1, NOON, { messageKey })], [file(2, NOON + 60_000, { messageKey })]]);
    expect(figures(table)).toMatchObject([{ derived: true, atMs: NOON }]);
  });

  it('leaves what a repeated batch brings alone', async () => {
    const all = [live(1, NOON), file(1, NOON + 5), file(2, NOON + 9000)];
    const table = await stored([all]);
    const before = table.content();
    await table.write(all, price);
    table.content().forEach((row, i) => expect(row).toBe(before[i]));
  });
});
