import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql, text } from '../../../src/reports/sql.ts';
import { DAY_MS } from '../../../src/usage/days.ts';
import type { CursorFault, VendorRow } from '../../support/cursor-api.ts';
import { CURSOR_KEY, CursorApi } from '../../support/cursor-api.ts';
import { SleepingClock } from '../../support/vendor-client.ts';
import { VendorSyncWorld } from '../../support/vendor-sync-world.ts';

const START = Date.UTC(2026, 10, 20, 9, 30);
const HOUR_MS = 3_600_000;

const clock = new SleepingClock(START);
let cursor: CursorApi;
let world: VendorSyncWorld;
let orgs = 0;

beforeAll(async () => {
  cursor = await CursorApi.start(clock.now);
  world = await VendorSyncWorld.start(
    {
      vendor: 'cursor',
      apiKey: CURSOR_KEY,
      base: ['CURSOR_API_BASE_URL', () => cursor.url],
      settings: { tier: 'business' },
    },
    clock,
  );
});
afterAll(async () => {
  await world.close();
  await cursor.close();
});
beforeEach(fresh);

function fresh(): void {
  orgs += 1;
  world.org = `acme-${orgs}`;
  world.seats = [];
  clock.nowMs = START + (orgs % 300) * 60_000;
  cursor.faults = [];
  cursor.requests.length = 0;
  Object.assign(cursor, { rows: [], members: [], days: [], spend: [], cycleStart: null, forbidden: [] });
}

const row = (timestamp: number, extra: Partial<VendorRow> = {}): VendorRow => ({
  timestamp,
  userEmail: 'Ada@Acme.com',
  model: 'claude-opus-5-5',
  kind: 'Usage-based',
  isTokenBasedCall: true,
  isChargeable: true,
  tokenUsage: { inputTokens: 10, outputTokens: 20, cacheReadTokens: 30, cacheWriteTokens: 40, totalCents: 20.1823 },
  chargedCents: 21.3623,
  cursorTokenFee: 1.18,
  ...extra,
});

const stored = () =>
  world.store.query(
    sql`SELECT at_ms, actor, input_tokens, reported_micros, billed_micros FROM usage_event
      WHERE org = ${text(world.org)} AND assistant = 'cursor' AND counted ORDER BY at_ms, actor, input_tokens, billed_micros`,
  );

const wanted = (rows: readonly VendorRow[]) =>
  rows
    .map(({ timestamp, userEmail = '', tokenUsage, chargedCents = 0, isChargeable }) => ({
      at_ms: timestamp,
      actor: `email:${userEmail.toLowerCase()}`,
      input_tokens: tokenUsage?.inputTokens ?? 0,
      reported_micros: Math.round((tokenUsage?.totalCents ?? 0) * 10_000),
      billed_micros: isChargeable ? Math.round(chargedCents * 10_000) : null,
    }))
    .sort((a, b) => a.at_ms - b.at_ms || (a.actor < b.actor ? -1 : 1) || a.input_tokens - b.input_tokens);

describe('a sync of Cursor by the server', () => {
  it('stores hours that are over, and what was charged in cents', async () => {
    cursor.rows = [row(START - 2 * HOUR_MS), row(START - 10 * 60_000)];
    expect(await world.sync()).toMatchObject({ state: 'done', error: null });
    expect(await stored()).toEqual([
      {
        at_ms: START - 2 * HOUR_MS,
        actor: 'email:ada@acme.com',
        input_tokens: 10,
        reported_micros: 201_823,
        billed_micros: 213_623,
      },
    ]);
    clock.nowMs = START + HOUR_MS;
    await world.sync();
    expect(await stored()).toHaveLength(2);
    expect((await world.sync()).parts.find(({ name }) => name === 'events')).toMatchObject({ fetched: 2, written: 0 });
  });

  it('keeps an hour that the vendor suddenly shows nothing of, and says so', async () => {
    cursor.rows = [row(START - 2 * HOUR_MS)];
    await world.sync();
    cursor.rows = [];
    expect((await world.sync()).warnings.join()).toMatch(
      /cursor: the vendor shows none of 1 rows that it had at 2026-11-20T07/,
    );
    expect(await stored()).toHaveLength(1);
  });

  it('takes seats, what people did in the editor, and what the cycle has cost', async () => {
    cursor.members = [
      { id: 'user_1', name: 'Ada', email: 'Ada@acme.com', role: 'member', isRemoved: false },
      { id: 2, name: 'Grace', email: 'grace@acme.com', role: 'owner', isRemoved: true },
      { id: 'user_3', name: 'Free', email: 'free@acme.com', role: 'free-owner', isRemoved: false },
    ];
    const day = Date.UTC(2026, 10, 19);
    cursor.days = Array.from({ length: 101 }, (_, i) => ({
      date: day,
      day: '2026-11-19',
      email: `dev${i}@acme.com`,
      totalLinesAdded: i === 100 ? 1543 : 1,
      acceptedLinesAdded: 1,
      totalAccepts: 73,
      totalRejects: 14,
      mostUsedModel: null,
    }));
    cursor.spend = [
      {
        userId: 'user_1',
        email: 'ada@acme.com',
        spendCents: 2450.5,
        overallSpendCents: 6120.25,
        monthlyLimitDollars: 100,
      },
    ];
    cursor.cycleStart = Date.UTC(2026, 10, 1);
    expect((await world.sync()).state).toBe('done');
    expect(world.seats).toEqual([
      { email: 'ada@acme.com', assistant: 'cursor', holds: true },
      { email: 'grace@acme.com', assistant: 'cursor', holds: false },
      { email: 'free@acme.com', assistant: 'cursor', holds: false },
    ]);
    const figures = await world.store.query(
      sql`SELECT reporter, day, name, sum(value) AS value FROM daily_figure WHERE org = ${text(world.org)} GROUP BY reporter, day, name ORDER BY name`,
    );
    expect(figures).toEqual([
      { reporter: 'cursor-daily-usage', day: day / DAY_MS, name: 'accepted-lines-added', value: 101 },
      { reporter: 'cursor-spend', day: Date.UTC(2026, 10, 1) / DAY_MS, name: 'cycle-spend-micros', value: 24_505_000 },
      { reporter: 'cursor-daily-usage', day: day / DAY_MS, name: 'edits-accepted', value: 7373 },
      { reporter: 'cursor-daily-usage', day: day / DAY_MS, name: 'edits-rejected', value: 1414 },
      { reporter: 'cursor-daily-usage', day: day / DAY_MS, name: 'lines-added', value: 1643 },
    ]);
  });

  it('does without what the plan does not have', async () => {
    cursor.rows = [row(START - 2 * HOUR_MS)];
    cursor.forbidden = ['/teams/daily-usage-data', '/teams/spend'];
    const run = await world.sync();
    expect(run.state).toBe('done');
    expect(run.warnings.join('\n')).toMatch(/daily-usage is not available to this key/);
    expect(await stored()).toHaveLength(1);
  });
});

const fault = fc.constantFrom<CursorFault>(
  { kind: 'status', status: 500, shape: 'error' },
  { kind: 'status', status: 429, shape: 'code', retryAfter: '60' },
  { kind: 'status', status: 429, shape: 'code' },
  { kind: 'reset' },
  { kind: 'half' },
  { kind: 'garbage' },
  { kind: 'empty' },
  { kind: 'no-date' },
);
const spot = fc.integer({ min: -30 * 60, max: -1 }).map((minutes) => START + minutes * 60_000);
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      at: spot,
      who: fc.constantFrom('ada', 'grace'),
      input: fc.nat(99),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('revise' as const), index: fc.nat(), cents: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), index: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('sync' as const), faults: fc.array(fault, { maxLength: 4 }) }),
  },
);

it('whatever happens on the way, comes to what the vendor has', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      fresh();
      for (const action of steps) {
        const at = 'index' in action && cursor.rows.length > 0 ? action.index % cursor.rows.length : -1;
        const hourOf = (one: VendorRow | undefined): number => Math.floor((one?.timestamp ?? 0) / HOUR_MS);
        const isLast = cursor.rows.filter((one) => hourOf(one) === hourOf(cursor.rows[at])).length === 1;
        if (action.kind === 'add') {
          const tokens = { inputTokens: action.input, outputTokens: 1, totalCents: action.input };
          cursor.rows = [...cursor.rows, row(action.at, { userEmail: `${action.who}@acme.com`, tokenUsage: tokens })];
        } else if (action.kind === 'revise' && at >= 0)
          cursor.rows = cursor.rows.map((one, i) => (i === at ? { ...one, chargedCents: action.cents } : one));
        // An hour that is emptied is kept on purpose.
        else if (action.kind === 'remove' && at >= 0 && !isLast) cursor.rows = cursor.rows.filter((_, i) => i !== at);
        else if (action.kind === 'sync') {
          cursor.faults = [...action.faults];
          await world.sync();
        }
      }
      cursor.faults = [];
      clock.nowMs = Math.max(clock.nowMs, START + 2 * HOUR_MS);
      expect((await world.sync({ fromMs: START - 3 * DAY_MS, toMs: clock.nowMs })).state).toBe('done');
      expect(await stored()).toEqual(wanted(cursor.rows));
    }),
    { numRuns: 15 },
  );
});
