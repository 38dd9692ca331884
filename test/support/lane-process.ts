import { raw } from '../../src/reports/sql.ts';
import { openDuckdb } from '../../src/store/duckdb/open.ts';
import { LANES, batchesOf, price } from './lane-writer.ts';

/**
 * Writes lanes of batches until it is killed: `lane-process.ts DIRECTORY SEED PLACES`. What each lane has written
 * already stands in PLACES; each line of the output is a lane whose next batch was acknowledged.
 */
const [directory = '', seed = '0', places = '[]'] = process.argv.slice(2);
const store = await openDuckdb({ directory, price, freshRows: 20 });
process.stdout.write('started\n');

async function writeLane(lane: number, [firstPart, firstBatch]: [number, number]): Promise<never> {
  for (let part = firstPart; ; part++) {
    const batches = batchesOf(Number(seed), lane, part);
    for (const batch of batches.slice(part === firstPart ? firstBatch : 0)) {
      await store.write({ events: batch, activities: [] });
      process.stdout.write(`${lane}\n`);
    }
  }
}

async function read(): Promise<never> {
  for (;;) {
    await store.query(raw('SELECT sum(events) AS n FROM usage_slice'));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const begun = JSON.parse(places) as [number, number][];
await Promise.all([...Array.from({ length: LANES }, (_, lane) => writeLane(lane, begun[lane] ?? [0, 0])), read()]);
