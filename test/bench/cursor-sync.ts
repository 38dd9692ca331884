/**
 * A large team's history through the real sync to a real server: memory, requests, and whether all of it arrived once.
 *
 *     npm run bench:cursor -- [rows, default 1000000] [days, default 90]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startServer } from './server-process.ts';

const [rows = 1_000_000, days = 90] = process.argv.slice(2).map(Number);
const HOUR_MS = 3_600_000;
const spanMs = days * 24 * HOUR_MS;
const fromMs = Math.floor((Date.now() - spanMs - HOUR_MS) / HOUR_MS) * HOUR_MS;

const tsx = (script: string, args: readonly string[], env: Record<string, string | undefined> = {}) =>
  spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, script), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const directory = mkdtempSync(path.join(tmpdir(), 'revenium-bench-'));
const vendor = tsx('cursor-vendor.ts', [rows, fromMs, spanMs].map(String));
const server = await startServer(path.join(directory, 'data'));
try {
  const [line] = (await once(createInterface({ input: vendor.stdout }), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const started = performance.now();
  const sync = tsx('cursor-backfill.ts', ['--since', new Date(fromMs).toISOString(), '--batch-size', '100'], {
    HOME: directory,
    CURSOR_API_KEY: 'crsr_0123456789abcdef',
    CURSOR_API_BASE_URL: url,
    REVENIUM_API_KEY: server.adminKey ?? '',
    REVENIUM_ENDPOINT: server.url,
  });
  let told = '';
  sync.stdout.on('data', (text: Buffer) => (told += text.toString()));
  let report = '';
  sync.stderr.on('data', (text: Buffer) => {
    process.stderr.write(text);
    report = text.toString();
  });
  await once(sync, 'close');
  const seconds = (performance.now() - started) / 1000;
  const asked = `${server.url}/${server.org}/sessions/analytics/summary?from=${new Date(fromMs - spanMs).toISOString()}`;
  const response = await fetch(asked, { headers: { 'x-api-key': server.adminKey ?? '' } });
  const summary = (await response.json()) as Record<string, number>;
  let output = 0;
  for (let n = 0; n < rows; n++) output += n % 700;
  console.log(told.trim());
  console.log(report.trim());
  console.log(
    `${rows} rows in ${seconds.toFixed(0)} s (${(rows / seconds).toFixed(0)}/s, the waits for Cursor left out)`,
  );
  console.log(
    `counted by the server: ${summary.totalRequests} of ${rows}; output tokens ${summary.outputTokens} of ${output}`,
  );
  console.log(`server: ${(server.residentBytes() / 2 ** 20).toFixed(0)} MB, ${server.cpuSeconds().toFixed(0)} s CPU`);
  process.exitCode = summary.totalRequests === rows && summary.outputTokens === output ? 0 : 1;
} finally {
  vendor.kill();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
