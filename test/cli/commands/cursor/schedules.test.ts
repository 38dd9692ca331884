import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CycleResult } from '../../../../src/assistants/cursor/sync/cycle.ts';
import { History, PAGE_SIZE, calm, schedule, settle } from '../../../support/sync-schedule.ts';
import { SyncWorld, rowText } from '../../../support/sync-world.ts';
import { SEED } from '../../../support/seed.ts';

/** `SCHEDULES=5000` for a longer run; `SEED=…` for others. */
const RUNS = Number(process.env.SCHEDULES ?? 120);

/** What a cycle that says that it succeeded has to have done. */
function expectKept(world: SyncWorld, history: History, gapless: boolean, { error, outcome }: CycleResult): void {
  if (error !== null) return;
  const { fromMs, toMs } = outcome;
  expect(world.state.pending).toEqual([]);
  expect(outcome.failed).toBe(0);
  expect(outcome.fetched).toBe(outcome.new + outcome.amended + outcome.duplicates);
  if (fromMs === null || toMs === null) throw new Error('it read nothing');
  if (gapless) {
    const { wanted, found } = world.within(fromMs, toMs);
    expect(found).toEqual(wanted);
  }
  const found = new Set(world.found());
  for (const row of history.punctual)
    if (row.timestamp < toMs) expect(found.has(rowText(row)), `missed: ${rowText(row)}`).toBe(true);
}

async function newWorld(): Promise<SyncWorld> {
  const world = await SyncWorld.start();
  world.cursor.pageSizeCap = PAGE_SIZE;
  world.cursor.unstableTies = true;
  return world;
}

it(
  "ends with exactly the vendor's rows, each once, at their latest revision, whatever happened on the way",
  async () => {
    const property = fc.asyncProperty(schedule, async (steps) => {
      const world = await newWorld();
      const history = new History(world);
      try {
        // Nothing can be told from an empty answer, so that this one fault may hide rows until the next re-read.
        let misled = false;
        for (const step of steps) {
          history.play(step);
          // Rows that come after their hour was read are for the next cycle, as are hours between what is read.
          const gapless = step.amidPaging === 0 && (world.disk === null || world.state.pending.length === 0);
          const result = await world.cycle();
          misled ||= step.cursorFaults.some(({ kind }) => kind === 'empty');
          if (!misled) expectKept(world, history, gapless, result);
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
  60_000 + RUNS * 1000,
);

it(
  'ends there too when two machines sync the same team to the same endpoint',
  async () => {
    const turns = fc.array(fc.boolean(), { minLength: 14, maxLength: 14 });
    const property = fc.asyncProperty(schedule, turns, async (steps, change) => {
      const world = await newWorld();
      const history = new History(world);
      try {
        for (const [i, step] of steps.entries()) {
          if (change[i]) world.changeMachine();
          history.play(step);
          await world.cycle();
          settle(world, step);
        }
        calm(world);
        for (let n = 0; n < 4; n++) {
          world.nowMs += 60_000;
          expect((await world.cycle()).error).toBeNull();
          world.changeMachine();
        }
        expect(world.found()).toEqual(world.wanted());
      } finally {
        await world.close();
      }
    });
    await fc.assert(property, { numRuns: Math.ceil(RUNS / 3), seed: SEED });
  },
  60_000 + RUNS * 1000,
);
