import { expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../../src/store/duckdb/database.ts';
import { openDatabase } from '../../../src/store/duckdb/database.ts';
import { Engine } from '../../../src/store/duckdb/engine.ts';
import { StoreUnavailable } from '../../../src/store/store.ts';
import { PATIENTLY } from '../../support/patience.ts';
import { tempDir } from '../../support/temp-dir.ts';

interface Watched {
  engine: Engine;
  opened: () => number;
  lost: unknown[];
  /** So many further attempts to open the file fail. */
  refuse: (times: number) => void;
}

async function start(): Promise<Watched> {
  const directory = tempDir();
  const lost: unknown[] = [];
  let opened = 0;
  let refusals = 0;
  const open = async (): Promise<Database> => {
    if (refusals-- > 0) throw new Error('the disk is full');
    opened++;
    return openDatabase({ directory });
  };
  const engine = await Engine.start(open, (error) => lost.push(error));
  onTestFinished(() => engine.close(() => Promise.resolve()));
  return { engine, opened: () => opened, lost, refuse: (times) => (refusals = times) };
}

const fatal = new Error('FATAL Error: Failed to create checkpoint');
const lose = (engine: Engine): Promise<void> => engine.use(() => Promise.reject(fatal));
const same = (database: Database): Promise<Database> => Promise.resolve(database);

it('hands out one database as long as the engine holds it', async () => {
  const { engine, lost } = await start();
  const first = await engine.use(same);
  await expect(engine.use(() => Promise.reject(new Error('Constraint Error: no')))).rejects.toThrow('Constraint');
  expect(await engine.use(same)).toBe(first);
  expect(lost).toEqual([]);
});

it('opens the file again after a fatal error, wherever in the chain of causes it stands', async () => {
  const { engine, lost } = await start();
  const first = await engine.use(async (database) => {
    await database.writing.run('CREATE TABLE kept AS SELECT 42 AS x');
    return database;
  });
  const wrapped = new StoreUnavailable('the database did not answer', { cause: fatal });
  await expect(engine.use(() => Promise.reject(wrapped))).rejects.toBe(wrapped);
  expect(lost).toEqual([wrapped]);
  const rows = await engine.use(async (database) => {
    expect(database).not.toBe(first);
    return (await database.writing.runAndReadAll('SELECT x FROM kept')).getRowsJS();
  });
  expect(rows).toEqual([[42]]);
});

it('lets what runs on a lost database end before it is closed', async () => {
  const { engine, opened } = await start();
  let finish = (): void => undefined;
  const running = engine.use(async ({ writing }) => {
    await new Promise<void>((resolve) => (finish = resolve));
    return (await writing.runAndReadAll('SELECT 1')).currentRowCount;
  });
  await expect(lose(engine)).rejects.toBe(fatal);
  const next = engine.use(same);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(opened()).toBe(1);
  finish();
  expect(await running).toBe(1);
  await next;
  expect(opened()).toBe(2);
});

it('opens it once for all who wait', async () => {
  const { engine, opened } = await start();
  await Promise.allSettled([lose(engine), lose(engine), lose(engine)]);
  const all = await Promise.all(Array.from({ length: 20 }, () => engine.use(same)));
  expect(new Set(all).size).toBe(1);
  expect(opened()).toBe(2);
});

it('is unavailable while the file cannot be opened, and tries again later', async () => {
  const { engine, refuse } = await start();
  await expect(lose(engine)).rejects.toBe(fatal);
  refuse(1);
  await expect(engine.use(same)).rejects.toThrow(StoreUnavailable);
  // Not at once: the disk is left in peace for a while.
  await expect(engine.use(same)).rejects.toThrow(StoreUnavailable);
  await expect.poll(() => engine.use(same).then(Boolean, () => false), PATIENTLY).toBe(true);
});

it('refuses what comes after its closing, even when the database was lost', async () => {
  const { engine } = await start();
  await expect(lose(engine)).rejects.toBe(fatal);
  let worked = false;
  await engine.close(async () => void (worked = true));
  expect(worked).toBe(false);
  await expect(engine.use(same)).rejects.toThrow('the store is closed');
});
