import { expect, it, onTestFinished } from 'vitest';
import { sql } from '../../../src/reports/sql.ts';
import { openDuckdb } from '../../../src/store/duckdb/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { eventId } from '../../../src/usage/identity.ts';
import type { ObservationInput } from '../../../src/usage/merge.ts';
import { observe } from '../../../src/usage/merge.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function storeOf(usages: readonly (Partial<ObservationInput> & { atMs: number })[]): Promise<Store> {
  const price = () => ({ listMicros: 100, cacheSavingsMicros: -3 });
  const store = await openDuckdb({ directory: tempDir(), price });
  onTestFinished(() => store.close());
  const events = usages.map((usage, n) =>
    observe({
      org: 'acme',
      id: eventId(['test', n]),
      assistant: 'claude-code',
      source: 'telemetry',
      actor: 'email:ada@acme.com',
      sessionId: 's1',
      ...usage,
    }),
  );
  await store.write({ events, activities: [] });
  return store;
}

it('puts events together that are alike, by quarter-hour, and sums what can be summed', async () => {
  const alike = { model: 'opus', billing: 'metered', outputTokens: 7, durationMs: 50 } as const;
  const store = await storeOf([
    { ...alike, atMs: NOON, webSearches: 2 },
    { ...alike, atMs: NOON + MINUTE, billedMicros: 40, status: 'error', partial: true },
    { ...alike, atMs: NOON + 2 * MINUTE, status: 'test' },
    { ...alike, atMs: NOON + 15 * MINUTE },
    { ...alike, atMs: NOON + 15 * MINUTE, model: 'haiku', billing: 'seat' },
  ]);
  const rows = await store.query(sql`
    SELECT quarter_hour, model, events, output_tokens, web_searches, list_micros, billed_micros, direct_micros,
      estimated_micros, error_requests, partial_requests, cache_savings_micros, timed_requests, duration_ms
    FROM usage_slice ORDER BY quarter_hour, model`);
  const quarter = NOON / (15 * MINUTE);
  const single = { events: 1, output_tokens: 7, web_searches: 0, list_micros: 100, billed_micros: 0 };
  const clean = {
    error_requests: 0,
    partial_requests: 0,
    cache_savings_micros: -3,
    timed_requests: 1,
    duration_ms: 50,
  };
  expect(rows).toEqual([
    {
      quarter_hour: quarter,
      model: 'opus',
      events: 2,
      output_tokens: 14,
      web_searches: 2,
      list_micros: 200,
      billed_micros: 40,
      direct_micros: 140,
      estimated_micros: 100,
      error_requests: 1,
      partial_requests: 1,
      cache_savings_micros: -6,
      timed_requests: 2,
      duration_ms: 100,
    },
    { quarter_hour: quarter + 1, model: 'haiku', ...single, ...clean, direct_micros: 0, estimated_micros: 0 },
    { quarter_hour: quarter + 1, model: 'opus', ...single, ...clean, direct_micros: 100, estimated_micros: 100 },
  ]);
});

it('finds runs of work in a lane, whatever its events are about', async () => {
  const store = await storeOf([
    { atMs: NOON, durationMs: 500, model: 'opus' },
    { atMs: NOON + 30 * MINUTE, model: 'haiku' },
    { atMs: NOON + 61 * MINUTE, durationMs: 700, model: 'opus' },
    { atMs: NOON + 61 * MINUTE, sessionId: 's2', model: 'opus' },
    { atMs: NOON + 62 * MINUTE, sessionId: null, model: 'opus' },
    { atMs: NOON + 63 * MINUTE, sessionId: null, actor: 'email:bob@acme.com', model: 'opus' },
    {
      atMs: NOON,
      granularity: 'day',
      sessionId: null,
      durationMs: 9,
      sessions: 4,
      reporter: 'cursor-csv',
      model: 'day',
    },
  ]);
  const rows = await store.query(sql`
    SELECT model, reporter, sum(runs) AS runs, sum(active_ms) AS active_ms, sum(reported_sessions) AS reported,
      sum(reported_sessions * reported) AS again FROM usage_slice GROUP BY model, reporter ORDER BY model`);
  expect(rows).toEqual([
    { model: 'day', reporter: 'cursor-csv', runs: 0, active_ms: 0, reported: 4, again: 4 },
    { model: 'haiku', reporter: null, runs: 0, active_ms: 30 * MINUTE, reported: 0, again: 0 },
    { model: 'opus', reporter: null, runs: 5, active_ms: 500 + 700, reported: 0, again: 0 },
  ]);
});

it('counts a prompt once in its lane: where it begins, and never a background call', async () => {
  const midnight = NOON + 12 * HOUR;
  const store = await storeOf([
    { atMs: midnight - MINUTE, promptId: 'p1', agent: 'background:title' },
    { atMs: midnight - 30_000, promptId: 'p1', agent: 'main' },
    { atMs: midnight + 1, promptId: 'p1', agent: 'explorer' },
    { atMs: midnight + 2, promptId: 'p2', agent: 'main' },
    { atMs: midnight + 3, promptId: 'p2', agent: 'main', sessionId: 's2' },
    { atMs: midnight + 49 * HOUR, promptId: 'p1', agent: 'main' },
    { atMs: midnight + 4, agent: 'main' },
  ]);
  const rows = await store.query(sql`
    SELECT day, sum(prompts) AS prompts, sum(runs) AS runs FROM usage_slice GROUP BY day ORDER BY day`);
  const day = midnight / (24 * HOUR);
  expect(rows).toEqual([
    { day: day - 1, prompts: 1, runs: 1 },
    { day, prompts: 2, runs: 1 },
    { day: day + 2, prompts: 1, runs: 1 },
  ]);
});
