import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { answer, writeHistory } from '../support/session-lines.ts';
import { canMeasure, measure } from './measure.ts';
import type { ServerProcess } from './server-process.ts';
import { startServer } from './server-process.ts';

/**
 * How fast a history reaches a real server: a new one for each round, on this machine. First all of it, then what one
 * more hundredth adds. The rate is that of the whole command, from its start to its end; CPU seconds tell which of the
 * two holds the other up.
 *
 *     npm run bench:delivery -- [records, default 100000] [rounds, default 3] [batch size, default the command's]
 */

const [records = '100000', rounds = '3', batch] = process.argv.slice(2);
const METERING = path.resolve('bin/revenium-metering.js');
const CALLS_PER_SESSION = 500;
const DAY_MS = 86_400_000;
const MODELS = ['claude-opus-4-7', 'claude-sonnet-4-6', 'claude-haiku-4-5-20251001'];

/** Sessions over ninety days, each call written once; `more` calls beside them are of a session of their own. */
function writeCalls(directory: string, calls: number, more = 0): string {
  const start = Date.now() - 90 * DAY_MS;
  const sessions = Math.ceil(calls / CALLS_PER_SESSION);
  const id = (prefix: string, n: number): string => `${prefix}_011${n.toString(36).padStart(21, 'C')}`;
  const lineOf = (n: number, session: string, startMs: number): string =>
    answer({
      ...{
        id: id('msg', n),
        requestId: id('req', n),
        sessionId: session,
        end: 'end_turn',
        model: MODELS[n % 3] ?? null,
      },
      ...{ at: new Date(startMs + (n % CALLS_PER_SESSION) * 20_000).toISOString() },
      ...{ output: 50 + (n % 3000), input: 1 + (n % 9), read: 20_000 + (n % 100_000), written: 100, split: [60, 40] },
    });
  const fileOf = (s: number, from: number, to: number): [string, string[]] => {
    const session = `00000000-0000-4000-8000-${String(s).padStart(12, '0')}`;
    const startMs = start + (s / sessions) * 85 * DAY_MS;
    const lines = Array.from({ length: to - from }, (_, i) => lineOf(from + i, session, startMs));
    return [`-home-ada-engine-${s % 12}/${session}.jsonl`, lines];
  };
  const files = Array.from({ length: sessions }, (_, s) =>
    fileOf(s, s * CALLS_PER_SESSION, Math.min(calls, (s + 1) * CALLS_PER_SESSION)),
  );
  writeHistory(directory, Object.fromEntries(more === 0 ? files : [fileOf(sessions, calls, calls + more)]));
  return directory;
}

const COLUMNS = ['run', 'records', 'seconds', 'records/s', 'client CPU s', 'client MB', 'server CPU s', 'server MB'];
const row = (cells: readonly (string | number)[]): string =>
  cells.map((cell, i) => (i === 0 ? String(cell).padEnd(16) : String(cell).padStart(13))).join('');

/** Sends what a home has not sent yet. */
async function deliver(name: string, server: ServerProcess, home: string, claude: string, wanted: number) {
  const before = server.cpuSeconds();
  const args = ['backfill', '--json', ...(batch === undefined ? [] : ['--batch-size', batch])];
  const run = await measure(process.execPath, [METERING, ...args], {
    HOME: home,
    CLAUDE_CONFIG_DIR: claude,
    REVENIUM_ENDPOINT: server.url,
    REVENIUM_API_KEY: server.adminKey ?? '',
    REVENIUM_SUBSCRIBER_EMAIL: 'ada@acme.com',
  });
  const { sent } = JSON.parse(run.stdout) as { sent: number };
  if (sent !== wanted) throw new Error(`${sent} of ${wanted} records were sent`);
  const serverCpu = (server.cpuSeconds() - before).toFixed(2);
  const [rate, memory] = [(sent / run.wallS).toFixed(0), (server.residentBytes() / 1e6).toFixed(0)];
  console.log(
    row([name, sent, run.wallS.toFixed(2), rate, run.cpuS.toFixed(2), run.memoryMB.toFixed(0), serverCpu, memory]),
  );
}

if (!canMeasure()) throw new Error('needs GNU time at /usr/bin/time');
const calls = Number(records);
const onePercent = Math.ceil(calls / 100);
console.log(row(COLUMNS));
for (let round = 0; round < Number(rounds); round++) {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'revenium-bench-'));
  const server = await startServer(path.join(directory, 'server'));
  try {
    const home = path.join(directory, 'home');
    const claude = writeCalls(path.join(directory, 'claude'), calls);
    await deliver('all', server, home, claude, calls);
    writeCalls(claude, calls, onePercent);
    await deliver('again, 1 % more', server, home, claude, onePercent);
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
