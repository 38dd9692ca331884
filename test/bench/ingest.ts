/**
 * Durable ingest over HTTP: a real server, the load generator on the same machine.
 *
 *     npm run bench:ingest -- [stored events, default 0,1000000] [seconds a cell, default 5]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './load.ts';
import { startServer } from './server-process.ts';

const [sizes = '0,1000000', seconds = '5'] = process.argv.slice(2);
const CELLS = [
  { clients: 16, batch: 100 },
  { clients: 64, batch: 10 },
];

const directory = mkdtempSync(path.join(tmpdir(), 'revenium-bench-'));
const server = await startServer(directory);
const target = { url: server.url, key: server.adminKey ?? '' };
const endMs = Date.now();
let stored = 0;
console.log('stored      clients x batch   events/s   ack p50 ms   ack p99 ms   failed   server CPU s   RSS MB');
try {
  for (const size of sizes.split(',').map(Number)) {
    while (stored < size) {
      const { eventsPerSecond } = await run(target, { clients: 4, batch: 2000, seconds: 5, days: 90, endMs });
      stored += Math.round(eventsPerSecond * 5);
    }
    for (const cell of CELLS) {
      const cpu = server.cpuSeconds();
      const result = await run(target, { ...cell, seconds: Number(seconds), endMs });
      stored += Math.round(result.eventsPerSecond * Number(seconds));
      console.log(
        [
          String(size).padEnd(11),
          `${cell.clients} x ${cell.batch}`.padEnd(17),
          result.eventsPerSecond.toFixed(0).padStart(8),
          result.p50Ms.toFixed(1).padStart(12),
          result.p99Ms.toFixed(1).padStart(12),
          String(result.failed).padStart(8),
          (server.cpuSeconds() - cpu).toFixed(1).padStart(14),
          (server.residentBytes() / 1e6).toFixed(0).padStart(8),
        ].join(' '),
      );
    }
  }
} finally {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
