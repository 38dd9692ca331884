import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakdown } from '../../src/reports/breakdown.ts';
import { FIGURES, figuresFrom } from '../../src/reports/figures.ts';
import type { Filter } from '../../src/reports/filter.ts';
import type { Dimension } from '../../src/reports/group.ts';
import { summary } from '../../src/reports/summary.ts';
import { timeseries } from '../../src/reports/timeseries.ts';
import type { DateRange } from '../../src/usage/dates.ts';
import type { OracleEvent, OracleFilter, OracleSpan } from '../support/oracle.ts';
import { countEvents, during, matchesFilter, oracleFigures, seatCosts, wallDay } from '../support/oracle.ts';
import { REPORT_STORES } from '../support/report-stores.ts';
import { days } from '../support/report-world.ts';
import { SEED_KEY, SEED_PEOPLE, UNKNOWN_MODEL } from '../support/seeded-organization.ts';
import type { SeededWorld } from '../support/seeded-world.ts';
import { openSeededWorld } from '../support/seeded-world.ts';

type Rostered = 'roster' | 'none';
const before = ({ fromMs, toMs, tz }: DateRange): DateRange => ({ fromMs: 2 * fromMs - toMs, toMs: fromMs, tz });

const RANGES: Readonly<Record<string, DateRange>> = {
  all: days('2026-07-20', '2026-11-17'),
  october: days('2026-10-01', '2026-11-01'),
  'New York over its change of clocks': days('2026-10-20', '2026-11-10', 'America/New_York'),
  'Berlin over its change of clocks': days('2026-10-10', '2026-10-31', 'Europe/Berlin'),
  Kolkata: days('2026-09-01', '2026-09-22', 'Asia/Kolkata'),
};

const FILTERS: Readonly<Record<string, OracleFilter>> = {
  everything: {},
  'the power user': { people: [SEED_PEOPLE.power] },
  'the churned': { people: [SEED_PEOPLE.churned] },
  'an idle seat': { people: [SEED_PEOPLE.idle] },
  'who was a key': { people: [SEED_PEOPLE.key] },
  'the key by itself': { people: [SEED_KEY] },
  'who has three names': { people: [SEED_PEOPLE.aliases] },
  'a team': { teams: ['team-1'] },
  'a department': { departments: ['platform'] },
  'an organisation': { organizations: ['Acme'] },
  'an assistant': { assistants: ['cursor'] },
  'two assistants': { assistants: ['claude-code', 'gemini-cli'] },
  'a model': { models: ['claude-opus-5-5'] },
  'a model without a price': { models: [UNKNOWN_MODEL] },
  'a project': { projects: ['web'] },
  'a repository': { repositories: ['repo-2'] },
  'an agent': { agents: ['explore'] },
  nobody: { people: ['email:nobody@acme.com'] },
};

describe.each(REPORT_STORES)('the seeded organisation on $name', (engine) => {
  let world: SeededWorld;
  beforeAll(async () => {
    world = await openSeededWorld(engine);
  }, 120_000);
  afterAll(() => world.close());

  const expected = (span: OracleSpan, filter: OracleFilter, roster: Rostered) => {
    const oracle = world.oracle[roster];
    const events = during(oracle.events, span).filter((e) => matchesFilter(e, filter));
    return oracleFigures(
      countEvents(events, span.tz),
      seatCosts(oracle, span, filter),
      (span.toMs - span.fromMs) / 86_400_000,
    );
  };
  const check = async (filter: OracleFilter, range: DateRange, roster: Rostered): Promise<void> => {
    const answer = await summary(world.ask(filter as Partial<Filter>, range, roster));
    expect(close(answer.figures)).toEqual(close(expected(range, filter, roster)));
    expect(close(answer.previous.figures)).toEqual(close(expected(before(range), filter, roster)));
  };

  it('has a figure in the test for each that reports have', () => {
    const range = RANGES.october ?? days('2026-10-01', '2026-11-01');
    expect(Object.keys(expected(range, {}, 'roster'))).toEqual(FIGURES.map(({ key }) => key));
  });

  it.each(Object.keys(RANGES))('counts all, %s', async (name) => {
    await check({}, RANGES[name] ?? days('2026-10-01', '2026-11-01'), 'roster');
    await check({}, RANGES[name] ?? days('2026-10-01', '2026-11-01'), 'none');
  });

  it.each(Object.entries(FILTERS))('counts %s', async (_, filter) => {
    await check(filter, days('2026-10-01', '2026-10-31', 'Europe/Berlin'), 'roster');
  });

  it('counts any combination of filters in any period', async () => {
    const some = <T>(...values: T[]) => fc.option(fc.subarray(values, { minLength: 1 }), { freq: 2, nil: undefined });
    const filters = fc.record(
      {
        people: some<string>(...Object.values(SEED_PEOPLE), SEED_KEY, 'email:dev20@acme.com', 'email:dev15@acme.com'),
        teams: some('team-0', 'team-1', 'team-2'),
        departments: some('product', 'platform'),
        organizations: some('Acme', 'Globex'),
        assistants: some('claude-code', 'cursor', 'gemini-cli', 'claude-cowork'),
        models: some('claude-opus-5-5', 'claude-sonnet-5', 'gpt-5', UNKNOWN_MODEL),
        projects: some('web', 'api', 'clock'),
        repositories: some('repo-0', 'repo-1'),
        agents: some('main', 'explore', 'background:title'),
      },
      { requiredKeys: [] },
    );
    const ranges = fc
      .record({
        day: fc.integer({ min: 0, max: 110 }),
        length: fc.integer({ min: 1, max: 45 }),
        tz: fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Kathmandu'),
      })
      .map(({ day, length, tz }) => {
        const date = (n: number): string => new Date(Date.UTC(2026, 6, 20 + n)).toISOString().slice(0, 10);
        return days(date(day), date(day + length), tz);
      });
    await fc.assert(
      fc.asyncProperty(filters, ranges, fc.constantFrom<Rostered>('roster', 'none'), async (filter, range, roster) => {
        const given = Object.fromEntries(Object.entries(filter).filter(([, values]) => values !== undefined));
        await check(given, range, roster);
      }),
      { numRuns: engine.runs, seed: 7 },
    );
  }, 120_000);

  const KEYS: Readonly<Record<Dimension, (e: OracleEvent) => string | null>> = {
    assistant: (e) => e.assistant,
    model: (e) => e.model,
    project: (e) => e.project,
    repository: (e) => e.repository,
    agent: (e) => e.agent,
    organization: (e) => e.organization,
    product: (e) => e.product,
    tier: (e) => e.tier,
    user: (e) => e.person,
    team: (e) => e.team,
    department: (e) => e.department,
  };
  /** Seats of a row are real numbers here; in the answer they are integers that add up. */
  const NOT_EXACT = ['costMicros', 'subscriptionCostMicros', 'estimatedCostMicros', 'costPerActiveUserMicros'];
  const RATIOS = [
    ...['averageCostPerSessionMicros', 'valueMultiple', 'sessionsPerSubscriptionDollar'],
    'tokensPerSubscriptionDollar',
  ];
  const exact = (figures: Readonly<Record<string, number | null>>) =>
    close(Object.fromEntries(Object.entries(figures).filter(([key]) => ![...NOT_EXACT, ...RATIOS].includes(key))));

  it.each(Object.keys(KEYS) as Dimension[])('breaks down by %s, and adds up', async (by) => {
    const range = days('2026-10-01', '2026-10-31', 'Europe/Berlin');
    for (const filter of [{}, { assistants: ['claude-code', 'cursor'], projects: ['web', 'api'] }]) {
      const question = world.ask(filter as Partial<Filter>, range);
      const [{ rows }, whole] = await Promise.all([breakdown(question, { by }), summary(question)]);
      const oracle = world.oracle.roster;
      const seats = seatCosts(oracle, range, filter);
      const events = during(oracle.events, range).filter((e) => matchesFilter(e, filter));
      const groups = new Map<string | null, OracleEvent[]>();
      for (const e of events) groups.set(KEYS[by](e), [...(groups.get(KEYS[by](e)) ?? []), e]);
      const named = rows.filter(({ unusedSeats }) => !unusedSeats);
      expect(new Set(named.map(({ key }) => key))).toEqual(new Set(groups.keys()));
      for (const { key, totals } of named) {
        const figures = figuresFrom(totals);
        const mine = groups.get(key) ?? [];
        const micros = mine.reduce((sum, e) => sum + (seats.shareOf.get(e) ?? 0), 0);
        const counted = oracleFigures(
          countEvents(mine, range.tz),
          { micros, assumed: 0, unused: 0 },
          (range.toMs - range.fromMs) / 86_400_000,
        );
        expect([key, exact(figures)]).toEqual([key, exact(counted)]);
        expect(Math.abs((figures.subscriptionCostMicros ?? NaN) - micros)).toBeLessThan(3);
      }
      for (const key of ADDITIVE) {
        const sum = rows.reduce((total, { totals }) => total + (figuresFrom(totals)[key] ?? NaN), 0);
        expect([by, key, sum]).toEqual([by, key, whole.figures[key]]);
      }
    }
  });

  it.each(['day', 'week', 'month', 'hour'] as const)('draws every %s, and adds up', async (interval) => {
    const range = days('2026-10-15', interval === 'hour' ? '2026-10-28' : '2026-11-05', 'Europe/Berlin');
    const question = world.ask({ teams: ['team-0', 'team-1'] }, range);
    const [{ points, unusedSeatMicros }, whole] = await Promise.all([
      timeseries(question, interval),
      summary(question),
    ]);
    const oracle = world.oracle.roster;
    const matching = oracle.events.filter((e) => matchesFilter(e, { teams: ['team-0', 'team-1'] }));
    for (const { bucket, figures, previous } of points) {
      const of = ({ startMs, endMs }: { startMs: number; endMs: number }) =>
        countEvents(during(matching, { fromMs: startMs, toMs: endMs, tz: range.tz }), range.tz);
      const now = of(bucket);
      expect([
        bucket.label,
        figures.totalRequests,
        figures.uniqueUsers,
        figures.totalSessions,
        figures.activeDays,
      ]).toEqual([bucket.label, now.requests, now.people, now.sessions, now.activeDays]);
      const then = of(previous.bucket);
      expect([previous.bucket.label, previous.figures.totalRequests, previous.figures.uniqueUsers]).toEqual([
        previous.bucket.label,
        then.requests,
        then.people,
      ]);
      if (interval === 'day') expect(wallDay(bucket.startMs, range.tz)).toBe(bucket.label);
    }
    for (const key of ADDITIVE) {
      const sum = points.reduce((total, { figures }) => total + (figures[key] ?? NaN), 0);
      const unused = key === 'costMicros' || key === 'subscriptionCostMicros' ? unusedSeatMicros[0] : 0;
      expect([interval, key, sum + unused]).toEqual([interval, key, whole.figures[key]]);
    }
  });
});

const ADDITIVE = [
  ...['totalRequests', 'totalTokens', 'inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens'],
  ...['apiEquivalentMicros', 'costMicros', 'subscriptionCostMicros', 'meteredCostMicros', 'cacheSavingsMicros'],
  ...['unpricedRequests', 'exchanges', 'workingMs'],
];

/** Ratios to twelve digits: the order of additions may show in the last ones. */
const close = (figures: Readonly<Record<string, number | null>>): Record<string, number | null> =>
  Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [
      key,
      value === null || Number.isInteger(value) ? value : Number(value.toPrecision(12)),
    ]),
  );
