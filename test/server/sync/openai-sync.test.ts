import { expect, it, onTestFinished } from 'vitest';
import { DAY_MS, dateOf } from '../../../src/usage/days.ts';
import { OPENAI_KEY, OpenAiApi } from '../../support/openai-api.ts';
import { SleepingClock, listening } from '../../support/vendor-client.ts';
import { VendorSyncWorld } from '../../support/vendor-sync-world.ts';

const START = Date.UTC(2026, 10, 20, 9, 30);
const TODAY = Math.floor(START / DAY_MS);

async function world() {
  const clock = new SleepingClock(START);
  const server = await listening(new OpenAiApi(clock.now));
  const base = ['OPENAI_API_BASE_URL', () => server.url] as const;
  const syncs = await VendorSyncWorld.start({ vendor: 'openai', apiKey: OPENAI_KEY, base }, clock);
  onTestFinished(() => syncs.close());
  return { clock, server, world: syncs };
}

const usage = (day: number, user: string | null, input: number) => ({
  date: dateOf(day),
  input_tokens: input,
  input_cached_tokens: 0,
  output_tokens: 5,
  num_model_requests: 3,
  user_id: user,
  project_id: 'proj_1',
  api_key_id: null,
  model: 'gpt-6.1-sol',
  batch: false,
  service_tier: 'default',
});
const cost = (day: number, dollars: number | string) => ({
  date: dateOf(day),
  amount: { value: dollars, currency: 'usd' },
  line_item: 'gpt-6.1-sol, input',
  project_id: 'proj_1',
  api_key_id: null,
});

it('stores people’s days and dollars, page by page, through faults, and what is revised later', async () => {
  const { server, world: one } = await world();
  server.users = Array.from({ length: 7 }, (_, i) => ({ id: `user-${i}`, email: `dev${i}@acme.com` }));
  server.pageCap = 2;
  server.unknownDimensions = ['service_tier'];
  server.completions = [
    usage(TODAY - 2, 'user-1', 100),
    usage(TODAY - 2, 'user-6', 300),
    usage(TODAY - 1, 'user-9', 7),
  ];
  // The answer of 400 to an unknown dimension stands before any fault.
  server.costs = [cost(TODAY - 2, 0.4), cost(TODAY - 1, '0.000007')];
  server.faults = [{ kind: 'half' }, { kind: 'status', status: 500 }, { kind: 'garbage' }, { kind: 'reset' }];
  expect(await one.sync()).toMatchObject({ state: 'done', error: null });
  const days = async () =>
    (await one.days('openai-usage')).map((row) => [
      Number(row.day) - TODAY,
      row.actor,
      row.input_tokens,
      row.requests,
      row.billed_micros,
    ]);
  // List values stand as 250 to 650: 100 x $2 + 5 x $10 against 300 x $2 + 5 x $10.
  expect(await days()).toEqual([
    [-2, 'email:dev1@acme.com', 100, 3, 111_111],
    [-2, 'email:dev6@acme.com', 300, 3, 288_889],
    [-1, 'openai-user:user-9', 7, 3, 7],
  ]);
  server.completions = [usage(TODAY - 2, 'user-1', 200), usage(TODAY - 1, 'user-9', 7)];
  expect((await one.sync()).parts[0]?.written).toBe(1);
  expect(await days()).toEqual([
    [-2, 'email:dev1@acme.com', 200, 3, 400_000],
    [-1, 'openai-user:user-9', 7, 3, 7],
  ]);
});

it('keeps what an empty answer leaves out', async () => {
  const { server, world: one } = await world();
  server.completions = [usage(TODAY - 2, null, 100)];
  await one.sync();
  server.completions = [];
  const run = await one.sync();
  expect(run.warnings.join()).toMatch(/openai-usage: the vendor shows none of 1 rows/);
  expect(await one.days('openai-usage')).toHaveLength(1);
});
