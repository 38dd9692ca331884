import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql, text } from '../../../src/reports/sql.ts';
import { ControlLog } from '../../../src/server/services/control-log.ts';
import type { Store } from '../../../src/store/store.ts';
import { DAY_MS, dateOf } from '../../../src/usage/days.ts';
import { createPriceBook } from '../../../src/usage/pricing.ts';
import { ANTHROPIC_KEY, AnthropicApi } from '../../support/anthropic-api.ts';
import type { VendorRow } from '../../support/cursor-api.ts';
import { CURSOR_KEY, CursorApi } from '../../support/cursor-api.ts';
import type { TestDatabase } from '../../support/stores.ts';
import { STORES } from '../../support/stores.ts';
import { SleepingClock } from '../../support/vendor-client.ts';
import { VendorSyncWorld } from '../../support/vendor-sync-world.ts';

const START = Date.UTC(2026, 10, 20, 9, 30);
const TODAY = Math.floor(START / DAY_MS);
const prices = createPriceBook();

describe.each(STORES)('syncs into $name', ({ create }) => {
  const clock = new SleepingClock(START);
  const anthropic = new AnthropicApi(clock.now);
  let database: TestDatabase;
  let store: Store;
  let cursor: CursorApi;
  beforeAll(async () => {
    database = await create();
    store = await database.open((event) => prices.valuesOf(event));
    cursor = await CursorApi.start(clock.now);
    await anthropic.listen();
  });
  afterAll(async () => {
    await store.close();
    await database.remove();
    await anthropic.close();
    await cursor.close();
  });

  const person = (email: string, commits: number, tokens: number) => ({
    date: `${dateOf(TODAY - 1)}T00:00:00Z`,
    actor: { type: 'user_actor', email_address: email },
    core_metrics: { num_sessions: 1, commits_by_claude_code: commits },
    model_breakdown: [{ model: 'claude-opus-5-5', tokens: { input: tokens }, estimated_cost: { amount: 1 } }],
  });

  it('replace days, keep what an empty answer leaves out, and run one at a time', async () => {
    const world = VendorSyncWorld.on(
      store,
      { vendor: 'anthropic', apiKey: ANTHROPIC_KEY, base: ['ANTHROPIC_API_BASE_URL', () => anthropic.url] },
      clock,
    );
    const asked = { fromMs: (TODAY - 2) * DAY_MS, toMs: START };
    const ada = person('ada@acme.com', 3, 100);
    const days = async () =>
      (await world.days('anthropic-claude-code')).map((row) => [row.actor, row.input_tokens, row.reported_micros]);
    anthropic.claudeCode = [ada, person('grace@acme.com', 1, 50)];
    expect(await world.sync(asked)).toMatchObject({ state: 'done', error: null });
    expect(await days()).toEqual([
      ['email:ada@acme.com', 100, 10_000],
      ['email:grace@acme.com', 50, 10_000],
    ]);
    expect((await world.sync(asked)).parts[0]?.written).toBe(0);
    anthropic.claudeCode = [person('ada@acme.com', 4, 120)];
    await world.sync(asked);
    expect(await days()).toEqual([['email:ada@acme.com', 120, 10_000]]);
    anthropic.claudeCode = [];
    expect((await world.sync(asked)).warnings.join()).toContain('shows none of 1 rows');
    expect(await days()).toEqual([['email:ada@acme.com', 120, 10_000]]);
    expect(await store.query(sql`SELECT actor, name, value FROM daily_figure WHERE org = ${text(world.org)}`)).toEqual([
      { actor: 'email:ada@acme.com', name: 'commits', value: 4 },
    ]);

    const other = world.process(new ControlLog(store));
    const wanted = { org: world.org, vendor: 'anthropic', asked, trigger: 'request', author: 'test' } as const;
    const outcomes = await Promise.allSettled([world.syncs.start(wanted), other.start(wanted)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const outcome of outcomes)
      if (outcome.status === 'fulfilled')
        await Promise.all([world.syncs.ended(outcome.value.id), other.ended(outcome.value.id)]);
  });

  it('replace the hours of Cursor', async () => {
    const world = VendorSyncWorld.on(
      store,
      { vendor: 'cursor', apiKey: CURSOR_KEY, base: ['CURSOR_API_BASE_URL', () => cursor.url] },
      clock,
    );
    world.org = 'globex';
    const row = (minutesAgo: number, chargedCents: number): VendorRow => ({
      timestamp: START - minutesAgo * 60_000,
      userEmail: 'ada@acme.com',
      model: 'default',
      kind: 'Usage-based',
      isChargeable: true,
      chargedCents,
    });
    const rows = () =>
      store.query(sql`SELECT at_ms, billed_micros FROM usage_event WHERE org = 'globex' AND counted ORDER BY at_ms`);
    cursor.rows = [row(200, 1), row(190, 2)];
    expect(await world.sync()).toMatchObject({ state: 'done', error: null });
    expect((await world.sync()).parts[0]).toMatchObject({ fetched: 2, written: 0 });
    cursor.rows = [row(200, 1.5)];
    await world.sync();
    expect(await rows()).toEqual([{ at_ms: START - 200 * 60_000, billed_micros: 15_000 }]);
  });
});
