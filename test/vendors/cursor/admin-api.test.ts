import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Interrupted, UsageError } from '../../../src/errors.ts';
import { AdminApi } from '../../../src/vendors/cursor/admin-api.ts';
import { VendorError } from '../../../src/vendors/vendor-error.ts';
import { RequestBudget } from '../../../src/vendors/request-budget.ts';
import type { CursorFault } from '../../support/cursor-api.ts';
import { CURSOR_KEY, CursorApi } from '../../support/cursor-api.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const PATH = '/teams/filtered-usage-events';
const BODY = { startDate: NOON - 3_600_000, endDate: NOON - 1, page: 1, pageSize: 1000 };

let server: CursorApi;
let nowMs: number;
let slept: number[];
let stop: AbortController;

beforeEach(async () => {
  nowMs = NOON;
  slept = [];
  stop = new AbortController();
  server = await CursorApi.start(() => nowMs);
});
afterEach(() => server.close());

function client(given: Partial<ConstructorParameters<typeof AdminApi>[0]> = {}): AdminApi {
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms);
    nowMs += ms;
  };
  const now = (): number => nowMs;
  return new AdminApi({
    apiKey: CURSOR_KEY,
    baseUrl: server.url,
    budget: new RequestBudget({ now, sleep }),
    timeoutMs: 500,
    fetch,
    sleep,
    now,
    random: () => 0.5,
    signal: stop.signal,
    ...given,
  });
}

const failure = async (api: AdminApi): Promise<VendorError> => {
  const error: unknown = await api.post(PATH, BODY).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(VendorError);
  return error as VendorError;
};

const status = (code: number, shape: 'error' | 'code' = 'error', retryAfter?: string): CursorFault => ({
  kind: 'status',
  status: code,
  shape,
  ...(retryAfter !== undefined && { retryAfter }),
});

describe('the Admin API', () => {
  it('is asked with the key as user name, and shows its clock', async () => {
    nowMs = NOON + 345;
    expect(await client().post(PATH, BODY)).toMatchObject({
      body: { totalUsageEventsCount: 0 },
      dateMs: NOON,
      nowMs: NOON + 345,
    });
  });

  it('takes a base address with a path, and none that a key may not be sent to', async () => {
    await expect(client({ baseUrl: `${server.url}/` }).post(PATH, BODY)).resolves.toBeDefined();
    expect((await failure(client({ baseUrl: `${server.url}/proxy` }))).message).toContain('404');
    for (const baseUrl of ['http://api.example.com', 'ftp://localhost', 'nowhere'])
      expect(() => client({ baseUrl })).toThrow(UsageError);
    expect(() => client({ baseUrl: 'http://api.example.com', insecure: true })).not.toThrow();
  });

  it.each([
    [[status(429, 'code', '60')], [60_000]],
    [
      [status(429), status(429, 'code')],
      [1000, 2000],
    ],
    [
      [status(503), status(500, 'code'), status(502)],
      [1000, 2000, 4000],
    ],
    [[status(503, 'error', '7')], [7000]],
    [
      [{ kind: 'reset' }, { kind: 'half' }],
      [1000, 2000],
    ],
    [[{ kind: 'garbage' }], [1000]],
    [
      [{ kind: 'hang' }, { kind: 'slow', ms: 5000 }],
      [1000, 2000],
    ],
    [[{ kind: 'slow', ms: 20 }], []],
  ] satisfies [CursorFault[], number[]][])('gets over %j', async (faults, waits) => {
    server.faults.push(...faults);
    await expect(client().post(PATH, BODY)).resolves.toMatchObject({ body: { usageEvents: [] } });
    expect(slept).toEqual(waits);
  });

  it.each([
    [status(401), 'unauthorized', /401.*status 401/],
    [status(403, 'code'), 'forbidden', /403.*: no/],
    [status(400), 'invalid', /400/],
    [status(404), 'invalid', /404/],
    [status(308), 'invalid', /308/],
  ] satisfies [CursorFault, string, RegExp][])('does not try again after %j', async (fault, trouble, message) => {
    server.faults.push(fault);
    const error = await failure(client());
    expect([error.trouble, error.retryable]).toEqual([trouble, false]);
    expect(error.message).toMatch(message);
    expect(server.requests).toHaveLength(1);
  });

  it('gives up on what does not pass', async () => {
    server.faults.push(...Array.from({ length: 20 }, () => status(503)));
    expect((await failure(client())).trouble).toBe('away');
    expect(server.requests).toHaveLength(5);
    server.faults = [status(429, 'code', '86400')];
    expect((await failure(client())).trouble).toBe('limited');
    expect(slept.every((ms) => ms <= 61_000)).toBe(true);
  });

  it('waits over a minute for a limit that names no end', async () => {
    server.faults.push(...Array.from({ length: 7 }, () => status(429, 'code')));
    await expect(client().post(PATH, BODY)).resolves.toBeDefined();
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(60_000);
  });

  it('says where nobody answers', async () => {
    await server.close();
    const error = await failure(client());
    expect([error.trouble, error.retryable]).toEqual(['away', true]);
    expect(error.message).toMatch(/127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/);
    server = await CursorApi.start(() => nowMs);
  });

  it('stops at once when it is told to', async () => {
    server.faults.push({ kind: 'hang' });
    const asked = client({ timeoutMs: 60_000 }).post(PATH, BODY);
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort(new Interrupted());
    await expect(asked).rejects.toBeInstanceOf(Interrupted);
  });

  it('keeps the limit by itself', async () => {
    const api = client();
    for (let n = 0; n < 70; n++) await api.post(PATH, BODY);
    expect(server.requests.map((request) => request.status)).toEqual(server.requests.map(() => 200));
  });

  it('never says its key', async () => {
    server.faults.push(status(401));
    const error = await failure(client());
    expect(JSON.stringify([error.message, error.hint, String(error.stack)])).not.toContain(CURSOR_KEY);
  });
});
