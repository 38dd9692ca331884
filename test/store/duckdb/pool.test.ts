import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ConnectionPool } from '../../../src/store/duckdb/pool.ts';

let instance: DuckDBInstance;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
});
afterAll(() => instance.closeSync());

const ENDLESS = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE (a.range * b.range) % 7 = 3';

it('interrupts what takes too long, and goes on with the next', async () => {
  const pool = new ConnectionPool(instance, 1, { workMs: 100, waiting: 5 });
  const endless = pool.use(async (connection) => await connection.runAndReadAll(ENDLESS));
  const next = pool.use(async (connection) => (await connection.runAndReadAll('SELECT 42')).getRowsJS());
  await expect(endless).rejects.toThrow('the database took longer than 0.1 s');
  expect(await next).toEqual([[42]]);
  await pool.close();
});

it('lets only so many wait', async () => {
  const pool = new ConnectionPool(instance, 1, { workMs: 60_000, waiting: 2 });
  let end = (): void => undefined;
  const held = new Promise<void>((resolve) => (end = resolve));
  const holding = pool.use(async () => await held);
  const waiting = [1, 2].map((n) => pool.use(async () => n));
  await expect(pool.use(async () => 3)).rejects.toThrow('too many reports are waiting');
  end();
  await holding;
  expect(await Promise.all(waiting)).toEqual([1, 2]);
  await pool.close();
});
