import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AdminApi } from '../../../src/vendors/cursor/admin-api.ts';
import type { UsageReading } from '../../../src/vendors/cursor/read-usage.ts';
import { UsageReader } from '../../../src/vendors/cursor/read-usage.ts';
import { RequestBudget } from '../../../src/vendors/request-budget.ts';
import { CURSOR_KEY, CursorApi } from '../../support/cursor-api.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const HOUR = 3_600_000;
const WINDOW = { fromMs: NOON - HOUR, toMs: NOON };

let server: CursorApi;
let reader: UsageReader;

beforeEach(async () => {
  server = await CursorApi.start(() => NOON);
  server.perMinute = null;
  const now = (): number => NOON;
  const sleep = async (): Promise<void> => undefined;
  const api = new AdminApi({
    apiKey: CURSOR_KEY,
    baseUrl: server.url,
    budget: new RequestBudget({ perMinute: 1000, now, sleep }),
    fetch,
    sleep,
    now,
    random: () => 0,
    signal: new AbortController().signal,
  });
  reader = new UsageReader(api);
});
afterEach(() => server.close());

const rows = (count: number, atMs: (n: number) => number = (n) => NOON - HOUR + n) =>
  Array.from({ length: count }, (_, n) => ({ timestamp: atMs(n), userEmail: `u${n}@acme.com`, model: 'm' }));

const read = async (window = WINDOW): Promise<UsageReading> => {
  const found = await reader.read(window, Number.POSITIVE_INFINITY);
  if ('total' in found) throw new Error(`too many: ${found.total}`);
  return found;
};
const people = ({ rows: found }: UsageReading): string[] => found.map(({ who }) => who ?? '').sort();
const all = (): string[] => server.rows.map((row) => row.userEmail ?? '').sort();

describe('a window', () => {
  it('is read page by page, whole, with its ends', async () => {
    server.rows = rows(2500);
    server.rows.push(
      { timestamp: NOON - 1, userEmail: 'last@acme.com' },
      { timestamp: NOON, userEmail: 'next@acme.com' },
    );
    expect(people(await read())).toEqual(all().filter((who) => who !== 'next@acme.com'));
    expect(server.requests.map(({ body }) => body)).toEqual(
      [1, 2, 3].map((page) => ({ startDate: NOON - HOUR, endDate: NOON - 1, page, pageSize: 1000 })),
    );
  });

  it('is read again when rows came while it was read', async () => {
    server.rows = rows(1500);
    server.beforePage = ({ body }) => {
      if (body.page === 2 && server.rows.length < 1503)
        server.rows.push({ timestamp: NOON - 2, userEmail: `late${server.rows.length}@acme.com` });
    };
    expect(people(await read())).toEqual(all());
    expect(server.requests.length).toBe(8);
  });

  it('is read again when rows went while it was read', async () => {
    server.rows = rows(2001);
    server.beforePage = ({ body }) => {
      if (body.page === 2 && server.rows.length === 2001) server.rows.pop();
    };
    expect(people(await read())).toEqual(all());
  });

  it('is given up where rows keep moving: in parts, or with an error where there are none', async () => {
    server.rows = rows(1500);
    server.beforePage = () => server.rows.push({ timestamp: NOON - 2, userEmail: 'late@acme.com' });
    expect(await reader.read(WINDOW, 1_000_000)).toEqual({ total: null });
    await expect(read()).rejects.toThrow(/from 2026-11-20T11:00:00.000Z to 2026-11-20T12:00:00.000Z changed each time/);
  });

  it('is whole though its full last page promises another', async () => {
    server.promisesMore = true;
    for (const count of [1000, 2000, 1500]) {
      server.rows = rows(count);
      expect(people(await read())).toEqual(all());
    }
    expect(server.requests).toHaveLength(2 + 3 + 2);
  });

  it('with more rows than asked for costs one request', async () => {
    server.rows = rows(2500);
    expect(await reader.read(WINDOW, 2000)).toEqual({ total: 2500 });
    expect(server.requests).toHaveLength(1);
  });

  it('is exact where a page ends among rows of one millisecond, in whatever order they come', async () => {
    server.unstableTies = true;
    server.rows = rows(2600, (n) => NOON - HOUR + Math.floor(n / 50));
    for (let n = 0; n < 3; n++) expect(people(await read())).toEqual(all());
  });

  it('tells rows that cannot be read, and those that were not asked for', async () => {
    server.rows = [...rows(3), { timestamp: Number.NaN, userEmail: 'x@acme.com' }];
    // A server that compares by other rules.
    server.rows.forEach((row) => (row.odd = true));
    server.beforePage = ({ body }) => (body.endDate += HOUR);
    server.rows.push({ timestamp: NOON + 5, userEmail: 'later@acme.com' });
    const reading = await read();
    expect(people(reading)).toEqual(['u0@acme.com', 'u1@acme.com', 'u2@acme.com']);
    expect(reading.unreadable).toBe(1);
  });

  it('is asked for in smaller pages where a server does not take ours', async () => {
    server.maxPageSize = 100;
    server.rows = rows(250);
    expect(people(await read())).toEqual(all());
    expect(server.requests.map(({ body }) => body.pageSize)).toEqual([1000, 100, 100, 100]);
    await read();
    expect(server.requests.at(-1)?.body.pageSize).toBe(100);
  });

  it('shows the clock of its first page', async () => {
    server.rows = rows(1);
    expect(await read()).toMatchObject({ dateMs: NOON, clockOffsetMs: 0 });
    server.faults.push({ kind: 'no-date' });
    expect(await read()).toMatchObject({ dateMs: null, clockOffsetMs: null });
  });
});
