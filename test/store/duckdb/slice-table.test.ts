import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { raw } from '../../../src/reports/sql.ts';
import { openDuckdb } from '../../../src/store/duckdb/open.ts';
import { slicesOf } from '../../../src/store/slices.ts';
import type { Store } from '../../../src/store/store.ts';
import type { EventState } from '../../../src/usage/event.ts';
import { eventId } from '../../../src/usage/identity.ts';
import { observe, retraction } from '../../../src/usage/merge.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DAY = 86_400_000;
const MIDNIGHT = Date.UTC(2026, 10, 20);
const price = ({ outputTokens }: EventState) => ({
  listMicros: outputTokens || null,
  cacheSavingsMicros: -outputTokens,
});

const usage = fc
  .record({
    org: fc.constantFrom('acme', 'globex'),
    n: fc.integer({ min: 0, max: 14 }),
    // Around midnights, at distances that make and break runs.
    atMs: fc
      .tuple(
        fc.integer({ min: -1, max: 3 }),
        fc.constantFrom(-3_000_000, -1_700_000, -500, 0, 400, 1_799_000, 2_500_000),
      )
      .map(([days, offset]) => MIDNIGHT + days * DAY + offset),
    sessionId: fc.constantFrom('s1', 's2', null),
    actor: fc.constantFrom('email:ada@acme.com', 'email:bob@acme.com', null),
    promptId: fc.constantFrom('p1', 'p2', null),
    agent: fc.constantFrom('main', 'background:title', null),
    source: fc.constantFrom('telemetry' as const, 'backfill' as const),
    outputTokens: fc.integer({ min: 0, max: 9 }),
    durationMs: fc.constantFrom(null, 700),
    granularity: fc.constantFrom('call' as const, 'call' as const, 'call' as const, 'day' as const),
    status: fc.constantFrom('ok' as const, 'ok' as const, 'error' as const, 'test' as const),
    retracted: fc.constantFrom(false, false, false, true),
  })
  .map(({ n, retracted, ...said }) => {
    const event = { ...said, id: eventId(['test', n]), assistant: 'cursor' as const };
    return retracted ? retraction(event, 'sync', 5) : observe(event);
  });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(usage, { minLength: 1, maxLength: 6 }).map((events) => ({ kind: 'write' as const, events })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'read' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'crash' as const }) },
);

const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
const kept = async (store: Store) => sorted(await store.query(raw('SELECT * FROM usage_slice')));
const KINDS = 'SELECT DISTINCT org, day, assistant, tier, granularity FROM';
const kindsMissed = (store: Store) =>
  store.query(raw(`(${KINDS} usage_event WHERE counted) EXCEPT (${KINDS} usage_kind)`));
const twice = (store: Store) => store.query(raw('SELECT hash FROM usage_event GROUP BY hash HAVING count(*) > 1'));
const computed = async (store: Store) => sorted(await store.query(raw(slicesOf('usage_event'))));

/** By their paths in it. */
const filesIn = (directory: string): Map<string, Buffer> =>
  new Map(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.join(parentPath, name))
      .map((file) => [path.relative(directory, file), readFileSync(file)]),
  );

/** What is on the disk at one moment, which is all that a killed process would leave: the engine writes all the time. */
function copyOf(directory: string): string {
  for (;;)
    try {
      const [files, again] = [filesIn(directory), filesIn(directory)];
      const isAlike = [...files].every(([name, content]) => again.get(name)?.equals(content));
      if (!isAlike || again.size !== files.size) continue;
      const copy = tempDir();
      for (const [name, content] of files) {
        mkdirSync(path.dirname(path.join(copy, name)), { recursive: true });
        writeFileSync(path.join(copy, name), content);
      }
      return copy;
    } catch (error) {
      // A file that is gone before it was read.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
}

it('is at any moment what the events say, whatever is written, amended, moved or lost in memory', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 9 }), async (steps) => {
      let directory = tempDir();
      const open = (): Promise<Store> => openDuckdb({ directory, price, freshRows: 7 });
      let store = await open();
      for (const now of steps) {
        if (now.kind === 'write') await store.write({ events: now.events, activities: [] });
        expect(await kindsMissed(store)).toEqual([]);
        expect(await twice(store)).toEqual([]);
        if (now.kind === 'read') expect(await kept(store)).toEqual(await computed(store));
        if (now.kind === 'crash') {
          const copy = copyOf(directory);
          await store.close();
          directory = copy;
          store = await open();
        }
      }
      expect(await kept(store)).toEqual(await computed(store));
      await store.close();
    }),
    { numRuns: 25, endOnFailure: true },
  );
}, 180_000);

it('has what was written before a report began, though others write, and rows move, all the time', async () => {
  const store = await openDuckdb({ directory: tempDir(), price, freshRows: 300 });
  onTestFinished(() => store.close());
  let n = 0;
  const some = (): EventState[] =>
    Array.from({ length: 20 }, () =>
      observe({
        org: 'acme',
        id: eventId(['test', n++ % 2500]),
        assistant: 'claude-code',
        source: n % 3 === 0 ? 'backfill' : 'telemetry',
        atMs: MIDNIGHT + ((n * 7919) % 200) * 60_000,
        sessionId: `s${n % 17}`,
        outputTokens: n % 50,
      }),
    );
  let acknowledged = 0;
  const writer = async (): Promise<void> => {
    for (let i = 0; i < 40; i++) {
      const events = some();
      await store.write({ events, activities: [] });
      acknowledged = Math.max(acknowledged, n);
    }
  };
  const reader = async (): Promise<void> => {
    for (let i = 0; i < 15; i++) {
      const rows = await store.query(raw('SELECT coalesce(sum(events), 0) AS n FROM usage_slice'));
      expect(Number(rows[0]?.n)).toBeGreaterThanOrEqual(0);
    }
  };
  await Promise.all([writer(), writer(), writer(), reader(), reader()]);
  expect(await kept(store)).toEqual(await computed(store));
  const rows = await store.query(raw('SELECT sum(events) AS n FROM usage_slice'));
  expect(rows).toEqual([{ n: Math.min(2500, acknowledged) }]);
});
