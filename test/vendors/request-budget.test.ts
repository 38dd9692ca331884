import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RequestBudget } from '../../src/vendors/request-budget.ts';

function clock() {
  const state = { nowMs: 1_000_000 };
  const sleep = async (ms: number): Promise<void> => {
    if (!(ms > 0)) throw new Error(`a sleep of ${ms} ms`);
    state.nowMs += ms;
  };
  return { state, now: () => state.nowMs, sleep };
}

const busiestMinute = (times: readonly number[]): number =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length));

it('lets twenty requests through in no matter which minute, and not fewer than it could', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 30, maxLength: 90 }), async (pauses) => {
      const { state, now, sleep } = clock();
      const budget = new RequestBudget({ now, sleep });
      const times: number[] = [];
      for (const pause of pauses) {
        state.nowMs += pause;
        await budget.take();
        times.push(now());
      }
      expect(busiestMinute(times)).toBeLessThanOrEqual(20);
      // Whoever waited did so because twenty others had gone before within the minute and a second.
      times.forEach((at, i) => {
        const earlier = times[i - 20];
        if (earlier !== undefined) expect(at - earlier).toBeGreaterThanOrEqual(61_000);
        else expect(at - (times[0] ?? at)).toBe(pauses.slice(1, i + 1).reduce((sum, pause) => sum + pause, 0));
      });
    }),
    { numRuns: 50 },
  );
});

it('serves all who ask at once, in their order', async () => {
  const { now, sleep } = clock();
  const budget = new RequestBudget({ perMinute: 2, now, sleep });
  const order: number[] = [];
  await Promise.all([1, 2, 3, 4, 5].map((n) => budget.take().then(() => order.push(n))));
  expect(order).toEqual([1, 2, 3, 4, 5]);
});

it('goes on when one who waits gives up, and when the clock is set back', async () => {
  const { state, now } = clock();
  let refuse = true;
  const sleep = async (ms: number): Promise<void> => {
    if (refuse) throw new Error('interrupted');
    state.nowMs += ms;
  };
  const budget = new RequestBudget({ perMinute: 1, now, sleep });
  await budget.take();
  await expect(budget.take()).rejects.toThrow('interrupted');
  refuse = false;
  state.nowMs -= 3_600_000;
  const before = state.nowMs;
  await budget.take();
  expect(state.nowMs).toBe(before);
});
