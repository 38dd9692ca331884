import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, dateOf, utcDay } from '../../../src/usage/days.ts';
import { ANTHROPIC_KEY, AnthropicApi } from '../../support/anthropic-api.ts';
import type { VendorFault } from '../../support/vendor-server.ts';
import { FAULTS } from '../../support/vendor-server.ts';
import { SleepingClock } from '../../support/vendor-client.ts';
import { VendorSyncWorld } from '../../support/vendor-sync-world.ts';

const START = Date.UTC(2026, 10, 20, 9, 30);
const TODAY = utcDay(START);

const clock = new SleepingClock(START);
const server = new AnthropicApi(clock.now);
let world: VendorSyncWorld;
let orgs = 0;

beforeAll(async () => {
  await server.listen();
  const base = ['ANTHROPIC_API_BASE_URL', () => server.url] as const;
  world = await VendorSyncWorld.start({ vendor: 'anthropic', apiKey: ANTHROPIC_KEY, base }, clock);
});
afterAll(async () => {
  await world.close();
  await server.close();
});
beforeEach(fresh);

function fresh(): void {
  orgs += 1;
  world.org = `acme-${orgs}`;
  // Another minute, so that no limit is used up already.
  clock.nowMs = START + (orgs % 500) * 60_000;
  server.faults = [];
  server.requests.length = 0;
  server.beforeAnswer = () => undefined;
  Object.assign(server, { claudeCode: [], messages: [], costs: [], users: [], keys: [], pageCap: Infinity });
  Object.assign(server, { cursorLives: Infinity, perMinute: null, hidesCosts: false });
  server.users = [{ id: 'user_ada', email: 'ada@example.com' }];
  server.keys = [
    { id: 'apikey_ada', name: 'claude_code_key_ada_abcd', created_by: { id: 'user_ada', type: 'user' } },
    { id: 'apikey_prod', name: 'production', created_by: { id: 'user_ada', type: 'user' } },
  ];
}

/** What the vendor knows, from which both its answers and what is to be stored are made. */
interface Truth {
  day: number;
  who: number;
  terminal: string;
  model: string;
  input: number;
  cents: number;
}

const MODELS = ['claude-opus-5-5', 'claude-haiku-4-5', 'claude-unheard-of'];
const email = (who: number): string => `dev${who}@example.com`;

const claudeCodeRows = (truths: readonly Truth[]) =>
  truths.map(({ day, who, terminal, model, input, cents }) => ({
    date: `${dateOf(day)}T00:00:00Z`,
    actor: { type: 'user_actor', email_address: email(who) },
    organization_id: 'o1',
    customer_type: 'subscription',
    terminal_type: terminal,
    core_metrics: { num_sessions: 1 },
    model_breakdown: [
      {
        model,
        tokens: { input, output: input * 2, cache_read: 3, cache_creation: 4 },
        estimated_cost: { currency: 'USD', amount: cents },
      },
    ],
  }));

const messagesRows = (truths: readonly Truth[]) =>
  truths.map(({ day, who, model, input }) => ({
    date: dateOf(day),
    api_key_id: who === 0 ? 'apikey_ada' : 'apikey_prod',
    model,
    workspace_id: null,
    service_tier: 'standard',
    uncached_input_tokens: input,
    cache_creation: { ephemeral_1h_input_tokens: 1, ephemeral_5m_input_tokens: 2 },
    cache_read_input_tokens: 3,
    output_tokens: input * 2,
  }));

const costRows = (truths: readonly Truth[]) =>
  truths.map(({ day, model, cents }) => ({
    date: dateOf(day),
    amount: String(cents),
    currency: 'USD',
    model,
    workspace_id: null,
    service_tier: 'standard',
    cost_type: 'tokens',
    description: `${model} tokens`,
  }));

function publish(truths: readonly Truth[]): void {
  server.claudeCode = claudeCodeRows(truths);
  server.messages = messagesRows(truths);
  server.costs = costRows(truths);
}

function sums<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  values: (item: T) => number[],
): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const item of items) {
    const name = nameOf(item);
    found[name] = values(item).map((value, i) => value + (found[name]?.[i] ?? 0));
  }
  return found;
}

const wantedClaudeCode = (truths: readonly Truth[]) =>
  sums(
    truths,
    ({ day, who, model }) => `${day} email:${email(who)} ${model}`,
    ({ input, cents }) => [input, input * 2, 3, 4, Math.round(cents * 10_000)],
  );

async function storedClaudeCode() {
  return sums(
    await world.days('anthropic-claude-code'),
    (row) => `${String(row.day)} ${String(row.actor)} ${String(row.model)}`,
    (row) =>
      [row.input_tokens, row.output_tokens, row.cache_read_tokens, row.cache_write_5m_tokens, row.reported_micros].map(
        Number,
      ),
  );
}

/** By day and model: charges are divided among keys. */
const wantedMessages = (truths: readonly Truth[]) =>
  sums(
    truths,
    ({ day, model }) => `${day} ${model}`,
    ({ input, cents }) => [input, input * 2, 3, 2, 1, Math.round(cents * 10_000)],
  );

async function storedMessages() {
  return sums(
    await world.days('anthropic-messages'),
    (row) => `${String(row.day)} ${String(row.model)}`,
    (row) =>
      [
        row.input_tokens,
        row.output_tokens,
        row.cache_read_tokens,
        row.cache_write_5m_tokens,
        row.cache_write_1h_tokens,
        row.billed_micros,
      ].map(Number),
  );
}

const truth = (day: number, extra: Partial<Truth> = {}): Truth => ({
  day,
  who: 1,
  terminal: 'tmux',
  model: 'claude-opus-5-5',
  input: 100,
  cents: 12.5,
  ...extra,
});

describe('a sync of Anthropic', () => {
  it('stores people and keys, and charges to the micro-dollar', async () => {
    publish([truth(TODAY - 1), truth(TODAY - 1, { who: 0, terminal: 'vscode', input: 50, cents: 0.3333 })]);
    expect(await world.sync()).toMatchObject({ state: 'done', error: null, nextMs: Date.UTC(2026, 10, 21, 6) });
    const rows = await world.days('anthropic-messages');
    expect(rows.map(({ actor }) => actor)).toEqual(['anthropic-key:apikey_prod', 'email:ada@example.com']);
    expect(rows.reduce((sum, row) => sum + Number(row.billed_micros), 0)).toBe(128_333);
  });

  it('replaces days that were revised, and writes nothing for those that were not', async () => {
    publish([truth(TODAY - 1), truth(TODAY - 1, { who: 2 }), truth(TODAY - 2)]);
    await world.sync();
    expect((await world.sync()).parts.map(({ written }) => written)).toEqual([0, 0]);
    const revised = [truth(TODAY - 1, { input: 40 }), truth(TODAY - 2)];
    publish(revised);
    clock.nowMs += 3_600_000;
    // Only the day that changed is written, as a whole.
    expect((await world.sync()).parts.map(({ written }) => written)).toEqual([1, 1]);
    expect(await storedClaudeCode()).toEqual(wantedClaudeCode(revised));
    expect(await storedMessages()).toEqual(wantedMessages(revised));
  });

  it('takes away a row that is gone from a day which has others, and gives it back', async () => {
    const both = [truth(TODAY - 1), truth(TODAY - 1, { who: 2, model: 'claude-haiku-4-5' })];
    for (const truths of [both, both.slice(0, 1), both]) {
      publish(truths);
      await world.sync();
      expect(await storedClaudeCode()).toEqual(wantedClaudeCode(truths));
      expect(await storedMessages()).toEqual(wantedMessages(truths));
    }
  });

  it('keeps what an empty answer leaves out, and says so', async () => {
    const truths = [truth(TODAY - 1), truth(TODAY - 2)];
    publish(truths);
    await world.sync();
    publish([]);
    const run = await world.sync();
    expect(run.state).toBe('done');
    expect(run.warnings.join('\n')).toMatch(
      /anthropic-claude-code: the vendor shows none of 1 rows that it had at 2026-11-19/,
    );
    expect(await storedClaudeCode()).toEqual(wantedClaudeCode(truths));
  });

  it('keeps usage that an empty answer leaves out, though there are charges', async () => {
    const truths = [truth(TODAY - 1)];
    publish(truths);
    await world.sync();
    server.messages = [];
    const run = await world.sync();
    expect(run.state).toBe('done');
    expect(run.warnings.join('\n')).toMatch(/anthropic-messages: the vendor shows none of 1 rows/);
    expect(await storedMessages()).toEqual(wantedMessages(truths));
  });

  it('keeps charges that an empty answer leaves out, and tries again', async () => {
    const truths = [truth(TODAY - 1)];
    publish(truths);
    await world.sync();
    server.costs = [];
    const run = await world.sync();
    expect(run).toMatchObject({ state: 'partial', nextMs: clock.nowMs + 3_600_000 });
    expect(run.error).toMatch(/messages: anthropic-messages: the vendor shows no charges/);
    expect(await storedMessages()).toEqual(wantedMessages(truths));
  });

  it('does without charges that the key may not see', async () => {
    publish([truth(TODAY - 1)]);
    server.hidesCosts = true;
    const run = await world.sync();
    expect(run.state).toBe('done');
    expect(run.warnings.join('\n')).toContain('what was charged is not known');
    expect((await world.days('anthropic-messages')).map((row) => row.billed_micros)).toEqual([null]);
  });

  it('asks with a wrong key once, and never says it', async () => {
    const other = await VendorSyncWorld.start(
      {
        vendor: 'anthropic',
        apiKey: 'sk-ant-api03-thisisnoadminkey',
        base: ['ANTHROPIC_API_BASE_URL', () => server.url],
      },
      clock,
    );
    const run = await other.sync();
    expect(run).toMatchObject({ state: 'failed' });
    expect(run.error).toMatch(/claude-code: Anthropic answered 401.*Admin API key/);
    expect(JSON.stringify(await other.store.readControl())).not.toContain('thisisnoadminkey');
    expect(server.requests).toHaveLength(1);
    await other.close();
  });

  it('waits out limits, with and without Retry-After', async () => {
    publish([truth(TODAY - 1)]);
    server.faults = [
      { kind: 'status', status: 429, retryAfter: '30' },
      { kind: 'status', status: 429 },
      { kind: 'status', status: 529 },
    ];
    server.perMinute = 40;
    expect(await world.sync()).toMatchObject({ error: null, state: 'done' });
    expect(clock.slept).toContain(30_000);
    expect(await storedClaudeCode()).toEqual(wantedClaudeCode([truth(TODAY - 1)]));
  });

  it('reads a list again whose pages expire', async () => {
    const truths = Array.from({ length: 7 }, (_, who) => truth(TODAY - 1, { who }));
    publish(truths);
    server.pageCap = 2;
    let asked = 0;
    server.cursorLives = 2;
    server.beforeAnswer = () => {
      asked += 1;
      if (asked === 7) server.cursorLives = Infinity;
    };
    expect((await world.sync({ fromMs: (TODAY - 1) * DAY_MS, toMs: TODAY * DAY_MS })).state).toBe('done');
    expect(server.requests.some(({ status }) => status === 410)).toBe(true);
    expect(await storedClaudeCode()).toEqual(wantedClaudeCode(truths));
  });
});

const fault = fc.constantFrom<VendorFault>(...FAULTS, { kind: 'status', status: 410 }, { kind: 'status', status: 404 });

const row = fc.record({
  day: fc.integer({ min: TODAY - 4, max: TODAY }),
  who: fc.integer({ min: 0, max: 3 }),
  terminal: fc.constantFrom('tmux', 'vscode'),
  model: fc.constantFrom(...MODELS),
  input: fc.integer({ min: 0, max: 1000 }),
  cents: fc.integer({ min: 0, max: 1_000_000 }).map((n) => n / 10_000),
});

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('add' as const), row }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('revise' as const), at: fc.nat(), input: fc.nat(5000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), at: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40_000_000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('sync' as const), faults: fc.array(fault, { maxLength: 6 }) }),
  },
);

it('whatever happens on the way, comes to what the vendor has', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), fc.constantFrom(1, 3, Infinity), async (steps, pageCap) => {
      fresh();
      server.pageCap = pageCap;
      let truths: Truth[] = [];
      const lastOfDay = (at: number) => truths.filter(({ day }) => day === truths[at]?.day).length === 1;
      for (const action of steps) {
        const at = 'at' in action && truths.length > 0 ? action.at % truths.length : -1;
        if (action.kind === 'add') truths = [...truths, action.row];
        else if (action.kind === 'revise' && at >= 0)
          truths = truths.map((one, i) => (i === at ? { ...one, input: action.input } : one));
        // A day that is emptied is kept on purpose.
        else if (action.kind === 'remove' && at >= 0 && !lastOfDay(at)) truths = truths.filter((_, i) => i !== at);
        else if (action.kind === 'wait') clock.nowMs += action.ms;
        else if (action.kind === 'sync') {
          publish(truths);
          server.faults = [...action.faults];
          await world.sync();
        }
      }
      publish(truths);
      server.faults = [];
      expect((await world.sync({ fromMs: (TODAY - 5) * DAY_MS, toMs: clock.nowMs })).state).toBe('done');
      expect(await storedClaudeCode()).toEqual(wantedClaudeCode(truths));
      expect(await storedMessages()).toEqual(wantedMessages(truths));
    }),
    { numRuns: 20 },
  );
});
