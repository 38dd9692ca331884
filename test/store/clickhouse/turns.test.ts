import { expect, it } from 'vitest';
import { sql } from '../../../src/reports/sql.ts';
import { ClickhouseStore } from '../../../src/store/clickhouse/clickhouse-store.ts';
import type { Connection } from '../../../src/store/clickhouse/connection.ts';
import { Turns } from '../../../src/store/clickhouse/turns.ts';
import { StoreUnavailable } from '../../../src/store/store.ts';

it('leaves connections to those who write, however many reports are asked for', async () => {
  let [running, most] = [0, 0];
  const connection = {
    table: async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return { meta: [{ name: 'n' }], data: [[1]] };
    },
  } as unknown as Connection;
  const price = () => ({ listMicros: null, cacheSavingsMicros: null });
  const store = new ClickhouseStore({ connection, price });
  const answers = await Promise.all(Array.from({ length: 100 }, () => store.query(sql`SELECT 1 AS n`)));
  expect(answers).toEqual(answers.map(() => [{ n: 1 }]));
  // There are sixteen.
  expect(most).toBe(8);
});

it('refuses whoever would wait behind too many, and gives a place on after a failure', async () => {
  const turns = new Turns({ atOnce: 1, waiting: 1 });
  let fail = (): void => undefined;
  const first = turns.take(() => new Promise((_, reject) => (fail = () => reject(new Error('failed')))));
  const second = turns.take(async () => 'second');
  await expect(turns.take(async () => 'third')).rejects.toThrow(StoreUnavailable);
  fail();
  await expect(first).rejects.toThrow('failed');
  expect(await second).toBe('second');
  expect(await turns.take(async () => 'fourth')).toBe('fourth');
});
