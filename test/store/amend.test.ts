import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventState } from '../../src/usage/event.ts';
import { claudeCallKey, eventId, messageKeyOf } from '../../src/usage/identity.ts';
import { observe } from '../../src/usage/merge.ts';
import type { Snapshot } from '../../src/usage/snapshot.ts';
import { BUCKET_MS, markerId } from '../../src/usage/snapshot.ts';
import { MemoryTable } from '../support/memory-table.ts';
import type { Reading } from '../support/observations.ts';
import { NOON, delivery, observation, readings } from '../support/observations.ts';

const price = (event: EventState) => ({
  listMicros: event.outputTokens * 20 + event.cacheWrite1hTokens,
  cacheSavingsMicros: -event.cacheWrite1hTokens,
});

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

  it.each(['0', 'zzz'])('counts a call once though a copy of it under session %s was seen too', async (forkSession) => {
    const id = eventId(['claude-request', 'req_1']);
    const forkKey = claudeCallKey('acme', { ...call, sessionId: forkSession });
    const original = { ...file(1, NOON), id };
    const fork = observe({
      ...common,
      id,
      sessionId: forkSession,
      callKey: forkKey,
      source: 'backfill',
      atMs: NOON,
      cacheWrite1hTokens: 9,
    });
    for (const order of [
      [original, fork, live(1, NOON + 100)],
      [live(1, NOON + 100), fork, original],
      [fork, live(1, NOON + 100), original],
    ])
      expect(figures(await stored(order.map((one) => [one])))).toMatchObject([
        { derived: true, sessionId: 's', outputTokens: 50 },
      ]);
  });

  it('leaves what a repeated batch brings alone', async () => {
    const all = [live(1, NOON), file(1, NOON + 5), file(2, NOON + 9000)];
    const table = await stored([all]);
    const before = table.content();
    await table.write(all, price);
    table.content().forEach((row, i) => expect(row).toBe(before[i]));
  });
});

type Message = { row: EventState } | { closing: Snapshot };

const messagesOf = ({ rows, closing }: Reading): Message[] => [...rows.map((row) => ({ row })), { closing }];

const batchOf = (messages: readonly Message[]) => ({
  events: messages.flatMap((message) => ('row' in message ? [message.row] : [])),
  snapshots: messages.flatMap((message) => ('closing' in message ? [message.closing] : [])),
});

/** Delivers, and sends again what is answered as incomplete, as the client does. */
async function deliver(all: readonly Reading[], batches: readonly (readonly Message[])[]): Promise<MemoryTable> {
  const table = new MemoryTable();
  let open = new Set<Snapshot>();
  for (const batch of batches) for (const snapshot of await table.writeBatch(batchOf(batch), price)) open.add(snapshot);
  for (let rounds = 0; open.size > 0 && rounds < 3; rounds++) {
    const again = all.filter(({ closing }) => open.has(closing));
    open = new Set();
    for (const reading of again.sort((a, b) => a.closing.snapshotMs - b.closing.snapshotMs))
      for (const snapshot of await table.writeBatch(batchOf(messagesOf(reading)), price)) open.add(snapshot);
  }
  expect(open.size).toBe(0);
  return table;
}

const newestOf = (all: readonly Reading[]): Reading[] =>
  [NOON, NOON + BUCKET_MS].flatMap((bucketMs) =>
    all
      .filter(({ closing }) => closing.bucketMs === bucketMs)
      .sort((a, b) => b.closing.snapshotMs - a.closing.snapshotMs)
      .slice(0, 1),
  );

describe('snapshots', () => {
  const figures = (rows: readonly EventState[]) =>
    rows.map(({ id, outputTokens, reportedMicros }) => ({ id, outputTokens, reportedMicros })).sort(byId);
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
  const cuts = <T>(messages: readonly T[]): fc.Arbitrary<T[][]> =>
    fc
      .tuple(
        fc.shuffledSubarray([...messages], { minLength: messages.length }),
        fc.subarray([...messages]),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }),
      )
      .map(([first, again, sizes]) => {
        const rest = [...first, ...again];
        const batches: T[][] = [];
        for (let i = 0; rest.length > 0; i++) batches.push(rest.splice(0, sizes[i % sizes.length] ?? 1));
        return batches;
      });

  it('end in the newest complete one, in any order, any batching, with any repetition', async () => {
    const cases = readings().chain((all) => {
      const messages = all.flatMap(messagesOf);
      return fc.tuple(fc.constant(all), cuts(messages), cuts(messages));
    });
    await fc.assert(
      fc.asyncProperty(cases, async ([all, one, other]) => {
        const table = await deliver(all, one);
        const counted = table.content().filter((row) => row.counted);
        expect(figures(counted)).toEqual(figures(newestOf(all).flatMap(({ rows }) => rows)));
        expect((await deliver(all, other)).content()).toEqual(table.content());
      }),
      { numRuns: 500 },
    );
  });

  const row = (n: number, revision: number, org = 'acme') =>
    observe({
      org,
      id: eventId(['cursor', n]),
      assistant: 'cursor',
      atMs: NOON + n,
      source: 'sync',
      revision,
      outputTokens: n,
    });
  const closing = (snapshotMs: number, count: number, org = 'acme'): Snapshot => ({
    org,
    assistant: 'cursor',
    bucketMs: NOON,
    snapshotMs,
    count,
  });
  const ids = (table: MemoryTable, org = 'acme') =>
    table
      .content()
      .filter((state) => state.counted && state.org === org)
      .map(({ outputTokens }) => outputTokens)
      .sort((a, b) => a - b);

  it('change nothing while rows are missing, and say which', async () => {
    const table = new MemoryTable();
    await table.writeBatch({ events: [row(1, 1), row(2, 1)], snapshots: [closing(1, 2)] });
    const incomplete = await table.writeBatch({ events: [row(2, 2)], snapshots: [closing(2, 2)] });
    expect(incomplete).toEqual([closing(2, 2)]);
    expect(ids(table)).toEqual([1, 2]);
    expect(await table.writeBatch({ events: [row(3, 2)], snapshots: [closing(2, 2)] })).toEqual([]);
    expect(ids(table)).toEqual([2, 3]);
  });

  it('keep a row of an older one out that arrives late', async () => {
    const table = new MemoryTable();
    await table.writeBatch({ events: [row(1, 5)], snapshots: [closing(5, 1)] });
    expect(await table.writeBatch({ events: [row(2, 4)], snapshots: [closing(4, 2)] })).toEqual([]);
    expect(ids(table)).toEqual([1]);
  });

  it('leave other organisations, other hours, and rows that no sync has seen alone', async () => {
    const table = new MemoryTable();
    const imported = observe({ ...row(7, 0), source: 'import', revision: 0 });
    const nextHour = observe({ ...row(8, 1), atMs: NOON + BUCKET_MS, source: 'sync', revision: 1 });
    await table.writeBatch({
      events: [row(1, 1, 'globex'), imported, nextHour, row(1, 1)],
      snapshots: [closing(1, 1)],
    });
    await table.writeBatch({ events: [row(2, 2)], snapshots: [closing(2, 1)] });
    expect(ids(table)).toEqual([2, 7, 8]);
    expect(ids(table, 'globex')).toEqual([1]);
  });

  it('bring back a row that is there again', async () => {
    const table = new MemoryTable();
    await table.writeBatch({ events: [row(1, 1), row(2, 1)], snapshots: [closing(1, 2)] });
    await table.writeBatch({ events: [row(1, 2)], snapshots: [closing(2, 1)] });
    expect(ids(table)).toEqual([1]);
    await table.writeBatch({ events: [row(1, 3), row(2, 3)], snapshots: [closing(3, 2)] });
    expect(ids(table)).toEqual([1, 2]);
  });

  it('leave a marker that stands in no report', async () => {
    const table = new MemoryTable();
    await table.writeBatch({ events: [row(1, 1)], snapshots: [closing(1, 1)] });
    const marker = table.content().find(({ id }) => id === markerId({ ...closing(1, 1) }));
    expect(marker).toMatchObject({ counted: false, status: 'retracted', requests: 0, listMicros: null });
  });
});
