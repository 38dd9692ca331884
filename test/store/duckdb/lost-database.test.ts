import { expect, it, onTestFinished } from 'vitest';
import { raw } from '../../../src/reports/sql.ts';
import type { Database } from '../../../src/store/duckdb/database.ts';
import { openDatabase } from '../../../src/store/duckdb/database.ts';
import { DuckdbStore } from '../../../src/store/duckdb/duckdb-store.ts';
import { Engine } from '../../../src/store/duckdb/engine.ts';
import type { Store } from '../../../src/store/store.ts';
import { StoreUnavailable } from '../../../src/store/store.ts';
import { eventId } from '../../../src/usage/identity.ts';
import { observe } from '../../../src/usage/merge.ts';
import { tempDir } from '../../support/temp-dir.ts';

const event = (n: number) =>
  observe({
    ...{ org: 'acme', id: eventId(['test', n]), assistant: 'claude-code', source: 'telemetry' },
    atMs: Date.UTC(2026, 10, 20, 12) + n,
  });

/** A store whose first database is given up by the engine in the commit after `fail`, once `before` has run. */
async function failing(): Promise<{ store: Store; fail: (before: () => Promise<void>) => void }> {
  const directory = tempDir();
  let before: (() => Promise<void>) | null = null;
  const open = async (): Promise<Database> => {
    const database = await openDatabase({ directory });
    const { writing } = database;
    const run = writing.run.bind(writing);
    writing.run = async (...args) => {
      if (before === null || args[0] !== 'COMMIT') return await run(...args);
      const wait = before;
      before = null;
      await wait();
      throw new Error('FATAL Error: the disk is full');
    };
    return database;
  };
  const price = () => ({ listMicros: null, cacheSavingsMicros: null });
  const store = new DuckdbStore({ engine: await Engine.start(open, () => undefined), price });
  onTestFinished(() => store.close());
  return { store, fail: (run) => (before = run) };
}

const turns = () => new Promise((resolve) => setTimeout(resolve, 30));
const write = (store: Store, n: number) => store.write({ events: [event(n)], activities: [] });
const counted = async (store: Store) =>
  (await store.query(raw('SELECT sum(events) AS events FROM usage_slice')))[0]?.events;

it.each([
  ['a report', counted],
  ['a backup', async (store: Store) => (await store.backup?.())?.content.destroy()],
])('goes on with what was written together, though %s waited for that commit to end', async (_, ask) => {
  const { store, fail } = await failing();
  await write(store, 1);
  const asked: Promise<unknown>[] = [];
  fail(async () => {
    asked.push(
      ask(store).then(
        () => null,
        (error: unknown) => error,
      ),
    );
    await turns();
  });
  await Promise.all([write(store, 2), write(store, 3)]);
  const [refusal] = await Promise.all(asked);
  if (refusal !== null) expect(refusal).toBeInstanceOf(StoreUnavailable);
  expect(await counted(store)).toBe(3);
});
