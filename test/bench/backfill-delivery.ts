import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { answer, writeHistory } from '../support/session-lines.ts';
import { canMeasure, measure } from './measure.ts';
import { startServer } from './server-process.ts';

/**
 * How fast a history reaches a real server: a new one for each round, on this machine. The rate is that of the whole
 * command, from its start to its end; CPU seconds tell who of the two would be faster alone.
 *
 *     npm run bench:delivery -- [records, default 100000] [rounds, default 3] [batch size, default the command's]
 */

const [records = '100000', rounds = '3', batch] = process.argv.slice(2);
const METERING = path.resolve('bin/revenium-metering.js');
const CALLS_PER_SESSION = 500;
const DAY_MS = 86_400_000;
const MODELS = ['claude-opus-4-7', 'claude-sonnet-4-6', 'claude-haiku-4-5-20251001'];

/** Sessions over ninety days, each call written once. */
function history(directory: string, calls: number): string {
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
  const files = Array.from({ length: sessions }, (_, s): [string, string[]] => {
    const session = `00000000-0000-4000-8000-${String(s).padStart(12, '0')}`;
    const length = Math.min(CALLS_PER_SESSION, calls - s * CALLS_PER_SESSION);
    const startMs = start + (s / sessions) * 85 * DAY_MS;
    const lines = Array.from({ length }, (_, i) => lineOf(s * CALLS_PER_SESSION + i, session, startMs));
    return [`-home-ada-engine-${s % 12}/${session}.jsonl`, lines];
  });
  writeHistory(directory, Object.fromEntries(files));
  return directory;
}

if (!canMeasure()) throw new Error('needs GNU time at /usr/bin/time');
const directory = mkdtempSync(path.join(os.tmpdir(), 'revenium-bench-'));
try {
  const claude = history(path.join(directory, 'claude'), Number(records));
  console.log('records     seconds   records/s   client CPU s   client MB   server CPU s   server MB');
  for (let round = 0; round < Number(rounds); round++) {
    const server = await startServer(path.join(directory, `server-${round}`));
    try {
      const before = server.cpuSeconds();
      const args = ['backfill', '--json', ...(batch === undefined ? [] : ['--batch-size', batch])];
      const run = await measure(process.execPath, [METERING, ...args], {
        HOME: path.join(directory, `home-${round}`),
        CLAUDE_CONFIG_DIR: claude,
        REVENIUM_ENDPOINT: server.url,
        REVENIUM_API_KEY: server.adminKey ?? '',
        REVENIUM_SUBSCRIBER_EMAIL: 'ada@acme.com',
      });
      const { sent } = JSON.parse(run.stdout) as { sent: number };
      if (sent !== Number(records)) throw new Error(`${sent} of ${records} records were sent`);
      console.log(
        [
          String(sent).padEnd(10),
          run.wallS.toFixed(2).padStart(8),
          (sent / run.wallS).toFixed(0).padStart(11),
          run.cpuS.toFixed(2).padStart(14),
          run.memoryMB.toFixed(0).padStart(11),
          (server.cpuSeconds() - before).toFixed(2).padStart(14),
          (server.residentBytes() / 1e6).toFixed(0).padStart(11),
        ].join(' '),
      );
    } finally {
      await server.stop();
    }
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
