import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { cursorKey, eventId } from '../../src/usage/identity.ts';
import type { VendorRow } from '../support/cursor-api.ts';
import { CURSOR_KEY, CursorApi } from '../support/cursor-api.ts';
import type { CursorSetting, Ended } from '../support/cursor-process.ts';
import { startCursor } from '../support/cursor-process.ts';
import { PATIENTLY } from '../support/patience.ts';
import type { RunningServer } from '../support/server-process.ts';
import { api, startServer } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';

/** How often the sync is killed; all of it with `KILLS=50`. */
const KILLS = Number(process.env.KILLS ?? 6);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Road {
  cursor: CursorApi;
  server: RunningServer;
  key: string;
  setting: CursorSetting;
  sync: (...args: string[]) => Promise<Ended>;
}

async function road(): Promise<Road> {
  const cursor = await CursorApi.start(Date.now);
  onTestFinished(() => cursor.close());
  // These tests start more processes than a minute allows requests.
  cursor.perMinute = null;
  const server = await startServer(tempDir());
  const key = server.adminKey ?? '';
  const setting = { home: tempDir(), cursorUrl: cursor.url, endpoint: server.url, apiKey: key };
  const sync = (...args: string[]): Promise<Ended> => startCursor(['sync', ...args], setting).ended;
  return { cursor, server, key, setting, sync };
}

let made = 0;
/** No two are alike in what makes an identity. */
function row(atMs: number, outputTokens = 10 + made): VendorRow {
  made += 1;
  return {
    timestamp: atMs,
    userEmail: `dev${made % 7}@acme.com`,
    conversationId: `conversation-${made}`,
    model: 'composer-2.5-fast',
    kind: 'Usage-based',
    isTokenBasedCall: true,
    isChargeable: true,
    tokenUsage: {
      inputTokens: 1,
      outputTokens,
      cacheReadTokens: 3,
      cacheWriteTokens: 4,
      totalCents: outputTokens / 100,
    },
    chargedCents: outputTokens / 50,
  };
}

const idOf = (vendorRow: VendorRow): string =>
  eventId(
    cursorKey({
      atMs: vendorRow.timestamp,
      who: vendorRow.userEmail ?? null,
      model: vendorRow.model ?? null,
      kind: vendorRow.kind ?? null,
      conversationId: vendorRow.conversationId ?? null,
      cloudAgentId: null,
      occurrence: 0,
    }),
  );

/** The server counts the vendor's rows, each once, as they are now, and nothing else. */
async function expectExact({ cursor, server, key }: Road): Promise<void> {
  const from = new Date(Date.now() - 60 * DAY).toISOString();
  const { body: summary } = await api<Record<string, number>>(
    `${server.url}/${server.org}/sessions/analytics/summary?from=${from}`,
    key,
  );
  const output = cursor.rows.map(({ tokenUsage }) => tokenUsage?.outputTokens ?? 0);
  expect(summary).toMatchObject({
    totalRequests: cursor.rows.length,
    totalSessions: cursor.rows.length,
    outputTokens: output.reduce((sum, tokens) => sum + tokens, 0),
  });
  const found = new Map<string, number>();
  for (let at = 0; at < cursor.rows.length; at += 1000) {
    const ids = cursor.rows.slice(at, at + 1000).map(idOf);
    const { body } = await api<{ records: { id: string; outputTokens: number; counted: boolean }[] }>(
      `${server.url}/meter/v2/records/lookup`,
      key,
      { method: 'POST', body: { ids } },
    );
    for (const record of body.records) if (record.counted) found.set(record.id, record.outputTokens);
  }
  expect(cursor.rows.map((vendorRow) => found.get(idOf(vendorRow)))).toEqual(output);
}

const many = (count: number, fromMs: number, toMs: number): VendorRow[] =>
  Array.from({ length: count }, (_, n) => row(Math.floor(fromMs + ((toMs - fromMs) * n) / count)));

it('takes the usage of a team to the server, and what changes in it', async () => {
  const all = await road();
  const { cursor, sync, setting } = all;
  const now = Date.now();
  cursor.rows = [...many(250, now - 30 * DAY, now - 3 * DAY), ...many(150, now - 2 * HOUR, now - 10 * 60_000)];
  const first = await sync('--json');
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(JSON.parse(first.stdout)).toMatchObject({ fetched: 400, new: 400, amended: 0, duplicates: 0, sent: 400 });
  await expectExact(all);

  const file = path.join(setting.home, '.cursor/revenium/state.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(readFileSync(file, 'utf8')).not.toMatch(/crsr_|hak_|acme/);

  expect(JSON.parse((await sync('--json')).stdout)).toMatchObject({ new: 0, amended: 0, sent: 0, failed: 0 });

  // One comes, one is revised, one becomes another, one goes.
  cursor.rows.push(row(now - 11 * 60_000));
  cursor.rows[300] = { ...row(0), ...cursor.rows[300], tokenUsage: { outputTokens: 99_999 } };
  cursor.rows[310] = { ...row(0), ...cursor.rows[310], kind: 'Included in Business' };
  cursor.rows.splice(320, 1);
  expect(JSON.parse((await sync('--json')).stdout)).toMatchObject({ new: 2, amended: 1, failed: 0 });
  await expectExact(all);
});

const KILLED = 'loses nothing and counts nothing twice when it is killed at random';
it(KILLED, { timeout: 60_000 + KILLS * 10_000 }, async () => {
  const all = await road();
  const { cursor, setting } = all;
  // Slow enough that a kill may come anywhere; every other time at a page, of which there is one at least.
  let pages = 0;
  let last = Infinity;
  let kill = (): void => undefined;
  cursor.beforePage = () => {
    pages += 1;
    if (pages === last) kill();
    if (cursor.faults.length === 0) cursor.faults.push({ kind: 'slow', ms: Math.random() * 150 });
  };
  const start = Date.now();
  cursor.rows = many(300, start - 3 * DAY, start - 10 * 60_000);
  const outcomes = new Set<string>();
  for (let n = 0; n < KILLS; n++) {
    // No two rows at one moment: only then does a row's place in its snapshot not matter.
    cursor.rows.push(...many(40, start - 100 * 60_000 + n, start - 10 * 60_000 + n));
    for (let k = 0; k < 10; k++) {
      const at = cursor.rows.length - 1 - Math.floor(Math.random() * 60);
      const old = cursor.rows[at];
      if (old) cursor.rows[at] = { ...old, tokenUsage: { ...old.tokenUsage, outputTokens: n * 1000 + k } };
    }
    const { child, ended } = startCursor(['sync'], setting);
    kill = () => void child.kill('SIGKILL');
    pages = 0;
    last = n % 2 === 0 ? 1 + (n % 3) : Infinity;
    const timer = setTimeout(kill, last === Infinity ? 250 + Math.random() * 1500 : 60_000);
    const { code, signal, stderr } = await ended;
    clearTimeout(timer);
    outcomes.add(signal ?? String(code));
    expect([0, null], stderr).toContain(code);
  }
  expect(outcomes).toContain('SIGKILL');
  last = Infinity;
  const whole = await startCursor(['sync', '--from', '4d', '--json'], setting).ended;
  expect([whole.code, whole.stderr]).toEqual([0, '']);
  await expectExact(all);
});

it('works alone: nineteen of twenty say who is at work, and since when', async () => {
  const { cursor, setting } = await road();
  cursor.rows = many(20, Date.now() - HOUR, Date.now() - 10 * 60_000);
  // The one that works waits for an answer until all have had their say.
  cursor.faults = [{ kind: 'hang' }];
  const all = Array.from({ length: 20 }, () => startCursor(['sync'], setting));
  const over: Ended[] = [];
  for (const { ended } of all) void ended.then((end) => over.push(end));
  await expect.poll(() => over.length, { timeout: 60_000 }).toBe(19);
  const working = all.find(({ child }) => child.exitCode === null);
  for (const { code, stderr } of over) {
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `another sync of Cursor is at work: process ${working?.child.pid} on \\S+, since \\d{4}-\\d\\d-\\d\\dT`,
      ),
    );
  }
  expect(cursor.requests).toHaveLength(1);
  working?.child.kill('SIGKILL');
  await working?.ended;
  const next = await startCursor(['sync', '--json'], setting).ended;
  expect([next.code, next.stderr]).toEqual([0, '']);
  expect(JSON.parse(next.stdout)).toMatchObject({ sent: 20 });
}, 120_000);

it('ends a watch at a signal, whatever it waits for, and reads its settings again at SIGHUP', async () => {
  const { cursor, setting, server, key } = await road();
  const { home, cursorUrl } = setting;
  cursor.rows = many(3, Date.now() - HOUR, Date.now() - 10 * 60_000);
  const env = { CURSOR_API_KEY: '', REVENIUM_API_KEY: '', REVENIUM_ENDPOINT: '' };
  const write = (interval: number): void => {
    const lines = [
      `export CURSOR_API_KEY=${CURSOR_KEY}`,
      `export REVENIUM_API_KEY=${key}`,
      `export REVENIUM_ENDPOINT=${server.url}`,
      `export REVENIUM_SYNC_INTERVAL_MS=${interval}`,
    ];
    writeFileSync(path.join(home, '.cursor/revenium/revenium.env'), `${lines.join('\n')}\n`, { mode: 0o600 });
  };
  mkdirSync(path.join(home, '.cursor/revenium'), { recursive: true });
  write(3_600_000);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { child, ended, stdout, stderr } = startCursor(['sync', '--watch', '--json'], {
      ...setting,
      cursorUrl,
      env,
    });
    await expect.poll(() => stdout().split('\n').length, PATIENTLY).toBe(2);
    if (signal === 'SIGTERM') {
      write(20);
      child.kill('SIGHUP');
      await expect.poll(() => stdout().split('\n').length, PATIENTLY).toBeGreaterThan(4);
      expect(stderr()).toContain('SIGHUP');
      write(3_600_000);
      child.kill('SIGHUP');
    } else {
      // Amid a request that is never answered.
      cursor.faults = [{ kind: 'hang' }];
      const before = cursor.requests.length;
      child.kill('SIGHUP');
      await expect.poll(() => cursor.requests.length, PATIENTLY).toBe(before + 1);
    }
    // Both waits, the pause of an hour and the request of a minute, would outlast this test.
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, signal: null });
    expect(existsSync(path.join(home, '.cursor/revenium/sync.lock'))).toBe(false);
  }
});
