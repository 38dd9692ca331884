import { expect, it } from 'vitest';
import { CoalescingWriter } from '../../src/store/coalescing-writer.ts';

/** Writes all of them at once; answers which were refused. */
async function refused(writer: CoalescingWriter<number>, items: readonly number[]): Promise<number[]> {
  const outcomes = await Promise.allSettled(items.map((item) => writer.write(item, 1)));
  return items.filter((_, i) => outcomes[i]?.status === 'rejected');
}

const isOutage = (error: unknown): boolean => error instanceof Error && error.message === 'outage';

it('writes what can be written of a group, and refuses the rest of it', async () => {
  const commit = async (items: readonly number[]): Promise<void> => {
    if (items.some((item) => item === 3)) throw new Error('outage');
    if (items.some((item) => item % 2 === 0)) throw new Error('not this one');
  };
  const writer = new CoalescingWriter<number>({ commit, maxWeight: 100, isOutage });
  expect(await refused(writer, [1, 2, 4, 6, 3, 5, 7])).toEqual([2, 4, 6, 3]);
});

it('does not try each of a group alone while the engine fails whatever it is given', async () => {
  let commits = 0;
  const commit = async (): Promise<void> => {
    commits++;
    throw new Error('outage');
  };
  const writer = new CoalescingWriter<number>({ commit, maxWeight: 100, isOutage });
  const items = Array.from({ length: 50 }, (_, i) => i);
  expect(await refused(writer, items)).toEqual(items);
  expect(commits).toBe(3);
});
