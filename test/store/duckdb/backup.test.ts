import { copyFileSync, readFileSync, readdirSync, statSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { raw } from '../../../src/reports/sql.ts';
import { copyOf } from '../../../src/store/duckdb/copies.ts';
import { DatabaseInUse } from '../../../src/store/duckdb/database.ts';
import { openDuckdb } from '../../../src/store/duckdb/open.ts';
import { DatabaseExists, restoreDatabase } from '../../../src/store/duckdb/restore.ts';
import { ForeignDatabase } from '../../../src/store/duckdb/schema.ts';
import type { Store } from '../../../src/store/store.ts';
import type { EventState } from '../../../src/usage/event.ts';
import { eventId } from '../../../src/usage/identity.ts';
import { observe } from '../../../src/usage/merge.ts';
import { PATIENTLY } from '../../support/patience.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const price = () => ({ listMicros: 1, cacheSavingsMicros: 0 });
const event = (n: number): EventState =>
  observe({
    org: 'acme',
    id: eventId(['test', n]),
    assistant: 'claude-code',
    source: 'telemetry',
    atMs: NOON + n,
    outputTokens: n,
    sessionId: `s${n % 7}`,
  });

async function open(directory: string): Promise<Store> {
  const store = await openDuckdb({ directory, price, freshRows: 500 });
  onTestFinished(() => store.close());
  return store;
}

async function backUp(store: Store): Promise<string> {
  const file = path.join(tempDir(), 'backup');
  const backup = await store.backup?.();
  if (!backup) throw new Error('this store has backups');
  await pipeline(backup.content, createWriteStream(file));
  expect(statSync(file).size).toBe(backup.bytes);
  return file;
}

const numbers = async (store: Store): Promise<number[]> =>
  (await store.query(raw('SELECT output_tokens AS n FROM usage_event ORDER BY n'))).map(({ n }) => Number(n));

describe('backup', () => {
  it('has all that was there when it was asked for, whole, though others write all the time', async () => {
    const directory = tempDir();
    const store = await open(directory);
    let written = 0;
    let stop = false;
    const write = async (): Promise<void> => {
      const from = written;
      await store.write({ events: Array.from({ length: 50 }, (_, i) => event(from + i)), activities: [] });
      written += 50;
    };
    for (let i = 0; i < 20; i++) await write();
    const writing = (async () => {
      while (!stop) await write();
    })();
    const atLeast = written;
    const file = await backUp(store);
    const atMost = written;
    stop = true;
    await writing;

    const restored = tempDir();
    expect(await restoreDatabase({ file, directory: restored, replace: false })).toBe(null);
    const found = await numbers(await open(restored));
    expect(found.length).toBeGreaterThanOrEqual(atLeast);
    expect(found.length).toBeLessThanOrEqual(atMost + 50);
    expect(found).toEqual(Array.from({ length: found.length }, (_, n) => n));
    expect(await numbers(store)).toHaveLength(written);
    // The copy that was read lies about no longer than it is needed.
    await expect.poll(() => readdirSync(directory).filter((name) => name.startsWith('backup-')), PATIENTLY).toEqual([]);
  });
});

it('does not fill the disk with a copy that it has no room for', async () => {
  const directory = tempDir();
  const file = path.join(directory, 'usage.duckdb');
  writeFileSync(file, '');
  const { bavail, bsize } = statfsSync(directory);
  truncateSync(file, bavail * bsize + (1 << 30));
  const copied = await copyOf(file).catch((error: unknown) => error);
  // Where files can share their blocks there is room for any.
  if (typeof copied === 'string') expect(statSync(copied).size).toBe(statSync(file).size);
  else {
    expect(copied).toMatchObject({ name: 'StoreUnavailable', message: expect.stringContaining('no room') as unknown });
    expect(readdirSync(directory)).toEqual(['usage.duckdb']);
  }
});

describe('restore', () => {
  it('does not read logs into the database that another one has left behind', async () => {
    const [from, gone, to] = [tempDir(), tempDir(), tempDir()];
    const [source, other] = [await open(from), await open(gone)];
    await source.write({ events: [event(1)], activities: [] });
    const file = await backUp(source);
    await other.write({ events: [event(2)], activities: [] });
    for (const log of ['wal', 'wal.checkpoint', 'wal.recovery'])
      copyFileSync(path.join(gone, 'usage.duckdb.wal'), path.join(to, `usage.duckdb.${log}`));
    expect(await restoreDatabase({ file, directory: to, replace: false })).toBe(null);
    expect(readdirSync(to).filter((name) => name.startsWith('usage.duckdb.wal'))).toEqual([]);
    expect(await numbers(await open(to))).toEqual([1]);
  });

  it('leaves a database that is there alone, or puts it aside when told to', async () => {
    const [from, to] = [tempDir(), tempDir()];
    const [source, target] = [await open(from), await openDuckdb({ directory: to, price })];
    await source.write({ events: [event(1)], activities: [] });
    await target.write({ events: [event(2)], activities: [] });
    const file = await backUp(source);
    await expect(restoreDatabase({ file, directory: to, replace: false })).rejects.toThrow(DatabaseExists);
    expect(await numbers(target)).toEqual([2]);
    await target.close();

    const aside = await restoreDatabase({ file, directory: to, replace: true });
    expect(await numbers(await open(to))).toEqual([1]);
    const before = tempDir();
    copyFileSync(aside ?? '', path.join(before, 'usage.duckdb'));
    expect(await numbers(await open(before))).toEqual([2]);
    expect(readdirSync(to).filter((name) => name.startsWith('restore-'))).toEqual([]);
  });

  it('refuses what is no backup, and leaves nothing behind', async () => {
    const file = path.join(tempDir(), 'something');
    writeFileSync(file, 'a text of some length that no database begins with'.repeat(1000));
    const directory = tempDir();
    await expect(restoreDatabase({ file, directory, replace: false })).rejects.toThrow(ForeignDatabase);
    expect(readdirSync(directory)).toEqual([]);
  });
});

it('says of a damaged file that it is damaged, and does not touch it', async () => {
  const directory = tempDir();
  const store = await openDuckdb({ directory, price });
  await store.write({ events: Array.from({ length: 3000 }, (_, n) => event(n)), activities: [] });
  await store.close();
  const file = path.join(directory, 'usage.duckdb');
  const bytes = readFileSync(file);
  // All but the headers.
  bytes.fill(0x5a, 3 * 4096);
  writeFileSync(file, bytes);
  await expect(openDuckdb({ directory, price })).rejects.toThrow(ForeignDatabase);
  await expect(openDuckdb({ directory, price })).rejects.toThrow('damaged');
  expect(readFileSync(file).equals(bytes)).toBe(true);
});

it('does not restore over a running server', async () => {
  const { spawnHolder } = await import('../../support/database-holder.ts');
  const directory = tempDir();
  const source = await open(tempDir());
  await source.write({ events: [event(1)], activities: [] });
  const file = await backUp(source);
  await spawnHolder(directory);
  await expect(restoreDatabase({ file, directory, replace: true })).rejects.toThrow(DatabaseInUse);
});
