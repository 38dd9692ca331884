import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sql, text } from '../../../src/reports/sql.ts';
import { openClickhouse } from '../../../src/store/clickhouse/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { StoreUnavailable } from '../../../src/store/store.ts';
import type { EventState } from '../../../src/usage/event.ts';
import { eventId } from '../../../src/usage/identity.ts';
import { observe } from '../../../src/usage/merge.ts';
import { startNodes } from '../../clickhouse/node.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { NOON } from '../../support/observations.ts';

const price = (event: EventState) => ({ listMicros: event.outputTokens * 20, cacheSavingsMicros: null });

/** The n-th call: as telemetry, or as a history's record of the same call. */
const call = (n: number, source: 'telemetry' | 'backfill'): EventState =>
  observe({
    org: 'acme',
    id: eventId(['test', n]),
    assistant: 'claude-code',
    source,
    atMs: NOON + n,
    outputTokens: source === 'telemetry' ? n : 1,
    cacheWrite1hTokens: source === 'backfill' ? 7 : 0,
  });

/** Sends one batch after another, each until it is acknowledged. Answers how often it had to send again. */
async function client(store: Store, batches: readonly (readonly EventState[])[]): Promise<number> {
  let failures = 0;
  for (const events of batches) {
    for (;;) {
      const error: unknown = await store.write({ events, activities: [] }).then(
        () => null,
        (reason: unknown) => reason,
      );
      if (error === null) break;
      expect(error).toBeInstanceOf(StoreUnavailable);
      failures++;
      await delay(50);
    }
  }
  return failures;
}

describe.each([
  ['the only node', 1, null],
  ['one of two shards', 2, 'both'],
] as const)('when %s is killed', (_, count, cluster) => {
  it('nothing that was acknowledged is lost, and nothing is there twice', { timeout: 300_000 }, async () => {
    const nodes = await startNodes(count);
    onTestFinished(() => Promise.all(nodes.map((node) => node.close())).then(() => undefined));
    const url = `clickhouse://${nodes.map(({ host }) => host).join(',')}/usage${cluster ? `?cluster=${cluster}` : ''}`;
    const store = await openClickhouse({ url, price });
    onTestFinished(() => store.close());
    // Each call comes by two roads, and many of them in two batches.
    const batchesOf = (source: 'telemetry' | 'backfill', step: number) =>
      Array.from({ length: 25 }, (__, b) => Array.from({ length: 20 }, (___, i) => call(b * step + i, source)));
    const loads = [batchesOf('telemetry', 10), batchesOf('backfill', 13), batchesOf('telemetry', 20)];
    const clients = Promise.all(loads.map((batches) => client(store, batches)));
    const victim = nodes.at(-1);
    for (let kills = 0; kills < 2; kills++) {
      await delay(300 + Math.random() * 700);
      await victim?.kill();
      await expect(store.ready()).rejects.toThrow(StoreUnavailable);
      await expect(store.write({ events: [call(1, 'telemetry')], activities: [] })).rejects.toThrow(StoreUnavailable);
      await victim?.start();
    }
    const failures = await clients;
    expect(failures.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0);
    const table = new MemoryTable();
    for (const batch of loads.flat()) await table.write(batch, price);
    const rows = table.content();
    const [figures] = await store.query(sql`
      SELECT count(*) AS events, sum(output_tokens) AS tokens, sum(cache_write_1h_tokens) AS cached,
        sum(list_micros) AS micros FROM usage_event WHERE org = ${text('acme')} AND counted`);
    expect(figures).toEqual({
      events: rows.length,
      tokens: rows.reduce((sum, row) => sum + row.outputTokens, 0),
      cached: rows.reduce((sum, row) => sum + row.cacheWrite1hTokens, 0),
      micros: rows.reduce((sum, row) => sum + (row.listMicros ?? 0), 0),
    });
  });
});
