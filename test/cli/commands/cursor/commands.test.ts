import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runBinary } from '../../../../src/cli/run.ts';
import { testContext } from '../../../support/context.ts';
import { CURSOR_KEY, CursorApi } from '../../../support/cursor-api.ts';
import { MeteringEndpoint } from '../../../support/metering-endpoint.ts';
import { newRow } from '../../../support/sync-schedule.ts';
import { START } from '../../../support/sync-world.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let cursor: CursorApi;
let endpoint: MeteringEndpoint;
let home: string;
let env: Record<string, string | undefined>;
let nowMs: number;
let terminal: boolean;

beforeEach(async () => {
  nowMs = START;
  terminal = false;
  cursor = await CursorApi.start(() => nowMs);
  cursor.perMinute = null;
  endpoint = new MeteringEndpoint();
  home = tempDir();
  env = {
    CURSOR_API_KEY: CURSOR_KEY,
    CURSOR_API_BASE_URL: cursor.url,
    REVENIUM_API_KEY: 'hak_acme_0123456789abcdef',
    REVENIUM_ENDPOINT: 'https://metering.example',
  };
  cursor.rows = Array.from({ length: 60 }, (_, n) => newRow(START - 10 * MINUTE - n * (DAY + 20 * MINUTE), n + 1));
});
afterEach(() => cursor.close());

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const context = testContext({
    io: { stderrTTY: terminal },
    home,
    env,
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    fetch: (url, init) =>
      url instanceof URL && url.href.startsWith(cursor.url) ? fetch(url, init) : endpoint.fetch(url, init),
  });
  const code = await runBinary('revenium-cursor', args, context);
  return { code, out: context.io.stdout.text, err: context.io.stderr.text };
}

const stateFile = (): string => path.join(home, '.cursor/revenium/state.json');
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('sync', () => {
  it('says in a line, or in a document, what it did', async () => {
    const { code, out, err } = await run('sync');
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe('2026-11-02T09:17Z  2026-09-28T09:00Z to 2026-11-02T09:12Z: 35 rows, 35 new; 35 sent\n');
    expect(json((await run('sync', '--json')).out)).toEqual({
      from: '2026-11-02T07:00:00.000Z',
      to: '2026-11-02T09:12:00.000Z',
      fetched: 1,
      new: 0,
      amended: 0,
      duplicates: 1,
      sent: 0,
      failed: 0,
    });
  });

  it('tells somebody who waits for it how far it is', async () => {
    terminal = true;
    expect((await run('sync', '-v')).err).toContain('35 rows read, 35 sent; back to 2026-09-28T09:00Z\n');
    // Not worth a word where it is quick.
    expect((await run('sync')).err).toBe('');
  });

  it('fails with what it did and why, and goes on from there', async () => {
    endpoint.down = true;
    const down = await run('sync', '--json');
    expect(down.code).toBe(1);
    expect(json(down.out)).toMatchObject({ fetched: 30, sent: 0, failed: 30 });
    expect(down.err).toContain('https://metering.example answered 503');
    endpoint.down = false;
    expect(json((await run('sync', '--json')).out)).toMatchObject({ fetched: 35, sent: 35, failed: 0 });
    expect(endpoint.counted()).toHaveLength(35);
  });

  it.each([
    [{ CURSOR_API_KEY: '' }, 'missing: CURSOR_API_KEY\n'],
    [{ CURSOR_API_KEY: '', REVENIUM_API_KEY: '' }, 'missing: CURSOR_API_KEY and REVENIUM_API_KEY\n'],
    [{ REVENIUM_ENDPOINT: 'http://metering.example' }, 'is not encrypted'],
    [{ CURSOR_API_BASE_URL: 'http://proxy.example' }, 'CURSOR_API_BASE_URL http://proxy.example is not encrypted'],
    [{ CURSOR_API_BASE_URL: 'proxy' }, 'is not a web address'],
    [{ REVENIUM_SYNC_INTERVAL_MS: '0' }, 'REVENIUM_SYNC_INTERVAL_MS "0"'],
  ])('with %j is not configured', async (change, message) => {
    env = { ...env, ...change };
    const { code, out, err } = await run('sync');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(existsSync(stateFile())).toBe(false);
  });

  it.each([
    [['--to', '2026-11-01'], '--to needs --from'],
    [['--from', 'soon'], '--from: "soon" is no date'],
    [['--from', '2026-12-01'], '--from: "2026-12-01" lies in the future'],
    [['--from', '2026-11-01', '--to', '2026-10-01'], '--to: "2026-10-01" must be later than from'],
  ])('with %j is not understood', async (flags, message) => {
    const { code, err } = await run('sync', ...flags);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('goes by the file that setup writes, and by the environment before it', async () => {
    mkdirSync(path.dirname(stateFile()), { recursive: true });
    const lines = Object.entries(env).map(([name, value]) => `export ${name}='${value}'`);
    writeFileSync(path.join(home, '.cursor/revenium/revenium.env'), lines.join('\n'));
    env = {};
    expect((await run('sync')).code).toBe(0);
    env = { CURSOR_API_KEY: 'crsr_another0123456789' };
    expect((await run('sync')).err).toContain('Cursor answered 401');
  });

  it('needs no CURSOR_TEAM_SLUG, and says so', async () => {
    env.CURSOR_TEAM_SLUG = 'acme';
    const { code, err } = await run('sync');
    expect([code, err]).toEqual([0, 'CURSOR_TEAM_SLUG is no longer needed, and is ignored\n']);
  });

  it('carries tier and labels on what it sends', async () => {
    env = {
      ...env,
      CURSOR_SUBSCRIPTION_TIER: 'business',
      REVENIUM_ORGANIZATION_NAME: 'Acme "R&D"',
      REVENIUM_PRODUCT_NAME: 'x',
    };
    await run('sync');
    expect(endpoint.counted()[0]).toMatchObject({ organization: 'Acme "R&D"', product: 'x', tier: 'business' });
  });

  it('starts anew where its state is damaged, and counts nothing twice', async () => {
    await run('sync');
    writeFileSync(stateFile(), '{"version":1,');
    const { code, out, err } = await run('sync');
    expect(code).toBe(0);
    expect(err).toContain('state.json is damaged; it was set aside as state.json.damaged');
    expect(out).toContain('35 sent');
    expect(endpoint.counted()).toHaveLength(35);
    expect(readdirSync(path.dirname(stateFile())).sort()).toEqual(['state.json', 'state.json.damaged']);
  });
});

describe('backfill', () => {
  it('delivers what lies before, once', async () => {
    const { code, out } = await run('backfill', '--since', '60d', '--batch-size', '100', '--json');
    expect(code).toBe(0);
    expect(json(out)).toMatchObject({ dryRun: false, fetched: 60, new: 60, sent: 60, failed: 0 });
    expect(endpoint.counted()).toHaveLength(60);
    expect(json((await run('backfill', '--since', '60d', '--json')).out)).toMatchObject({
      new: 0,
      duplicates: 60,
      sent: 0,
    });
    expect(json((await run('sync', '--json')).out)).toMatchObject({ new: 0, duplicates: 35, sent: 0 });
  });

  it('reads thirty days unless told, in requests of ten records', async () => {
    expect((await run('backfill')).out).toContain('30 rows, 30 new; 30 sent');
    expect(endpoint.requests).toBe(6);
  });

  it('counts and shows in a dry run, and sends and keeps nothing', async () => {
    const { code, out } = await run('backfill', '--since', '3d', '--dry-run', '--json', '--verbose');
    expect(code).toBe(0);
    const told = json(out);
    expect(told).toMatchObject({ dryRun: true, fetched: 3, new: 3, sent: 0, failed: 0, wouldSend: 3, rows: 3 });
    expect(Object.keys(told.days as object)).toEqual(['2026-10-31', '2026-11-01', '2026-11-02']);
    expect(told.sample).toHaveLength(3);
    expect((await run('backfill', '--since', '3d', '--dry-run', '-v')).out).toMatch(
      /^3 rows read: 3 new, 0 amended\n[^]*would be sent[^]*cursor_ide\.api_response[^]*Nothing was sent: this was a dry run\.\n$/,
    );
    expect(endpoint.requests).toBe(0);
    expect(existsSync(stateFile())).toBe(false);
  });

  it.each(['0', '101', 'many', '1.5'])('has no batches of %s', async (size) => {
    expect(await run('backfill', '--batch-size', size)).toMatchObject({ code: 2 });
  });

  it('tells how far it is', async () => {
    expect((await run('backfill', '--since', '60d', '-v')).err).toMatch(/rows read, \d+ sent; back to 2026-/);
  });
});

describe('reset', () => {
  it('shows what it forgets, and asks', async () => {
    expect((await run('reset', '--yes')).out).toBe('There is nothing to forget: no sync has run yet.\n');
    expect(readdirSync(home)).toEqual([]);
    await run('sync');
    const before = readFileSync(stateFile(), 'utf8');
    const asked = await run('reset');
    expect([asked.code, asked.err]).toEqual([2, 'error: reset must be confirmed\n  Add --yes.\n']);
    expect(asked.out).toContain('35 hours with 35 rows known to be delivered, up to 2026-11-02T09:12:00.000Z');
    expect(readFileSync(stateFile(), 'utf8')).toBe(before);
    const done = await run('reset', '--yes', '--json');
    expect(json(done.out)).toEqual({
      forgotten: {
        hours: 35,
        rows: 35,
        deliveredTo: '2026-11-02T09:12:00.000Z',
        lastSuccess: '2026-11-02T09:17:00.000Z',
      },
    });
    expect(existsSync(stateFile())).toBe(false);
    expect((await run('sync')).out).toContain('35 sent');
    expect(endpoint.counted()).toHaveLength(35);
  });

  it('forgets a state that nothing else can be done with', async () => {
    mkdirSync(path.dirname(stateFile()), { recursive: true });
    writeFileSync(stateFile(), '{"version":2}');
    expect((await run('sync')).err).toContain('written by a newer release');
    expect((await run('reset', '--yes')).code).toBe(0);
    expect((await run('sync')).code).toBe(0);
  });
});
