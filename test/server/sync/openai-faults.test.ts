import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY_MS, dateOf, utcDay } from '../../../src/usage/days.ts';
import { OPENAI_KEY, OpenAiApi } from '../../support/openai-api.ts';
import { SleepingClock } from '../../support/vendor-client.ts';
import type { VendorFault } from '../../support/vendor-server.ts';
import { FAULTS } from '../../support/vendor-server.ts';
import { VendorSyncWorld } from '../../support/vendor-sync-world.ts';

const START = Date.UTC(2026, 10, 20, 9, 30);
const TODAY = utcDay(START);

const clock = new SleepingClock(START);
const server = new OpenAiApi(clock.now);
let world: VendorSyncWorld;
let orgs = 0;

beforeAll(async () => {
  await server.listen();
  const base = ['OPENAI_API_BASE_URL', () => server.url] as const;
  world = await VendorSyncWorld.start({ vendor: 'openai', apiKey: OPENAI_KEY, base }, clock);
});
afterAll(async () => {
  await world.close();
  await server.close();
});

/** What the vendor knows, from which both its answers and what is to be stored are made. */
interface Truth {
  day: number;
  /** Null: a service account. */
  who: number | null;
  model: string | null;
  tier: string | null;
  batch: boolean;
  input: number;
  cached: number;
  requests: number;
  micros: number;
}

const email = (who: number): string => `dev${who}@example.com`;
const user = (who: number) => ({ id: `user-${who}`, email: email(who), name: `Dev ${who}` });

const usageRows = (truths: readonly Truth[]) =>
  truths.map(({ day, who, model, tier, batch, input, cached, requests }) => ({
    date: dateOf(day),
    input_tokens: input + cached,
    input_cached_tokens: cached,
    output_tokens: input * 2,
    num_model_requests: requests,
    user_id: who === null ? null : `user-${who}`,
    project_id: 'proj_1',
    api_key_id: who === null ? 'key_ci' : null,
    model,
    batch,
    service_tier: tier,
  }));

const costRows = (truths: readonly Truth[]) =>
  truths.map(({ day, who, model, micros }) => ({
    date: dateOf(day),
    // As a number and, as some servers have it, as a string.
    amount: { value: micros % 2 === 0 ? micros / 1e6 : (micros / 1e6).toFixed(6), currency: 'usd' },
    line_item: model === null ? 'web search' : `${model.replace('-2026-09-29', '')}, input`,
    project_id: 'proj_1',
    api_key_id: who === null ? 'key_ci' : null,
  }));

function sums<T>(items: readonly T[], nameOf: (item: T) => string, values: (item: T) => number[]) {
  const found: Record<string, number[]> = {};
  for (const item of items) {
    const name = nameOf(item);
    found[name] = values(item).map((value, i) => value + (found[name]?.[i] ?? 0));
  }
  return found;
}

function wanted(truths: readonly Truth[], members: ReadonlySet<number>) {
  const actor = (who: number | null): string =>
    who === null ? 'openai-key:key_ci' : members.has(who) ? `email:${email(who)}` : `openai-user:user-${who}`;
  return {
    usage: sums(
      truths,
      ({ day, who, model }) => `${day} ${actor(who)} ${model ?? '-'}`,
      ({ input, cached, requests }) => [input, input * 2, cached, requests],
    ),
    // Charges are divided among people; what they come to is known by day.
    charged: sums(
      truths,
      ({ day }) => String(day),
      ({ micros }) => [micros],
    ),
  };
}

async function stored() {
  const rows = await world.days('openai-usage');
  // What was charged for nothing that is listed stands by itself, without a person.
  return {
    usage: sums(
      rows.filter(({ actor }) => actor !== null),
      (row) => `${String(row.day)} ${String(row.actor)} ${String(row.model ?? '-')}`,
      (row) => [row.input_tokens, row.output_tokens, row.cache_read_tokens, row.requests].map(Number),
    ),
    charged: sums(
      rows,
      (row) => String(row.day),
      (row) => [Number(row.billed_micros)],
    ),
  };
}

const fault = fc.constantFrom<VendorFault>(
  ...FAULTS,
  { kind: 'status', status: 400 },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 404 },
);

const row = fc.record({
  day: fc.integer({ min: TODAY - 4, max: TODAY }),
  who: fc.option(fc.integer({ min: 0, max: 3 })),
  model: fc.constantFrom('gpt-6.1-sol', 'gpt-6.1-sol-2026-09-29', 'gpt-unheard-of', null),
  tier: fc.constantFrom('default', 'flex', null),
  batch: fc.boolean(),
  input: fc.integer({ min: 0, max: 1000 }),
  cached: fc.integer({ min: 0, max: 1000 }),
  requests: fc.integer({ min: 0, max: 9 }),
  micros: fc.integer({ min: 0, max: 100_000_000 }),
});

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('add' as const), row }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('revise' as const), at: fc.nat(), row }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), who: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'dimensions' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 4e7 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('sync' as const), faults: fc.array(fault, { maxLength: 6 }) }),
  },
);

it('whatever happens on the way, comes to what the vendor has', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), fc.constantFrom(1, 3, Infinity), async (steps, pageCap) => {
      orgs += 1;
      world.org = `acme-${orgs}`;
      // Another minute, so that no limit is used up already.
      clock.nowMs = START + (orgs % 500) * 60_000;
      server.pageCap = pageCap;
      server.unknownDimensions = [];
      let truths: Truth[] = [];
      const members = new Set([0, 1, 2, 3]);
      const publish = (faults: readonly VendorFault[]): void => {
        server.completions = usageRows(truths);
        server.costs = costRows(truths);
        server.users = [...members].map(user);
        server.faults = [...faults];
      };
      const lastOfDay = (at: number) => truths.filter(({ day }) => day === truths[at]?.day).length === 1;
      for (const action of steps) {
        const at = 'at' in action && truths.length > 0 ? action.at % truths.length : -1;
        if (action.kind === 'add') truths = [...truths, action.row];
        else if (action.kind === 'revise' && at >= 0)
          truths = truths.map((one, i) => (i === at ? { ...action.row, day: one.day } : one));
        // A day that is emptied is kept on purpose.
        else if (action.kind === 'remove' && at >= 0 && !lastOfDay(at)) truths = truths.filter((_, i) => i !== at);
        else if (action.kind === 'leave') members.delete(action.who);
        else if (action.kind === 'dimensions')
          server.unknownDimensions = server.unknownDimensions.length > 0 ? [] : ['service_tier'];
        else if (action.kind === 'wait') clock.nowMs += action.ms;
        else if (action.kind === 'sync') {
          publish(action.faults);
          await world.sync();
        }
      }
      publish([]);
      expect(await world.sync({ fromMs: (TODAY - 5) * DAY_MS, toMs: clock.nowMs })).toMatchObject({ state: 'done' });
      expect(await stored()).toEqual(wanted(truths, members));
    }),
    { numRuns: 25 },
  );
});
