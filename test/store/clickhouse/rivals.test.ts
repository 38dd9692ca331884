import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sql, text } from '../../../src/reports/sql.ts';
import type { Store } from '../../../src/store/store.ts';
import type { EventState } from '../../../src/usage/event.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import type { Rivalry } from '../../support/rival-writer.ts';
import { mattersOf, price } from '../../support/rival-writer.ts';
import { clickhouseDatabase } from '../../support/stores.ts';

const PROCESS = path.resolve(import.meta.dirname, '../../support/rival-process.ts');

interface Rival {
  /** Resolves when it is about to write. */
  started: Promise<void>;
  /** Resolves when it ends, with its exit code; null where it was killed. */
  ended: Promise<number | null>;
  kill: () => void;
}

function startRival(url: string, who: number, rivalry: Rivalry): Rival {
  const args = ['--import', 'tsx', PROCESS, url, String(who), JSON.stringify(rivalry)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    started: new Promise((resolve) => child.stdout.once('data', () => resolve())),
    ended: new Promise((resolve) => child.on('close', resolve)),
    kill: () => void child.kill('SIGKILL'),
  };
}

const byHash = (a: EventState, b: EventState): number => (a.hash < b.hash ? -1 : 1);

/** Every event as it would be had one writer said everything at once, and reports that count the same. */
async function holdsAll(store: Store, rivalry: Rivalry): Promise<void> {
  for (const { org, events, readings } of mattersOf(rivalry)) {
    const table = new MemoryTable();
    await table.write(events, price);
    for (const { rows, closing } of readings.toSorted((a, b) => a.closing.snapshotMs - b.closing.snapshotMs))
      await table.writeBatch({ events: rows, snapshots: [closing] }, price);
    const content = table.content();
    for (const name of [org, `${org}-snapshots`]) {
      const rows = content.filter((row) => row.org === name);
      const observed = rows.filter(({ derived }) => !derived);
      const found = await store.find(
        name,
        observed.map(({ id }) => id),
      );
      expect(found.sort(byHash)).toEqual(observed);
      const counted = rows.filter((row) => row.counted);
      const [figures] = await store.query(sql`
        SELECT count(*) AS events, coalesce(sum(output_tokens), 0) AS tokens, coalesce(sum(list_micros), 0) AS micros
        FROM usage_event WHERE org = ${text(name)} AND counted`);
      expect(figures).toEqual({
        events: counted.length,
        tokens: counted.reduce((sum, row) => sum + row.outputTokens, 0),
        micros: counted.reduce((sum, row) => sum + (row.listMicros ?? 0), 0),
      });
    }
  }
}

describe.each([
  ['on one node', null, 5],
  ['on two shards', 'both', 3],
] as const)('processes that write to one database %s', (_, cluster, organizations) => {
  it('come to the same as one that writes all at once, though some are killed and begin again', async () => {
    const database = await clickhouseDatabase(cluster);
    onTestFinished(() => database.remove());
    const store = await database.open(price);
    onTestFinished(() => store.close());
    const rivalry = { seed: Math.floor(Math.random() * 1e6), organizations };
    const others = [1, 2].map((who) => startRival(database.url, who, rivalry));
    const victim = startRival(database.url, 0, rivalry);
    await victim.started;
    await delay(Math.random() * 2000);
    victim.kill();
    await victim.ended;
    const again = startRival(database.url, 0, rivalry);
    const codes = await Promise.all([...others, again].map(({ ended }) => ended));
    expect(codes, `seed ${rivalry.seed}`).toEqual([0, 0, 0]);
    await holdsAll(store, rivalry);
  }, 300_000);
});
