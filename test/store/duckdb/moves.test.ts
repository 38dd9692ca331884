import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { raw } from '../../../src/reports/sql.ts';
import { openDuckdb } from '../../../src/store/duckdb/open.ts';
import { transaction, writeTransaction } from '../../../src/store/duckdb/transaction.ts';
import type { EventState } from '../../../src/usage/event.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { delivery, observation } from '../../support/observations.ts';
import { tempDir } from '../../support/temp-dir.ts';

const price = ({ outputTokens }: EventState) => ({ listMicros: outputTokens, cacheSavingsMicros: null });
const byHash = (a: EventState, b: EventState): number => (a.hash < b.hash ? -1 : 1);

it.each([
  { transacting: transaction, stays: false },
  { transacting: writeTransaction, stays: true },
])('$transacting.name: a row found stays in its place though a checkpoint closes gaps: $stays', async (given) => {
  const instance = await DuckDBInstance.create(`${tempDir()}/some.duckdb`);
  const [writing, other] = [await instance.connect(), await instance.connect()];
  onTestFinished(() => {
    for (const one of [writing, other, instance]) one.closeSync();
  });
  await writing.run('CREATE TABLE slice_stale (day BIGINT)');
  await writing.run('CREATE TABLE t AS SELECT range AS n FROM range(300000)');
  await other.run('CHECKPOINT');
  await writing.run('DELETE FROM t WHERE n < 200000');
  const place = async () => (await writing.runAndReadAll('SELECT rowid FROM t WHERE n = 299999')).getRowsJS()[0]?.[0];
  await given.transacting(writing, async () => {
    const before = await place();
    await other.run('CHECKPOINT');
    expect((await place()) === before).toBe(given.stays);
  });
});

it('holds the same as the plain table, though rows move and are renumbered while they are amended', async () => {
  let run = 0;
  const store = await openDuckdb({ directory: tempDir(), price, freshRows: 3 });
  onTestFinished(() => store.close());
  const cases = fc
    .array(observation(), { minLength: 5, maxLength: 20 })
    .chain((all) => fc.tuple(fc.constant(all), delivery(all)));
  await fc.assert(
    fc.asyncProperty(cases, async ([all, batches]) => {
      const org = `org-${run++}`;
      const inOrg = (events: readonly EventState[]) => events.map((event) => ({ ...event, org }));
      const expected = new MemoryTable();
      await expected.write(inOrg(all), price);
      const ids = [...new Set(all.map(({ id }) => id))];
      for (const batch of batches) {
        await store.write({ events: inOrg(batch), activities: [] });
        const stored = await store.find(org, ids);
        for (const { id } of batch) expect(stored.filter((event) => event.id === id)).toHaveLength(1);
      }
      const observed = expected.content().filter((event) => !event.derived);
      expect((await store.find(org, ids)).sort(byHash)).toEqual(observed);
      expect(await store.query(raw(`SELECT count(*) AS n FROM usage_event WHERE org = '${org}'`))).toEqual([
        { n: expected.rows.size },
      ]);
    }),
    { numRuns: 5, endOnFailure: true },
  );
});
