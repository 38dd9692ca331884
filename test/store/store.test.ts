import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { integer, raw, rows, sql, text, texts } from '../../src/reports/sql.ts';
import type { ControlRecord, DirectoryRow, Store } from '../../src/store/store.ts';
import { ControlConflict, StoreUnavailable } from '../../src/store/store.ts';
import type { Activity, EventState } from '../../src/usage/event.ts';
import { eventId } from '../../src/usage/identity.ts';
import { observe } from '../../src/usage/merge.ts';
import { MemoryTable } from '../support/memory-table.ts';
import { NOON, delivery, observation, readings } from '../support/observations.ts';
import type { TestDatabase } from '../support/stores.ts';
import { STORES } from '../support/stores.ts';

/** What every engine must do; each test has organisations of its own in one database. */

const price = (event: EventState) => ({
  listMicros: event.outputTokens * 20,
  cacheSavingsMicros: event.cacheReadTokens,
});
const event = (n: number, org = 'acme', extra: Partial<Parameters<typeof observe>[0]> = {}): EventState =>
  observe({
    org,
    id: eventId(['test', n]),
    assistant: 'claude-code',
    source: 'telemetry',
    atMs: NOON + n,
    outputTokens: n,
    sessionId: `s${n % 7}`,
    ...extra,
  });
const count = async (store: Store, org = 'acme') =>
  (
    await store.query(
      sql`SELECT count(*) AS n, sum(output_tokens) AS tokens FROM usage_event WHERE org = ${text(org)} AND counted`,
    )
  )[0];

describe.each(STORES)('$name', ({ create, runs }) => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await create();
    store = await database.open(price);
  });
  afterAll(async () => {
    await store.close();
    await database.remove();
  });

  it('holds the same as the plain table for any delivery', async () => {
    let run = 0;
    const cases = fc
      .array(observation(), { minLength: 1, maxLength: 12 })
      .chain((all) => fc.tuple(fc.constant(all), delivery(all)));
    await fc.assert(
      fc.asyncProperty(cases, async ([all, batches]) => {
        // An organisation of its own for every run keeps them apart in one file.
        const org = `org-${run++}`;
        const inOrg = (events: readonly EventState[]) => events.map((e) => ({ ...e, org }));
        const expected = new MemoryTable();
        await expected.write(inOrg(all), price);
        for (const batch of batches) await store.write({ events: inOrg(batch), activities: [] });
        const ids = [...new Set(all.map((e) => e.id))];
        const found = await store.find(org, ids);
        const observed = expected.content().filter((row) => !row.derived);
        expect(found.sort((a, b) => (a.hash < b.hash ? -1 : 1))).toEqual(observed);
        const counted = expected.content().filter((row) => row.counted);
        expect(await count(store, org)).toEqual({
          n: counted.length,
          tokens: counted.length === 0 ? null : counted.reduce((sum, row) => sum + row.outputTokens, 0),
        });
      }),
      { numRuns: 2 * runs },
    );
  });

  it('applies snapshots as the plain table does, and says which are incomplete', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(readings(), fc.array(fc.boolean(), { minLength: 6, maxLength: 6 })),
        async ([all, cut]) => {
          const org = `snapshots-${run++}`;
          const expected = new MemoryTable();
          for (const [i, { rows, closing }] of all.entries()) {
            const events = rows.slice(cut[i] ? 1 : 0).map((row) => ({ ...row, org }));
            const batch = { events, snapshots: [{ ...closing, org }] };
            const incomplete = await expected.writeBatch(batch, price);
            expect(await store.write({ ...batch, activities: [] })).toEqual({ incomplete });
          }
          const ids = expected.content().map((row) => row.id);
          const found = await store.find(org, ids);
          expect(found.sort((a, b) => (a.hash < b.hash ? -1 : 1))).toEqual(expected.content());
        },
      ),
      { numRuns: runs },
    );
  });

  it('tells each of the batches of one commit what of its own was incomplete', async () => {
    const bucketMs = Math.floor(NOON / 3_600_000) * 3_600_000;
    const closing = (snapshotMs: number, count: number, org: string) => ({
      org,
      assistant: 'cursor' as const,
      bucketMs,
      snapshotMs,
      count,
    });
    const row = (org: string) => event(1, org, { assistant: 'cursor', source: 'sync', revision: 7 });
    const written = await Promise.all(
      [
        { events: [row('acme')], snapshots: [closing(7, 1, 'acme')] },
        { events: [row('globex')], snapshots: [closing(7, 2, 'globex')] },
        { events: [], snapshots: [closing(8, 1, 'acme'), closing(7, 1, 'acme')] },
      ].map((batch) => store.write({ ...batch, activities: [] })),
    );
    expect(written.map(({ incomplete }) => incomplete)).toEqual([
      [],
      [closing(7, 2, 'globex')],
      [closing(8, 1, 'acme')],
    ]);
  });

  it('applies a closing record that comes without rows', async () => {
    const bucketMs = Math.floor(NOON / 3_600_000) * 3_600_000;
    const row = (n: number, revision: number) => event(n, 'closing', { assistant: 'cursor', source: 'sync', revision });
    await store.write({ events: [row(1, 7), row(2, 7), row(2, 8)], activities: [] });
    const closing = { org: 'closing', assistant: 'cursor' as const, bucketMs, snapshotMs: 8, count: 1 };
    expect(await store.write({ events: [], activities: [], snapshots: [closing] })).toEqual({ incomplete: [] });
    expect(await count(store, 'closing')).toEqual({ n: 1, tokens: 2 });
    await store.write({ events: [row(3, 7)], activities: [] });
    expect(await count(store, 'closing')).toEqual({ n: 1, tokens: 2 });
  });

  it('keeps organisations apart that hold the same events', async () => {
    await store.write({ events: [event(1, 'one'), event(1, 'two'), event(2, 'two')], activities: [] });
    expect(await count(store, 'one')).toEqual({ n: 1, tokens: 1 });
    expect(await count(store, 'two')).toEqual({ n: 2, tokens: 3 });
    expect(await store.find('one', [event(1).id, event(2).id])).toHaveLength(1);
  });

  it('survives concurrent writes of overlapping batches', async () => {
    const batches = Array.from({ length: 60 }, (_, b) =>
      Array.from({ length: 50 }, (_, i) => event(((b * 37) % 500) + i, 'overlap')),
    );
    await Promise.all(batches.map((events) => store.write({ events, activities: [] })));
    const all = new Map(batches.flat().map((e) => [e.id, e.outputTokens]));
    expect(await count(store, 'overlap')).toEqual({
      n: all.size,
      tokens: [...all.values()].reduce((sum, tokens) => sum + tokens, 0),
    });
  });

  it('shows reports the place in time that an event has now, and no other', async () => {
    const midnight = NOON + 12 * 3_600_000;
    const seen = (source: 'backfill' | 'telemetry', atMs: number) => [event(1, 'midnight', { source, atMs })];
    const days = () => store.query(sql`SELECT day, at_ms FROM usage_event WHERE org = ${text('midnight')} AND counted`);
    await store.write({ events: seen('backfill', midnight + 5), activities: [] });
    expect(await days()).toEqual([{ day: midnight / 86_400_000, at_ms: midnight + 5 }]);
    await store.write({ events: seen('telemetry', midnight - 5), activities: [] });
    expect(await days()).toEqual([{ day: midnight / 86_400_000 - 1, at_ms: midnight - 5 }]);
    await store.write({ events: seen('backfill', midnight + 1), activities: [] });
    expect(await days()).toEqual([{ day: midnight / 86_400_000 - 1, at_ms: midnight - 5 }]);
  });

  it('finds everything again after it was closed and opened', async () => {
    const other = await create();
    onTestFinished(() => other.remove());
    const before = await other.open(price);
    await before.write({ events: [event(1), event(2)], activities: [] });
    await before.close();
    const after = await other.open(price);
    expect(await count(after)).toEqual({ n: 2, tokens: 3 });
    await after.close();
    await expect(after.write({ events: [event(1)], activities: [] })).rejects.toThrow(StoreUnavailable);
    await expect(after.query(sql`SELECT 1 AS one`)).rejects.toThrow(StoreUnavailable);
  });

  it('writes an activity once', async () => {
    const activity: Activity = {
      org: 'active',
      id: eventId(['test', 'a']),
      atMs: NOON,
      kind: 'prompt',
      assistant: 'claude-code',
      actor: 'email:a@b.co',
      sessionId: 's',
      promptId: 'p',
      organization: null,
      product: null,
      project: null,
      repository: null,
      agent: null,
      model: null,
      version: null,
      name: null,
      outcome: null,
      decidedBy: null,
      durationMs: null,
      size: 12,
    };
    await store.write({ events: [], activities: [activity, activity] });
    await store.write({ events: [event(1, 'active')], activities: [activity] });
    expect(await store.query(sql`SELECT kind, size FROM activity`)).toEqual([{ kind: 'prompt', size: 12 }]);
  });

  it('answers reports with typed parameters, whatever they contain', async () => {
    const model = `x'; DROP TABLE usage_event -- \\ \t "{}" Zoë 🦆`;
    await store.write({ events: [event(1, 'hostile', { model })], activities: [] });
    const found = await store.query(sql`
      SELECT model, at_ms FROM usage_event
      WHERE model IN (SELECT unnest(${texts([model])})) AND at_ms >= ${integer(0)} ${raw('ORDER BY 2')}`);
    expect(found).toEqual([{ model, at_ms: NOON + 1 }]);
  });

  it('joins with relations that come with the query', async () => {
    const listed = rows(
      { name: 'who', kind: 'text', values: ["o'hara", 'ada'] },
      { name: 'n', kind: 'integer', values: [1, 2] },
      { name: 'share', kind: 'real', values: [0.5, 0.25] },
    );
    expect(await store.query(sql`SELECT who, n, share FROM ${listed} AS listed WHERE n > ${integer(1)}`)).toEqual([
      { who: 'ada', n: 2, share: 0.25 },
    ]);
    expect(
      await store.query(sql`
        SELECT known.n AS n, listed.who AS who FROM ${rows({ name: 'n', kind: 'integer', values: [2, 3] })} AS known
        LEFT JOIN ${listed} AS listed ON listed.n = known.n ORDER BY n`),
    ).toEqual([
      { n: 2, who: 'ada' },
      { n: 3, who: null },
    ]);
  });

  it('gives null for sums over nothing, and the row before the first', async () => {
    await store.write({ events: [event(1, 'nulls'), event(3, 'nulls')], activities: [] });
    expect(
      await store.query(
        sql`SELECT count(*) AS n, sum(requests) AS calls FROM usage_event WHERE org = ${text('nobody')}`,
      ),
    ).toEqual([{ n: 0, calls: null }]);
    expect(
      await store.query(sql`
        SELECT at_ms - lag(at_ms) OVER (ORDER BY at_ms) AS gap, output_tokens / 2 AS half FROM usage_event
        WHERE org = ${text('nulls')} ORDER BY at_ms`),
    ).toEqual([
      { gap: null, half: 0.5 },
      { gap: 2, half: 1.5 },
    ]);
  });

  const record = (version: number, entityId = 'k1'): ControlRecord => ({
    kind: 'key',
    entityId,
    version,
    org: 'acme',
    atMs: NOON,
    author: 'server',
    data: { version },
  });

  it('refuses the second of two versions with one number, and writes none of its batch', async () => {
    await store.appendControl([record(1)]);
    const race = await Promise.allSettled([
      store.appendControl([record(2)]),
      store.appendControl([record(1, 'k2'), record(2)]),
    ]);
    const won = race.findIndex(({ status }) => status === 'fulfilled');
    expect(race[1 - won]).toMatchObject({ reason: expect.any(ControlConflict) as unknown });
    const versions = (await store.readControl()).map(({ entityId, version }) => `${entityId}:${version}`);
    expect(versions).toEqual(won === 0 ? ['k1:1', 'k1:2'] : ['k1:1', 'k2:1', 'k1:2']);
  });

  it('gives each version to one of many who want it', async () => {
    const wanted = Array.from({ length: 12 }, (_, i) => record(1 + (i % 3), 'wanted'));
    const outcomes = await Promise.allSettled(wanted.map((one) => store.appendControl([one])));
    const written = wanted.filter((_, i) => outcomes[i]?.status === 'fulfilled').map(({ version }) => version);
    expect(new Set(written).size).toBe(written.length);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ControlConflict);
    const log = (await store.readControl()).filter(({ entityId }) => entityId === 'wanted');
    expect(log.map(({ version }) => version).sort()).toEqual(written.sort());
  });

  it("replaces an organisation's directory as a whole, and no other's", async () => {
    const row = (actor: string): DirectoryRow => ({
      actor,
      fromMs: 0,
      toMs: NOON,
      person: 'email:ada@acme.com',
      team: 'Core',
      department: null,
    });
    const shown = (org: string, actor: string) => ({
      org,
      actor,
      from_ms: 0,
      to_ms: NOON,
      person: 'email:ada@acme.com',
      team: 'Core',
      department: null,
    });
    await store.replaceDirectory('acme', [row('github:ada'), row('user:1')]);
    await store.replaceDirectory('globex', [row('user:2')]);
    await store.replaceDirectory('acme', [row('user:3')]);
    expect(await store.query(sql`SELECT * FROM directory ORDER BY org`)).toEqual([
      shown('acme', 'user:3'),
      shown('globex', 'user:2'),
    ]);
    await store.replaceDirectory('globex', []);
    expect(await store.query(sql`SELECT actor FROM directory`)).toEqual([{ actor: 'user:3' }]);
  });

  it('is ready while it is open', async () => {
    await expect(store.ready()).resolves.toBeUndefined();
  });
});
