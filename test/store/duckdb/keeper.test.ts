import { expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../../src/store/duckdb/database.ts';
import { openDatabase } from '../../../src/store/duckdb/database.ts';
import { DuckdbStore } from '../../../src/store/duckdb/duckdb-store.ts';
import { Engine } from '../../../src/store/duckdb/engine.ts';
import { utcDay } from '../../../src/usage/days.ts';
import { eventId } from '../../../src/usage/identity.ts';
import { observe } from '../../../src/usage/merge.ts';
import { PATIENTLY } from '../../support/patience.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NOON = Date.UTC(2026, 10, 20, 12);

/** Some calls, with more output tokens each time. */
const batch = (ids: readonly number[], outputTokens: number) => ({
  events: ids.map((n) =>
    observe({
      ...{ org: 'acme', id: eventId(['test', n]), assistant: 'claude-code', source: 'telemetry' },
      ...{ atMs: NOON, outputTokens },
    }),
  ),
  activities: [],
});

/** A store that moves ten new rows at once, and how often its log was folded in. */
async function counting() {
  const directory = tempDir();
  let folded = 0;
  let current: Database | null = null;
  const open = async (): Promise<Database> => {
    const database = await openDatabase({ directory, freshRows: 10 });
    current = database;
    return {
      ...database,
      checkpoint: async () => {
        folded++;
        await database.checkpoint();
      },
    };
  };
  const price = () => ({ listMicros: null, cacheSavingsMicros: null });
  const store = new DuckdbStore({ engine: await Engine.start(open, () => undefined), price });
  onTestFinished(() => store.close());
  return { store, folded: () => folded, isDue: () => current?.keeper.isDue ?? false };
}

it('is not kept busy by rows that are only amended, or forgotten, while they are new', async () => {
  const { store, folded, isDue } = await counting();
  // Five rows, written eight times over.
  for (let i = 1; i <= 8; i++) await store.write(batch([1, 2, 3, 4, 5], i));
  await store.forgetBefore?.(utcDay(NOON) + 1);
  await expect.poll(isDue, PATIENTLY).toBe(false);
  const before = folded();
  for (let i = 1; i <= 8; i++) {
    await store.write(batch([6], i));
    // Whoever keeps house has the time to.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(folded() - before).toBeLessThanOrEqual(1);
});
