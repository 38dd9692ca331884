import { expect, it, onTestFinished } from 'vitest';
import { ControlLog } from '../../../src/server/services/control-log.ts';
import { isDue } from '../../../src/server/sync/syncs.ts';
import type { SyncRun } from '../../../src/server/sync/sync-run.ts';
import { finishedPart, nextRunMs, planRun } from '../../../src/server/sync/plan-run.ts';
import { DAY_MS } from '../../../src/usage/days.ts';
import { ANTHROPIC_KEY, AnthropicApi } from '../../support/anthropic-api.ts';
import { SleepingClock, listening } from '../../support/vendor-client.ts';
import { VendorSyncWorld } from '../../support/vendor-sync-world.ts';

const START = Date.UTC(2026, 10, 20, 9, 30);
const TODAY = Math.floor(START / DAY_MS) * DAY_MS;

async function world() {
  const clock = new SleepingClock(START);
  const vendor = await listening(new AnthropicApi(clock.now));
  const base = ['ANTHROPIC_API_BASE_URL', () => vendor.url] as const;
  const syncs = await VendorSyncWorld.start({ vendor: 'anthropic', apiKey: ANTHROPIC_KEY, base }, clock);
  onTestFinished(() => syncs.close());
  return { clock, vendor, world: syncs };
}

const wanted = { org: 'acme', vendor: 'anthropic', asked: null, trigger: 'request', author: 'test' } as const;

it('of two processes one runs', async () => {
  const { world: one, vendor } = await world();
  const other = one.process(new ControlLog(one.store));
  const outcomes = await Promise.allSettled([one.syncs.start(wanted), other.start(wanted)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const [refused] = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
  expect(refused).toMatchObject({ code: 'conflict' });
  const [run] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  await one.syncs.ended(run?.id ?? '');
  await other.ended(run?.id ?? '');
  const days = vendor.requests
    .filter(({ path }) => path.endsWith('claude_code'))
    .map(({ query }) => query.get('starting_at'));
  expect(new Set(days).size).toBe(days.length);
  // Both see it, and the second may run now.
  await one.log.load();
  expect(one.syncs.run('acme', run?.id ?? '').state).toBe('done');
  const next = await other.start(wanted);
  await other.ended(next.id);
  await other.close();
});

it('goes on where a killed process was stopped, once its lease is over', async () => {
  const { world: one, clock, vendor } = await world();
  // The process never gets an answer to its tenth question, and is never heard of again: it asks nothing more.
  let asked = 0;
  const pending: (() => void)[] = [];
  const killed = one.process(new ControlLog(one.store), (...request) => {
    asked += 1;
    clock.nowMs += 30_000;
    if (asked < 10) return fetch(...request);
    return new Promise((_, reject) => pending.push(() => reject(new Error('closed'))));
  });
  const range = { fromMs: TODAY - 19 * DAY_MS, toMs: START };
  const first = await killed.start({ ...wanted, asked: range });
  while (asked < 10) await new Promise((resolve) => setTimeout(resolve, 5));
  await expect(one.syncs.start({ ...wanted, asked: range })).rejects.toMatchObject({ code: 'conflict' });
  const before = vendor.requests.length;
  clock.nowMs += 11 * 60_000;
  const second = await one.sync(range);
  expect(second.state).toBe('done');
  const days = vendor.requests.slice(before).filter(({ path }) => path.endsWith('claude_code'));
  expect(days.length).toBeLessThan(20);
  expect(days.at(-1)?.query.get('starting_at')).toBe('2026-11-01');
  // What was left for dead cannot write over the one that went on.
  const closed = killed.close();
  for (const close of pending) close();
  await closed;
  await one.log.load();
  expect(one.syncs.runs('acme').map(({ id, state }) => [id, state])).toEqual([
    [second.id, 'done'],
    [first.id, 'interrupted'],
  ]);
});

it('starts what is due, and nothing twice', async () => {
  const { world: one, clock } = await world();
  const started = await one.syncs.startDue();
  expect(started).toHaveLength(1);
  await one.syncs.ended(started[0]?.id ?? '');
  expect(await one.syncs.startDue()).toEqual([]);
  clock.nowMs = Date.UTC(2026, 10, 21, 6);
  const [next] = await one.syncs.startDue();
  expect(next).toMatchObject({ trigger: 'schedule', state: 'running' });
  await one.syncs.ended(next?.id ?? '');
});

it('tries a passing failure again after an hour, a lasting one the next day', async () => {
  const { world: one, clock, vendor } = await world();
  vendor.faults = Array.from({ length: 40 }, () => ({ kind: 'status', status: 503 }));
  const failed = await one.sync();
  expect(failed).toMatchObject({ state: 'failed', nextMs: clock.nowMs + 3_600_000 });
  expect(isDue(failed, clock.nowMs)).toBe(false);
  expect(isDue(failed, clock.nowMs + 3_600_000)).toBe(true);
});

const PARTS = [{ name: 'a', overlapMs: 3 * DAY_MS }];
const run = (parts: SyncRun['parts'], extra: Partial<SyncRun> = {}): SyncRun => ({
  ...{ id: '1', vendor: 'anthropic', state: 'done', trigger: 'schedule', asked: null, startedMs: START },
  ...{ finishedMs: START, leaseUntilMs: START, parts, warnings: [], error: null, nextMs: null },
  ...extra,
});

it('plans a first month, then what is new and may be revised, and each week the last 35 days', () => {
  const spans = (nowMs: number, before: SyncRun | null) =>
    planRun(PARTS, before, nowMs, null)[0]?.left.map(({ fromMs, toMs }) => [
      (TODAY - fromMs) / DAY_MS,
      (toMs - TODAY) / DAY_MS,
    ]);
  expect(spans(START, null)).toEqual([[30, 1]]);
  const [first] = planRun(PARTS, null, START, null);
  if (!first) throw new Error('no plan');
  const done = finishedPart(first, START, null);
  expect(done).toMatchObject({ left: [], coveredToMs: START, wideMs: START });
  expect(spans(START + DAY_MS, run([done]))).toEqual([[3, 2]]);
  expect(spans(START + 5 * DAY_MS, run([done]))).toEqual([[3, 6]]);
  expect(spans(START + 7 * DAY_MS, run([done]))).toEqual([[28, 8]]);
  // What a failed run has left comes on top.
  const left = [{ fromMs: TODAY - 100 * DAY_MS, toMs: TODAY - 99 * DAY_MS }];
  expect(spans(START + DAY_MS, run([{ ...done, left }]))).toEqual([
    [100, -99],
    [3, 2],
  ]);
});

it('knows when it is due next', () => {
  expect(nextRunMs(Date.UTC(2026, 10, 20, 5, 59), { retry: false })).toBe(Date.UTC(2026, 10, 20, 6));
  expect(nextRunMs(Date.UTC(2026, 10, 20, 6), { retry: false })).toBe(Date.UTC(2026, 10, 21, 6));
  expect(nextRunMs(Date.UTC(2026, 10, 20, 6), { retry: true })).toBe(Date.UTC(2026, 10, 20, 7));
});
