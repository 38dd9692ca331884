import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PAGE_SIZE, calm, play, schedule, settle } from '../../../support/sync-schedule.ts';
import { SyncWorld } from '../../../support/sync-world.ts';

/** `SCHEDULES=5000` for a longer run; `SEED=…` for another. */
const RUNS = Number(process.env.SCHEDULES ?? 300);
const SEED = Number(process.env.SEED ?? 20_261_120);

it(
  "ends with exactly the vendor's rows, each once, at their latest revision, whatever happened on the way",
  async () => {
    const property = fc.asyncProperty(schedule, async (steps) => {
      const world = await SyncWorld.start();
      world.cursor.pageSizeCap = PAGE_SIZE;
      world.cursor.unstableTies = true;
      try {
        for (const step of steps) {
          play(world, step);
          await world.cycle();
          settle(world, step);
        }
        calm(world);
        for (let n = 0; n < 2; n++) expect((await world.cycle()).error).toBeNull();
        expect(world.state.pending).toEqual([]);
        expect(world.found()).toEqual(world.wanted());
      } finally {
        await world.close();
      }
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
  },
  RUNS * 1000,
);
