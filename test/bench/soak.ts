/**
 * A real server under mixed load: ingest, resends, reports, bad keys, senders that go away. Prints memory, handles and
 * event-loop delay as they go, and whether in the end all that was acknowledged is there.
 *
 *     npm run soak -- [minutes, default 60]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { growth, soak } from '../support/soak.ts';
import { startServer } from './server-process.ts';

const [minutes = 60] = process.argv.slice(2).map(Number);
const directory = mkdtempSync(path.join(tmpdir(), 'revenium-soak-'));
const server = await startServer(directory);
console.log('minutes   heap MB   resident MB   handles   event loop p99 ms');
try {
  const soaked = await soak({
    url: server.url,
    org: server.org,
    adminKey: server.adminKey ?? '',
    seconds: minutes * 60,
    onSample: ({ atS, heapMB, residentMB, handles, eventLoopP99Ms }) =>
      console.log(
        [atS / 60, heapMB, residentMB, handles, eventLoopP99Ms].map((value) => value.toFixed(1).padStart(9)).join(' '),
      ),
  });
  console.log(soaked.answers);
  console.log('unexpected answers:', soaked.unexpected.length, soaked.unexpected.slice(0, 5));
  console.log(`acknowledged ${soaked.acknowledged}, counted ${soaked.counted}`);
  for (const of of ['heapMB', 'residentMB', 'handles', 'eventLoopP99Ms'] as const) {
    const [before, after] = growth(soaked.samples, of);
    console.log(`${of}: least of the second third ${before.toFixed(1)}, of the last ${after.toFixed(1)}`);
  }
  if (soaked.unexpected.length > 0 || soaked.acknowledged !== soaked.counted) process.exitCode = 1;
} finally {
  await server.stop();
  rmSync(directory, { recursive: true });
}
