import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setImmediate } from 'node:timers/promises';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RefusedRows } from '../../../../src/assistants/cursor/sync/cycle.ts';
import { pauseMs } from '../../../../src/cli/commands/cursor/watch.ts';
import { runBinary } from '../../../../src/cli/run.ts';
import { Interrupted } from '../../../../src/errors.ts';
import { DeliveryError } from '../../../../src/otlp/client.ts';
import { VendorError } from '../../../../src/vendors/vendor-error.ts';
import type { TestContext } from '../../../support/context.ts';
import { testContext } from '../../../support/context.ts';
import { CURSOR_KEY, CursorApi } from '../../../support/cursor-api.ts';
import { MeteringEndpoint } from '../../../support/metering-endpoint.ts';
import { newRow } from '../../../support/sync-schedule.ts';
import { START } from '../../../support/sync-world.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let nowMs: number;
let cursor: CursorApi;
let endpoint: MeteringEndpoint;
let stop: AbortController;
let env: Record<string, string | undefined>;
let hangup: () => void;
/** Called when the watch sleeps. */
let onSleep: () => void;

beforeEach(async () => {
  nowMs = START;
  cursor = await CursorApi.start(() => nowMs);
  endpoint = new MeteringEndpoint();
  stop = new AbortController();
  onSleep = () => undefined;
  env = {
    CURSOR_API_KEY: CURSOR_KEY,
    CURSOR_API_BASE_URL: cursor.url,
    REVENIUM_API_KEY: 'hak_acme_0123456789abcdef',
    REVENIUM_ENDPOINT: 'https://metering.example',
  };
});
afterEach(() => cursor.close());

function context(home: string): TestContext {
  const watching = testContext({
    env,
    home,
    signal: stop.signal,
    now: () => nowMs,
    sleep: async (ms) => {
      onSleep();
      nowMs += Math.max(1, ms);
      await setImmediate();
      stop.signal.throwIfAborted();
    },
    fetch: (url, init) =>
      url instanceof URL && url.href.startsWith(cursor.url) ? fetch(url, init) : endpoint.fetch(url, init),
    onHangup: (listener) => {
      hangup = listener;
      return () => undefined;
    },
  });
  return watching;
}

interface Watched {
  code: number;
  lines: Record<string, unknown>[];
  err: string;
}

/** Watches until `enough` says so, which is asked whenever the watch has written a line or sleeps. */
async function watch(enough: (lines: number) => boolean): Promise<Watched> {
  const watching = context(tempDir());
  const before = onSleep;
  onSleep = () => {
    before();
    if (enough(watching.io.stdout.text.split('\n').length - 1)) stop.abort(new Interrupted());
  };
  const code = await runBinary('revenium-cursor', ['sync', '--watch', '--json'], watching);
  const lines = watching.io.stdout.text.split('\n').slice(0, -1);
  return {
    code,
    lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    err: watching.io.stderr.text,
  };
}

const startTimes = (): number[] => cursor.requests.map(({ atMs }) => atMs);

describe('a watch', () => {
  it('runs a cycle at each interval, with a line for each, until it is stopped', async () => {
    cursor.rows = Array.from({ length: 400 }, (_, n) => newRow(START + 3 * HOUR - n * 2 * MINUTE, n));
    const { code, lines, err } = await watch((count) => count === 30);
    expect([code, err]).toEqual([0, '']);
    for (const line of lines)
      expect(Object.keys(line)).toEqual(['from', 'to', 'fetched', 'new', 'amended', 'duplicates', 'sent', 'failed']);
    const gaps = startTimes()
      .slice(2)
      .map((at, i, all) => at - (all[i - 1] ?? at))
      .slice(1);
    // Five minutes, give or take half a minute so that many machines do not march in step.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(4.5 * MINUTE);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(5.5 * MINUTE + 1000);
    expect(new Set(gaps).size).toBeGreaterThan(5);
    const last = Date.parse(String(lines.at(-1)?.to));
    const wanted = cursor.rows.filter(({ timestamp }) => timestamp < last && timestamp >= START - 35 * 24 * HOUR);
    expect(endpoint.counted()).toHaveLength(wanted.length);
  });

  it('comes less often while something is down, and by itself when it is up again', async () => {
    cursor.rows = [newRow(START - 10 * MINUTE, 1)];
    endpoint.down = true;
    const { lines, err } = await watch((count) => {
      if (count === 6) endpoint.down = false;
      return count === 8;
    });
    expect(lines.map(({ failed, sent }) => [failed, sent])).toEqual([
      ...Array<number[]>(6).fill([1, 0]),
      [0, 1],
      [0, 0],
    ]);
    expect(lines[0]?.error).toContain('answered 503');
    expect(err.match(/error: .* next try at /g)).toHaveLength(6);
    expect(endpoint.counted()).toHaveLength(1);
  });

  it('catches up at once after the machine has slept', async () => {
    cursor.rows = Array.from({ length: 200 }, (_, n) => newRow(START + 10 * HOUR - n * 5 * MINUTE, n));
    let slept = false;
    const { lines } = await watch((count) => {
      // The clock has moved on; timers have not.
      if (count === 3 && !slept) {
        slept = true;
        nowMs += 8 * HOUR;
      }
      return count === 4;
    });
    expect(Date.parse(String(lines[3]?.to)) - Date.parse(String(lines[2]?.to))).toBeLessThan(8 * HOUR + 6 * MINUTE);
    expect(Number(lines[3]?.new)).toBeGreaterThan(90);
  });

  it('does not wait for a clock that was set back', async () => {
    cursor.rows = [newRow(START - 10 * MINUTE, 1)];
    let back = false;
    const { lines } = await watch((count) => {
      if (count === 2 && !back) {
        back = true;
        nowMs -= 10 * HOUR;
      }
      return count === 3 || nowMs > START + HOUR;
    });
    expect(lines).toHaveLength(3);
    expect(nowMs).toBeLessThan(START);
  });

  it('goes by its settings of the moment after SIGHUP, and keeps the old ones if the new will not do', async () => {
    let told = 0;
    const { err } = await watch((count) => {
      if (count === 2 && told === 0) {
        told = 1;
        env.REVENIUM_SYNC_INTERVAL_MS = 'soon';
        hangup();
      } else if (count === 3 && told === 1) {
        told = 2;
        env.REVENIUM_SYNC_INTERVAL_MS = String(HOUR);
        hangup();
      }
      return count === 6;
    });
    expect(err).toContain('the configuration cannot be used, so the old one stays: REVENIUM_SYNC_INTERVAL_MS "soon"');
    const gaps = startTimes().map((at, i, all) => at - (all[i - 1] ?? at));
    expect(gaps.slice(-2).every((gap) => gap >= 54 * MINUTE)).toBe(true);
    expect(gaps.slice(2, 4).every((gap) => gap < 6 * MINUTE)).toBe(true);
  });

  it('is not ended by a SIGHUP that comes before it watches', async () => {
    let listeners = 0;
    const heard: number[] = [];
    cursor.beforePage = () => {
      heard.push(listeners);
      stop.abort(new Interrupted());
    };
    const onHangup = () => {
      listeners += 1;
      return () => undefined;
    };
    await runBinary('revenium-cursor', ['sync', '--watch', '--from', '1d'], { ...context(tempDir()), onHangup });
    expect(heard).toEqual([1]);
  });

  it('takes a new key by itself once the old one is refused', async () => {
    env.CURSOR_API_KEY = 'crsr_revoked0123456789';
    const { lines, err } = await watch((count) => {
      if (count === 3) env.CURSOR_API_KEY = CURSOR_KEY;
      return count === 5;
    });
    expect(lines.map(({ error }) => error !== undefined)).toEqual([true, true, true, false, false]);
    expect(err).toContain('Cursor answered 401');
    expect(err).not.toContain('revoked');
  });
});

describe('the pause', () => {
  const middle = (failures: number, error: Error | null = null, intervalMs = 5 * MINUTE): number =>
    pauseMs(intervalMs, failures, error, () => 0.5) / MINUTE;

  it('grows with failures, up to a quarter of an hour, or an hour where a person has to act', () => {
    expect([0, 1, 2, 3, 4, 50].map((failures) => middle(failures))).toEqual([5, 5, 10, 15, 15, 15]);
    const refused = new VendorError('no', 'unauthorized');
    expect([1, 2, 3, 4, 5, 50].map((failures) => middle(failures, refused))).toEqual([5, 10, 20, 40, 60, 60]);
    expect(middle(50, new DeliveryError('no', 403, {}))).toBe(60);
    expect(middle(50, new DeliveryError('no', 503, {}))).toBe(15);
    expect(middle(50, null, 120 * MINUTE)).toBe(120);
    expect(middle(50, new RefusedRows('no'))).toBe(5);
  });

  it('is as long as Cursor asks for, up to an hour', () => {
    const limited = (retryAfterMs: number): VendorError => new VendorError('no', 'limited', { retryAfterMs });
    expect([0, 1, 7, 30, 500].map((minutes) => middle(1, limited(minutes * MINUTE)))).toEqual([5, 5, 7, 30, 60]);
  });

  it('varies by a tenth either way', () => {
    expect(pauseMs(1000, 0, null, () => 0)).toBe(900);
    expect(pauseMs(1000, 0, null, () => 1)).toBe(1100);
  });
});

/** All of it with `CYCLES=1000`. */
const CYCLES = Number(process.env.CYCLES ?? 250);

describe('many cycles', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = async (): Promise<number> => {
    for (let n = 0; n < 3; n++) {
      await setImmediate();
      collect();
    }
    return process.memoryUsage().heapUsed;
  };

  it('leave heap and open handles as they were', async () => {
    // Rows for all of the time, so that what grows is not the vendor's list.
    cursor.rows = Array.from({ length: 500 }, (_, n) => newRow(START + 96 * HOUR - n * 11 * MINUTE, n));
    const discard = new Writable({ write: (_chunk, _encoding, done) => done() });
    const watching = context(tempDir());
    Object.assign(watching.io, { stdout: discard, stderr: discard, stdin: new PassThrough() });
    const marks: { heap: number; handles: number }[] = [];
    let cycles = 0;
    let due: Promise<void> = Promise.resolve();
    cursor.beforePage = () => {
      cycles += 1;
      cursor.requests.length = 0;
      if (cycles % (CYCLES / 5) === 0)
        due = used().then((heap) => void marks.push({ heap, handles: process.getActiveResourcesInfo().length }));
      if (cycles === CYCLES + 1) stop.abort(new Interrupted());
    };
    expect(await runBinary('revenium-cursor', ['sync', '--watch'], watching)).toBe(0);
    await due;
    expect(marks).toHaveLength(5);
    const [first, last] = [marks[0], marks[4]];
    if (!first || !last) throw new Error('no marks');
    if (process.env.CYCLES) console.log(marks);
    // The rows of up to three days that the endpoint keeps in memory take a part of this.
    expect(last.heap - first.heap).toBeLessThan(3_000_000);
    expect(last.handles).toBeLessThanOrEqual(first.handles + 2);
  }, 120_000);
});
