import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { raw } from '../../../src/reports/sql.ts';
import { openDuckdb } from '../../../src/store/duckdb/open.ts';
import { slicesOf } from '../../../src/store/slices.ts';
import type { Store } from '../../../src/store/store.ts';
import type { EventState } from '../../../src/usage/event.ts';
import { LANES, batchesOf, price } from '../../support/lane-writer.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { SEED } from '../../support/seed.ts';

/** All of it with `KILLS=100`. */
const KILLS = Number(process.env.KILLS ?? 10);
const PROGRAM = path.resolve(import.meta.dirname, '../../support/lane-process.ts');

/** What a lane has written, and what it writes next. */
class Lane {
  readonly #lane: number;
  readonly acknowledged: EventState[] = [];
  place: [number, number] = [0, 0];
  #part: EventState[][];

  constructor(lane: number) {
    this.#lane = lane;
    this.#part = batchesOf(SEED, lane, 0);
  }

  get next(): EventState[] {
    return this.#part[this.place[1]] ?? [];
  }

  advance(): void {
    this.acknowledged.push(...this.next);
    this.place = [this.place[0], this.place[1] + 1];
    if (this.place[1] < this.#part.length) return;
    this.place = [this.place[0] + 1, 0];
    this.#part = batchesOf(SEED, this.#lane, this.place[0]);
  }
}

/** Runs the writers and kills them at any moment of their work; answers how many batches were acknowledged. */
async function writeUntilKilled(directory: string, lanes: readonly Lane[]): Promise<number> {
  const args = [directory, String(SEED), JSON.stringify(lanes.map(({ place }) => place))];
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, ...args], {
    cwd: path.resolve(import.meta.dirname, '../../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let taken = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'started') setTimeout(() => child.kill('SIGKILL'), Math.random() * 1500);
    else {
      lanes[Number(line)]?.advance();
      taken++;
    }
  }
  const [, signal] = (await ended) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return taken;
}

const textOf = (rows: readonly unknown[]): string[] =>
  rows.map((row) => JSON.stringify(row, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))).sort();

async function merged(events: readonly EventState[]): Promise<EventState[]> {
  const table = new MemoryTable();
  await table.write(events, price);
  return table.content().filter((row) => !row.derived);
}

/** Whether the lane's batch that was under way is in the store: all of it or nothing. */
async function hasNext(store: Store, { acknowledged, next }: Lane): Promise<boolean> {
  const [without, withIt] = [await merged(acknowledged), await merged([...acknowledged, ...next])];
  const org = next[0]?.org ?? '';
  const found = textOf(await store.find(org, [...new Set(withIt.map(({ id }) => id))]));
  if (JSON.stringify(found) === JSON.stringify(textOf(without))) return false;
  expect(found, `seed ${SEED}, ${org}`).toEqual(textOf(withIt));
  return true;
}

const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

it('is what was acknowledged, merged, whenever it is killed, moves rows and amends them', async () => {
  const directory = tempDir();
  const lanes = Array.from({ length: LANES }, (_, lane) => new Lane(lane));
  let taken = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    taken += await writeUntilKilled(directory, lanes);
    const store = await openDuckdb({ directory, price, freshRows: 20 });
    // A lane that was not told sends its batch again: what is there twice is there once.
    for (const lane of lanes) await hasNext(store, lane);
    const kept = sorted(await store.query(raw('SELECT * FROM usage_slice')));
    expect(kept).toEqual(sorted(await store.query(raw(slicesOf('usage_event')))));
    await store.close();
  }
  expect(taken).toBeGreaterThan(KILLS * LANES);
}, 900_000);
