import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDuckdb } from '../../../src/store/duckdb/open.ts';
import { ForeignDatabase } from '../../../src/store/duckdb/schema.ts';
import { integer, raw, sql, text, texts } from '../../../src/reports/sql.ts';
import type { ControlRecord, DirectoryRow, Store } from '../../../src/store/store.ts';
import { ControlConflict, StoreUnavailable } from '../../../src/store/store.ts';
import type { Activity, EventState } from '../../../src/usage/event.ts';
import { eventId } from '../../../src/usage/identity.ts';
import { observe } from '../../../src/usage/merge.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { NOON, delivery, observation, readings } from '../../support/observations.ts';
import { tempDir } from '../../support/temp-dir.ts';

const price = (event: EventState) => ({
  listMicros: event.outputTokens * 20,
  cacheSavingsMicros: event.cacheReadTokens,
});
const open = async (directory = tempDir()): Promise<Store> => {
  const store = await openDuckdb({ directory, price });
  onTestFinished(() => store.close());
  return store;
};
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

describe('DuckdbStore', () => {
  it('holds the same as the plain table for any delivery', async () => {
    const store = await open();
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
      { numRuns: 60 },
    );
  });

  it('applies snapshots as the plain table does, and says which are incomplete', async () => {
    const store = await open();
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
      { numRuns: 30 },
    );
  });

  it('tells each of the batches of one commit what of its own was incomplete', async () => {
    const store = await open();
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

  it('keeps organisations apart that hold the same events', async () => {
    const store = await open();
    await store.write({ events: [event(1), event(1, 'globex'), event(2, 'globex')], activities: [] });
    expect(await count(store, 'acme')).toEqual({ n: 1, tokens: 1 });
    expect(await count(store, 'globex')).toEqual({ n: 2, tokens: 3 });
  });

  it('survives concurrent writes of overlapping batches', async () => {
    const store = await open();
    const batches = Array.from({ length: 60 }, (_, b) =>
      Array.from({ length: 50 }, (_, i) => event(((b * 37) % 500) + i)),
    );
    await Promise.all(batches.map((events) => store.write({ events, activities: [] })));
    const distinct = new Set(batches.flat().map((e) => e.id)).size;
    expect(await count(store)).toMatchObject({ n: distinct });
  });

  it('finds everything again after it was closed and opened', async () => {
    const directory = tempDir();
    const store = await openDuckdb({ directory, price });
    await store.write({ events: [event(1), event(2)], activities: [] });
    await store.close();
    expect(await count(await open(directory))).toEqual({ n: 2, tokens: 3 });
  });

  it('writes an activity once', async () => {
    const store = await open();
    const activity: Activity = {
      org: 'acme',
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
    await store.write({ events: [event(1)], activities: [activity] });
    expect(await store.query(sql`SELECT kind, size FROM activity`)).toEqual([{ kind: 'prompt', size: 12 }]);
  });

  it('answers reports with typed parameters, whatever they contain', async () => {
    const store = await open();
    await store.write({ events: [event(1, 'acme', { model: `x'; DROP TABLE usage_event --` })], activities: [] });
    const rows = await store.query(sql`
      SELECT model, at_ms FROM usage_event
      WHERE model IN (SELECT unnest(${texts([`x'; DROP TABLE usage_event --`])})) AND at_ms >= ${integer(0)} ${raw('ORDER BY 2')}`);
    expect(rows).toEqual([{ model: `x'; DROP TABLE usage_event --`, at_ms: NOON + 1 }]);
  });

  it('refuses the second of two versions with one number, and writes none of its batch', async () => {
    const store = await open();
    const record = (version: number, entityId = 'k1'): ControlRecord => ({
      kind: 'key',
      entityId,
      version,
      org: 'acme',
      atMs: NOON,
      author: 'server',
      data: { version },
    });
    await store.appendControl([record(1)]);
    const race = await Promise.allSettled([
      store.appendControl([record(2)]),
      store.appendControl([record(1, 'k2'), record(2)]),
    ]);
    expect(race.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(race[1]).toMatchObject({ reason: expect.any(ControlConflict) as unknown });
    expect((await store.readControl()).map(({ entityId, version }) => `${entityId}:${version}`)).toEqual([
      'k1:1',
      'k1:2',
    ]);
  });

  it("replaces an organisation's directory as a whole, and no other's", async () => {
    const store = await open();
    const row = (actor: string): DirectoryRow => ({
      actor,
      fromMs: 0,
      toMs: NOON,
      person: 'email:ada@acme.com',
      team: 'Core',
      department: null,
    });
    await store.replaceDirectory('acme', [row('github:ada'), row('user:1')]);
    await store.replaceDirectory('globex', [row('user:2')]);
    await store.replaceDirectory('acme', [row('user:3')]);
    expect(await store.query(sql`SELECT * FROM directory ORDER BY org`)).toEqual([
      {
        org: 'acme',
        actor: 'user:3',
        from_ms: 0,
        to_ms: NOON,
        person: 'email:ada@acme.com',
        team: 'Core',
        department: null,
      },
      {
        org: 'globex',
        actor: 'user:2',
        from_ms: 0,
        to_ms: NOON,
        person: 'email:ada@acme.com',
        team: 'Core',
        department: null,
      },
    ]);
    await store.replaceDirectory('globex', []);
    expect(await store.query(sql`SELECT actor FROM directory`)).toEqual([{ actor: 'user:3' }]);
  });

  it('refuses a database that another program made', async () => {
    const directory = tempDir();
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const other = await DuckDBInstance.create(`${directory}/usage.duckdb`);
    const connection = await other.connect();
    await connection.run('CREATE TABLE theirs (x INTEGER)');
    connection.closeSync();
    other.closeSync();
    await expect(openDuckdb({ directory, price })).rejects.toThrow(ForeignDatabase);
  });

  it('rejects with StoreUnavailable once it is closed', async () => {
    const store = await openDuckdb({ directory: tempDir(), price });
    await store.close();
    await expect(store.write({ events: [event(1)], activities: [] })).rejects.toThrow(StoreUnavailable);
    await expect(store.query(sql`SELECT 1 AS one`)).rejects.toThrow(StoreUnavailable);
  });
});
