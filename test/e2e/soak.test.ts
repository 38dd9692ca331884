import { expect, it } from 'vitest';
import { startServer } from '../support/server-process.ts';
import { growth, soak } from '../support/soak.ts';
import { tempDir } from '../support/temp-dir.ts';

/** An hour's load in a fiftieth of the time; the whole hour is `npm run soak`. */
const SECONDS = 72;

it(
  'stays as it is under mixed load, and counts what it acknowledged',
  async () => {
    const server = await startServer(tempDir());
    const { url, org, adminKey = '' } = server;
    const soaked = await soak({ url, org, adminKey, seconds: SECONDS });
    expect(soaked.unexpected).toEqual([]);
    expect(soaked.acknowledged).toBeGreaterThan(1000);
    expect(soaked.counted).toBe(soaked.acknowledged);
    const [heapBefore, heapAfter] = growth(soaked.samples, 'heapMB');
    expect(heapAfter).toBeLessThan(heapBefore * 1.5 + 20);
    const [handlesBefore, handlesAfter] = growth(soaked.samples, 'handles');
    expect(handlesAfter).toBeLessThanOrEqual(handlesBefore + 10);
  },
  SECONDS * 1000 + 120_000,
);
