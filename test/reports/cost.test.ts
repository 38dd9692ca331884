import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Breakdown } from '../../src/reports/breakdown.ts';
import { breakdown } from '../../src/reports/breakdown.ts';
import type { Figures } from '../../src/reports/figures.ts';
import { figuresFrom } from '../../src/reports/figures.ts';
import type { Filter } from '../../src/reports/filter.ts';
import { summary } from '../../src/reports/summary.ts';
import { timeseries } from '../../src/reports/timeseries.ts';
import type { DateRange } from '../../src/usage/dates.ts';
import type { Usage } from '../support/report-world.ts';
import { days, reportWorld } from '../support/report-world.ts';

const world = reportWorld();
const NOVEMBER = days('2026-11-01', '2026-12-01');
const DOLLAR = 1_000_000;
const ADA = 'email:ada@acme.com';
const BOB = 'email:bob@acme.com';

async function cost(org: string, range: DateRange, filter: Partial<Filter> = {}): Promise<number | null | undefined> {
  return (await summary(world.ask({ org, ...filter }, range))).figures.costMicros;
}

const figuresIn = ({ rows }: Breakdown): { figures: Figures }[] =>
  rows.map(({ totals }) => ({ figures: figuresFrom(totals) }));

const costOf = async (usages: readonly Usage[], range = NOVEMBER): Promise<number | null | undefined> =>
  cost(await world.organization(usages), range);

describe('a seat over a full month', () => {
  it.each([
    ['claude-code', 'pro', 20],
    ['claude-code', 'max_5x', 100],
    ['claude-code', 'max_20x', 200],
    ['claude-code', 'team_premium', 125],
    ['cursor', 'pro', 20],
    ['cursor', 'business', 40],
  ] as const)('%s %s costs its monthly price, whatever its calls are worth', async (assistant, tier, dollars) => {
    const usages = [1, 250].map((value) => ({ at: '2026-11-20T12:00:00Z', assistant, tier, value: value * DOLLAR }));
    expect(await costOf(usages)).toBe(dollars * DOLLAR);
  });

  it('of Claude Enterprise costs its seat and what it consumes', async () => {
    const usages = [3, 4].map((value) => ({
      at: '2026-11-20T12:00:00Z',
      tier: 'enterprise',
      value: value * DOLLAR,
    }));
    expect(await costOf(usages)).toBe((20 + 7) * DOLLAR);
  });

  it('of Cursor Enterprise, whose price is agreed with each customer, costs what it consumes', async () => {
    const usage = { at: '2026-11-20T12:00:00Z', assistant: 'cursor', tier: 'enterprise', value: 3 * DOLLAR } as const;
    expect(await costOf([usage])).toBe(3 * DOLLAR);
  });

  it('counts once for each holder and each assistant', async () => {
    const at = '2026-11-20T12:00:00Z';
    const usages: Usage[] = [
      { at, tier: 'pro', actor: ADA },
      { at, tier: 'pro', actor: ADA, sessionId: 'another' },
      { at, tier: 'pro', actor: BOB },
      { at, tier: 'pro', actor: ADA, assistant: 'cursor' },
    ];
    expect(await costOf(usages)).toBe(60 * DOLLAR);
  });

  it('is the dearest where several are seen', async () => {
    const usages = ['pro', 'max_20x', 'max_5x'].map((tier) => ({ at: '2026-11-20T12:00:00Z', tier }));
    expect(await costOf(usages)).toBe(200 * DOLLAR);
  });

  it('of a tier that nobody knows costs nothing, and its calls their list value', async () => {
    expect(await costOf([{ at: '2026-11-20T12:00:00Z', tier: 'platinum', value: 5 * DOLLAR }])).toBe(5 * DOLLAR);
  });

  it('is one for all calls that name nobody', async () => {
    const usages = [1, 2].map(() => ({ at: '2026-11-20T12:00:00Z', tier: 'pro', actor: null }));
    expect(await costOf(usages)).toBe(20 * DOLLAR);
  });
});

describe('metered calls', () => {
  const at = '2026-11-20T12:00:00Z';
  it.each<[string, Usage, number]>([
    ['of the API cost their list value', { at, tier: 'api', value: 7 }, 7],
    ['of Cowork, whatever tier is configured', { at, assistant: 'claude-cowork', tier: 'max_20x', value: 7 }, 7],
    ['of an organisation’s key', { at, assistant: 'openai', value: 7 }, 7],
    ['cost what the vendor charged, where it says so', { at, tier: 'api', value: 7, billedMicros: 5 }, 5],
    ['even where it charged nothing', { at, tier: 'api', value: 7, billedMicros: 0 }, 0],
    ['of unknown billing count at list value', { at, value: 7 }, 7],
    ['without a known price count as nothing', { at, tier: 'api', value: null }, 0],
  ])('%s', async (_, usage, micros) => {
    expect(await costOf([usage])).toBe(micros);
  });

  it('beyond a seat come on top of it', async () => {
    const usages: Usage[] = [
      { at, assistant: 'cursor', tier: 'pro', value: 9 },
      { at, assistant: 'cursor', tier: 'pro', value: 9, billedMicros: 4 },
    ];
    expect(await costOf(usages)).toBe(20 * DOLLAR + 4);
  });

  it('that are retracted or a test cost nothing', async () => {
    const usages: Usage[] = [
      { at, tier: 'max_20x', value: 9, status: 'test' },
      { at, tier: 'max_20x', value: 9, status: 'retracted' },
    ];
    expect(await costOf(usages)).toBe(0);
  });
});

describe('a seat over other periods', () => {
  const usage = (day: string, tier = 'pro', tz = 'Z'): Usage => ({ at: `${day}T12:00:00${tz}`, tier });

  it('costs its share of the month’s days', async () => {
    expect(await costOf([usage('2026-11-20')], days('2026-11-16', '2026-11-22'))).toBe(4 * DOLLAR);
    expect(await costOf([usage('2026-10-20')], days('2026-10-20', '2026-10-21'))).toBe(Math.round((20 / 31) * DOLLAR));
    expect(await costOf([usage('2028-02-20')], days('2028-02-01', '2028-03-01'))).toBe(20 * DOLLAR);
    expect(await costOf([usage('2027-02-10')], days('2027-02-01', '2027-02-15'))).toBe(10 * DOLLAR);
  });

  it('costs a cut day in part', async () => {
    const org = await world.organization([usage('2026-11-20')]);
    const fromMs = Date.parse('2026-11-20T06:00:00Z');
    const halfDay = { fromMs, toMs: fromMs + 12 * 3_600_000, tz: 'UTC' };
    expect(await cost(org, halfDay)).toBe(Math.round((20 / 30) * 0.5 * DOLLAR));
  });

  it('costs each month by its own tier, and nothing in a month in which none was seen', async () => {
    const usages = [usage('2026-09-10', 'pro'), usage('2026-11-20', 'max_5x')];
    expect(await costOf(usages, days('2026-09-01', '2026-12-01'))).toBe(120 * DOLLAR);
  });

  it('goes by the months and days of the viewer’s zone', async () => {
    // 1 November in Auckland, still October in UTC.
    const org = await world.organization([{ at: '2026-10-31T11:30:00Z', tier: 'pro' }]);
    expect(await cost(org, days('2026-11-01', '2026-12-01', 'Pacific/Auckland'))).toBe(20 * DOLLAR);
    expect(await cost(org, NOVEMBER)).toBe(0);
    // Days of 23 and of 25 hours are days.
    const berlin = await world.organization([usage('2026-03-29'), usage('2026-10-25')]);
    const march = days('2026-03-29', '2026-03-30', 'Europe/Berlin');
    const october = days('2026-10-25', '2026-10-26', 'Europe/Berlin');
    expect([march, october].map(({ fromMs, toMs }) => (toMs - fromMs) / 3_600_000)).toEqual([23, 25]);
    expect(await cost(berlin, march)).toBe(Math.round((20 / 31) * DOLLAR));
    expect(await cost(berlin, october)).toBe(Math.round((20 / 31) * DOLLAR));
  });
});

describe('a filter', () => {
  it('takes the part of a seat that its events are worth', async () => {
    const at = '2026-11-20T12:00:00Z';
    const org = await world.organization([
      { at, tier: 'pro', project: 'a', value: 30 * DOLLAR },
      { at, tier: 'pro', project: 'b', value: 10 * DOLLAR },
    ]);
    expect(await cost(org, NOVEMBER, { projects: ['a'] })).toBe(15 * DOLLAR);
    expect(await cost(org, NOVEMBER, { projects: ['b'] })).toBe(5 * DOLLAR);
    expect(await cost(org, NOVEMBER, { projects: ['none'] })).toBe(0);
  });

  it('goes by requests where nothing has a price', async () => {
    const at = '2026-11-20T12:00:00Z';
    const usages = ['a', 'a', 'a', 'b'].map((project) => ({ at, tier: 'pro', project, value: null }));
    const org = await world.organization(usages);
    expect(await cost(org, NOVEMBER, { projects: ['a'] })).toBe(15 * DOLLAR);
  });

  it('by person or assistant keeps seats whole', async () => {
    const at = '2026-11-20T12:00:00Z';
    const org = await world.organization([
      { at, tier: 'pro', actor: ADA, value: 1 },
      { at, tier: 'max_5x', actor: BOB, value: 1_000_000 },
      { at, tier: 'business', actor: BOB, assistant: 'cursor', value: 5 },
    ]);
    expect(await cost(org, NOVEMBER, { people: [ADA] })).toBe(20 * DOLLAR);
    expect(await cost(org, NOVEMBER, { people: [BOB] })).toBe(140 * DOLLAR);
    expect(await cost(org, NOVEMBER, { assistants: ['cursor'] })).toBe(40 * DOLLAR);
    expect(await cost(org, NOVEMBER, { people: [BOB], assistants: ['claude-code'] })).toBe(100 * DOLLAR);
  });

  it('gives calls that name no tier their part of the holder’s seat', async () => {
    const at = '2026-11-20T12:00:00Z';
    const org = await world.organization([
      { at, tier: 'pro', project: 'a', value: 10 },
      { at, project: 'b', value: 10, billing: 'seat' },
    ]);
    expect(await cost(org, NOVEMBER, { projects: ['b'] })).toBe(10 * DOLLAR);
  });

  it('never sees another organisation’s seats', async () => {
    const at = '2026-11-20T12:00:00Z';
    await world.organization([{ at, tier: 'max_20x', value: 1 }]);
    const org = await world.organization([{ at, tier: 'pro', value: 1 }]);
    expect(await cost(org, NOVEMBER)).toBe(20 * DOLLAR);
  });
});

describe('parts', () => {
  const MODELS = ['opus', 'sonnet', 'haiku'];
  const PROJECTS = ['a', 'b', null];
  const usage = fc.record({
    at: fc.integer({ min: 0, max: 59 * 24 * 60 }).map((m) => new Date(Date.UTC(2026, 9, 1) + m * 60_000).toISOString()),
    actor: fc.constantFrom(ADA, BOB, null),
    assistant: fc.constantFrom('claude-code', 'cursor'),
    tier: fc.constantFrom('pro', 'max_20x', 'business', 'enterprise', 'api', null),
    model: fc.constantFrom(...MODELS),
    project: fc.constantFrom(...PROJECTS),
    value: fc.constantFrom(0, 1, 3, 7, 333_333, 99_999_999, null),
    billedMicros: fc.constantFrom(null, null, null, 5),
  });

  it('add up to the whole exactly, by day, week, model, project and person, filtered or not', async () => {
    const range = days('2026-10-05', '2026-11-20', 'Europe/Berlin');
    const total = (parts: readonly { figures: Readonly<Record<string, number | null>> }[]): number =>
      parts.reduce((sum, { figures }) => sum + (figures.costMicros ?? Number.NaN), 0);
    await fc.assert(
      fc.asyncProperty(fc.array(usage, { minLength: 1, maxLength: 25 }), async (usages) => {
        const org = await world.organization(usages);
        for (const filter of [
          { org },
          { org, models: ['opus'] },
          { org, projects: ['a'], models: ['opus', 'haiku'] },
        ]) {
          const question = world.ask(filter, range);
          const whole = await cost(org, range, filter);
          for (const interval of ['day', 'week', 'month'] as const)
            expect([interval, total((await timeseries(question, interval)).points)]).toEqual([interval, whole]);
          for (const by of ['model', 'project', 'user', 'assistant', 'tier'] as const)
            expect([by, total(figuresIn(await breakdown(question, { by })))]).toEqual([by, whole]);
        }
      }),
      { numRuns: 2 },
    );
  });

  it('of the API’s own cuts add up too', async () => {
    const org = await world.organization(
      Array.from({ length: 50 }, (_, i) => ({
        at: new Date(Date.UTC(2026, 10, 1 + (i % 29))).toISOString(),
        tier: 'pro',
        model: MODELS[i % 3] ?? null,
        value: i * 7,
      })),
    );
    const filter = { org, models: ['opus', 'haiku'] };
    const whole = await cost(org, NOVEMBER, filter);
    const total = (parts: readonly { figures: Readonly<Record<string, number | null>> }[]): number =>
      parts.reduce((sum, { figures }) => sum + (figures.costMicros ?? Number.NaN), 0);
    expect(total((await timeseries(world.ask(filter, NOVEMBER), 'day')).points)).toBe(whole);
    expect(total((await timeseries(world.ask(filter, NOVEMBER), 'week')).points)).toBe(whole);
    expect(total(figuresIn(await breakdown(world.ask(filter, NOVEMBER), { by: 'model' })))).toBe(whole);
  });

  it('of equal worth differ by a micro-dollar at most', async () => {
    const at = '2026-11-20T12:00:00Z';
    const usages = ['a', 'b', 'c'].map((project) => ({ at, tier: 'pro', project, value: 1 }));
    const org = await world.organization(usages);
    const rows = figuresIn(await breakdown(world.ask({ org }, NOVEMBER), { by: 'project' }));
    expect(rows.map(({ figures }) => figures.costMicros).toSorted()).toEqual([6_666_666, 6_666_667, 6_666_667]);
    // Asked for by itself, each is rounded by itself.
    expect(await cost(org, NOVEMBER, { projects: ['a'] })).toBe(6_666_667);
  });
});
