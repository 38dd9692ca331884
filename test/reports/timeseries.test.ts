import { describe, expect, it } from 'vitest';
import { summary } from '../../src/reports/summary.ts';
import { timeseries } from '../../src/reports/timeseries.ts';
import type { Interval } from '../../src/usage/buckets.ts';
import { DateError } from '../../src/usage/date-error.ts';
import type { DateRange } from '../../src/usage/dates.ts';
import type { Usage } from '../support/report-world.ts';
import { days, reportWorld } from '../support/report-world.ts';

const world = reportWorld();
const BERLIN = 'Europe/Berlin';
const HOUR = 3_600_000;

/** A call every three hours, each another number of tokens. */
const everyThreeHours = (from: string, to: string): Usage[] => {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return Array.from({ length: (toMs - fromMs) / (3 * HOUR) }, (_, i) => ({
    at: new Date(fromMs + i * 3 * HOUR).toISOString(),
    inputTokens: 1 + i,
    outputTokens: 2 * i,
    cacheReadTokens: 3 * i,
    cacheWrite5mTokens: i,
    cacheWrite1hTokens: i % 5,
    value: i % 4 === 0 ? null : i * 17,
    tier: i % 2 === 0 ? 'pro' : null,
    sessionId: `s${i % 9}`,
  }));
};

const ADDITIVE = [
  'totalRequests',
  'totalTokens',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'apiEquivalentMicros',
  'costMicros',
  'unpricedRequests',
] as const;

describe.each<[string, DateRange]>([
  ['over both changes of clocks', days('2026-03-01', '2026-04-06', BERLIN)],
  ['just after clocks went forward', days('2026-03-30', '2026-04-06', BERLIN)],
  ['just after clocks went back', days('2026-10-26', '2026-11-02', BERLIN)],
  ['the week of the change itself', days('2026-10-19', '2026-10-26', BERLIN)],
  [
    'cut amid a day',
    { fromMs: Date.parse('2026-03-20T10:30:00Z'), toMs: Date.parse('2026-04-01T01:00:00Z'), tz: BERLIN },
  ],
  ['in a zone of half an hour', days('2026-03-01', '2026-03-15', 'Asia/Kolkata')],
])('a timeseries %s', (_, range) => {
  it.each<Interval>(['day', 'week'])(
    'by %s adds up to the summary, and so does the period before',
    async (interval) => {
      const org = await world.organization([
        ...everyThreeHours('2026-01-20T00:00:00Z', '2026-04-10T00:00:00Z'),
        ...everyThreeHours('2026-10-01T00:00:00Z', '2026-11-05T00:00:00Z'),
      ]);
      const points = (await timeseries(world.ask({ org }, range), interval)).points;
      const whole = await summary(world.ask({ org }, range));
      for (const key of ADDITIVE) {
        const sum = points.reduce((total, { figures }) => total + (figures[key] ?? 0), 0);
        const before = points.reduce((total, { previous }) => total + (previous.figures[key] ?? 0), 0);
        expect([key, sum, before]).toEqual([key, whole.figures[key], whole.previous.figures[key]]);
      }
      expect(whole.figures.totalRequests).toBeGreaterThan(50);
      for (const { bucket, previous } of points)
        expect(previous.bucket.endMs - previous.bucket.startMs).toBe(bucket.endMs - bucket.startMs);
    },
  );
});

describe('the period before', () => {
  it('has its days beside their counterparts, also after a change of clocks', async () => {
    const org = await world.organization([{ at: '2026-03-23T12:00:00Z' }]);
    const points = (await timeseries(world.ask({ org }, days('2026-03-30', '2026-04-06', BERLIN)), 'day')).points;
    expect(points.map(({ bucket, previous }) => [bucket.label, previous.bucket.label])).toEqual([
      ['2026-03-30', '2026-03-23'],
      ['2026-03-31', '2026-03-24'],
      ['2026-04-01', '2026-03-25'],
      ['2026-04-02', '2026-03-26'],
      ['2026-04-03', '2026-03-27'],
      ['2026-04-04', '2026-03-28'],
      ['2026-04-05', '2026-03-29'],
    ]);
    expect(points.map(({ previous }) => previous.figures.totalRequests)).toEqual([1, 0, 0, 0, 0, 0, 0]);
  });

  it('has weeks of the same cut', async () => {
    const org = await world.organization([]);
    const points = (await timeseries(world.ask({ org }, days('2026-11-04', '2026-11-18')), 'week')).points;
    expect(points.map(({ bucket, previous }) => [bucket.label, previous.bucket.label])).toEqual([
      ['2026-W45', '2026-W43'],
      ['2026-W46', '2026-W44'],
      ['2026-W47', '2026-W45'],
    ]);
  });
});

it('refuses more points than anybody can look at', async () => {
  const range = days('2020-01-01', '2026-01-01');
  await expect(timeseries(world.ask({ org: 'acme' }, range), 'day')).rejects.toThrow(DateError);
  expect((await timeseries(world.ask({ org: 'acme' }, range), 'week')).points).toHaveLength(314);
});

describe('of many keys', () => {
  const range = days('2026-11-01', '2026-11-05');
  const MODELS = ['a', 'b', 'c', 'd', 'e', null];
  const people = ['ada', 'bob', 'cy'].map((name) => `email:${name}@acme.com`);
  // One session and one person use several of the small models on one day.
  const usages = MODELS.flatMap((model, m): Usage[] =>
    Array.from({ length: 9 - m }, (_, i) => ({
      at: `2026-11-0${1 + (i % 4)}T0${m}:1${i}:00Z`,
      ...{ model, sessionId: `s${i % 3}`, actor: people[i % 3] ?? null, tier: 'pro', outputTokens: 1 + i },
      value: 1000 - 100 * m,
    })),
  );
  const limited = async (by: 'model' | 'user', limit: number) => {
    const org = await world.organization(usages);
    return (await timeseries(world.ask({ org }, range), 'day', { by, limit })).points;
  };
  const named = <T>(points: readonly { key: string | null; rest: boolean; figures: T }[]): [string, T[]][] => {
    const series = new Map<string, T[]>();
    for (const { key, rest, figures } of points) {
      const name = rest ? 'the rest' : String(key);
      series.set(name, [...(series.get(name) ?? []), figures]);
    }
    return [...series];
  };

  // Of cost, the last micro-dollar may fall to another group where there are others.
  const keys = [...ADDITIVE.filter((key) => key !== 'costMicros'), 'uniqueUsers', 'totalSessions', 'activeDays'];
  const counted = (all: readonly Readonly<Record<string, number | null>>[] = []) =>
    all.map((figures) => keys.map((key) => [key, figures[key]]));

  it('those of most value have a series each, and the others one together', async () => {
    const [some, every] = [named(await limited('model', 2)), named(await limited('model', 6))];
    expect(some.map(([name]) => name)).toEqual(['a', 'b', 'the rest']);
    expect(every.map(([name]) => name)).toEqual(['a', 'b', 'c', 'd', 'e', 'null']);
    expect(counted(some[0]?.[1])).toEqual(counted(every[0]?.[1]));
    expect(counted(some[1]?.[1])).toEqual(counted(every[1]?.[1]));
  });

  it('the rest adds up with them, and counts a session and a person once', async () => {
    const org = await world.organization(usages);
    const rest = named((await timeseries(world.ask({ org }, range), 'day', { by: 'model', limit: 2 })).points)[2]?.[1];
    // The small models by themselves: renamed, so that they are one.
    const small = usages.filter(({ model }) => model !== 'a' && model !== 'b').map((one) => ({ ...one, model: 'one' }));
    const alone = await timeseries(world.ask({ org: await world.organization(small) }, range), 'day');
    expect(counted(rest)).toEqual(counted(alone.points.map(({ figures }) => figures)));
    expect(rest?.map(({ totalSessions }) => totalSessions)).toEqual([2, 2, 2, 1]);

    const points = (await timeseries(world.ask({ org }, range), 'day', { by: 'model', limit: 2 })).points;
    const whole = await summary(world.ask({ org }, range));
    for (const key of ADDITIVE)
      expect([key, points.reduce((sum, { figures }) => sum + (figures[key] ?? 0), 0)]).toEqual([
        key,
        whole.figures[key],
      ]);
  });

  it('of people too', async () => {
    const some = named(await limited('user', 1));
    expect(some.map(([name]) => name)).toEqual([people[0], 'the rest']);
    expect(some[1]?.[1].map(({ uniqueUsers }) => uniqueUsers)).toEqual([2, 2, 1, 1]);
  });

  it('twelve where nothing is said', async () => {
    const many = Array.from({ length: 20 }, (_, i) => ({ at: '2026-11-02T10:00:00Z', model: `m${i}`, value: i }));
    const org = await world.organization(many);
    const series = named((await timeseries(world.ask({ org }, range), 'day', { by: 'model' })).points);
    expect(series.map(([name]) => name)).toHaveLength(13);
    expect(series.at(-1)?.[1].map(({ totalRequests }) => totalRequests)).toEqual([0, 8, 0, 0]);
  });
});
