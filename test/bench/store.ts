/**
 * The store under load: durable ingest over HTTP, and every report, against a real server with so many events stored.
 * The load generator runs on the same machine.
 *
 *     npm run bench:store -- [--sizes 0,1000000,10000000] [--seconds 5] [--database clickhouse://…] [--only ingest|reports]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { fill } from './fill.ts';
import type { Load } from './load.ts';
import { body, run } from './load.ts';
import { measureReport, reportsOf } from './reports.ts';
import type { ServerProcess } from './server-process.ts';
import { startServer } from './server-process.ts';

const DAY_MS = 86_400_000;
const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '0,1000000' },
    seconds: { type: 'string', default: '5' },
    database: { type: 'string' },
    only: { type: 'string' },
  },
});
const seconds = Number(options.seconds);
const endMs = Date.now();
const ARGS = ['--rate-limit', '10000000', ...(options.database === undefined ? [] : ['--database', options.database])];

const inOrder = (): number => Date.now();
const anyDay = (): number => endMs - Math.floor(Math.random() * 89 * DAY_MS);

/** What is sent, by the name of the row. */
const CELLS: Record<string, Omit<Load, 'seconds'>> = {
  '1 x 1': { clients: 1, batch: 1, atMs: inOrder },
  '1 x 100': { clients: 1, batch: 100, atMs: inOrder },
  '64 x 1': { clients: 64, batch: 1, atMs: inOrder },
  '64 x 10': { clients: 64, batch: 10, atMs: inOrder },
  '16 x 100': { clients: 16, batch: 100, atMs: inOrder },
  '16 x 100 half repeated': { clients: 16, batch: 100, atMs: inOrder, repeat: true },
  '16 x 100 any day': { clients: 16, batch: 100, atMs: anyDay },
};

const cell = (value: number, digits: number, width: number): string => value.toFixed(digits).padStart(width);
const megabytes = (bytes: number): string => cell(bytes / 1e6, 0, 7);

async function measureIngest(server: ServerProcess, key: string): Promise<void> {
  console.log('clients x events            events/s   ack p50 ms   p99 ms   failed   CPU µs/event   RSS MB');
  for (const [name, load] of Object.entries(CELLS)) {
    const cpu = server.cpuSeconds();
    const result = await run({ url: server.url, key }, { ...load, seconds });
    const spent = ((server.cpuSeconds() - cpu) / result.events) * 1e6;
    console.log(
      [
        name.padEnd(26),
        cell(result.eventsPerSecond, 0, 9),
        cell(result.p50Ms, 1, 12),
        cell(result.p99Ms, 1, 8),
        cell(result.failed, 0, 8),
        cell(spent, 0, 14),
        megabytes(server.residentBytes()),
      ].join(' '),
    );
  }
}

async function measureReports(server: ServerProcess, key: string): Promise<void> {
  const day = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;
  const span = { fromMs: day(endMs - 89 * DAY_MS), toMs: day(endMs + DAY_MS) };
  const target = { url: server.url, key, org: server.org };
  let seed = 0;
  const write = async (): Promise<void> => {
    const headers = { 'content-type': 'application/json', 'x-api-key': key };
    const sent = { method: 'POST', headers, body: body(1, Date.now(), (seed += 1)) };
    const answer = await fetch(`${server.url}/meter/v2/otlp/v1/logs`, sent);
    if (!answer.ok) throw new Error(`an event was answered with ${answer.status}`);
  };
  console.log('cold: the first time after the start; warm: over a period not asked about before; written: the same');
  console.log('question right after an event has come in; again: with nothing written since');
  console.log(
    'report, 90 days                                     cold ms  warm ms  written ms  again ms       KB  status',
  );
  for (const report of await reportsOf(target)) {
    const { status, bytes, coldMs, warmMs, writtenMs, againMs } = await measureReport(target, report, span, write);
    const times = [cell(coldMs, 0, 8), cell(warmMs, 0, 8), cell(writtenMs, 0, 11), cell(againMs, 0, 9)];
    console.log(`${report.name.padEnd(50)} ${times.join(' ')} ${cell(bytes / 1000, 0, 8)}  ${status}`);
  }
  console.log(`resident memory after the reports ${megabytes(server.residentBytes())} MB`);
}

async function prepared(directory: string, size: number): Promise<string> {
  const first = await startServer(directory, ARGS);
  const key = first.adminKey ?? '';
  if (options.database !== undefined && size > 0) {
    const fromMs = endMs - 89 * DAY_MS;
    let sent = 0;
    const atMs = (): number => fromMs + ((sent += 2000) / size) * (endMs - fromMs);
    while (sent < size) await run({ url: first.url, key }, { clients: 4, batch: 2000, seconds: 5, atMs });
  }
  await first.stop();
  if (options.database === undefined) await fill(directory, size, endMs);
  return key;
}

for (const size of options.sizes.split(',').map(Number)) {
  const directory = mkdtempSync(path.join(tmpdir(), 'revenium-bench-'));
  try {
    const key = await prepared(directory, size);
    const startedMs = performance.now();
    const server = await startServer(directory, ARGS);
    console.log(`\n${size} events stored; ready after ${cell((performance.now() - startedMs) / 1000, 1, 3)} s`);
    try {
      if (options.only !== 'ingest') await measureReports(server, key);
      if (options.only !== 'reports') await measureIngest(server, key);
    } finally {
      await server.stop();
    }
    const file = path.join(directory, 'usage.duckdb');
    if (options.database === undefined && size > 0) console.log(`file after all ${megabytes(statSync(file).size)} MB`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
