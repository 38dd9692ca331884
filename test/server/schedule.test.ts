import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Syncs } from '../../src/server/sync/syncs.ts';
import { scheduleSyncs } from '../../src/server/vendor-data.ts';

const logger = pino({ level: 'silent' });

beforeEach(() => vi.useFakeTimers({ now: Date.UTC(2026, 10, 20, 5, 51) }));
afterEach(() => vi.useRealTimers());

function schedule(startDue: () => Promise<never[]>) {
  const asked: string[] = [];
  const syncs = {
    startDue: () => {
      asked.push(new Date().toISOString().slice(11, 16));
      return startDue();
    },
  };
  // All that the schedule uses of them.
  return { asked, running: scheduleSyncs({ syncs: syncs as unknown as Syncs }, logger) };
}

it('looks for what is due soon after the start, at 06:00 UTC, and in between, until it is stopped', async () => {
  const { asked, running } = schedule(async () => []);
  await vi.advanceTimersByTimeAsync(20 * 60_000);
  expect(asked).toEqual(['05:52', '06:00', '06:10']);
  running.stop();
  await vi.advanceTimersByTimeAsync(24 * 3_600_000);
  expect(asked).toHaveLength(3);
});

it('goes on after a failure', async () => {
  const { asked, running } = schedule(async () => {
    throw new Error('storage is down');
  });
  await vi.advanceTimersByTimeAsync(30 * 60_000);
  expect(asked).toHaveLength(4);
  running.stop();
});
