import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '../support/app.ts';
import type { Call } from '../support/calls.ts';
import { get, send } from '../support/calls.ts';
import { NO_FIGURES } from '../../src/reports/figures.ts';
import type { Scope } from '../../src/server/services/keys.ts';

const NOW = Date.UTC(2026, 10, 20, 22, 45);
const DAY_MS = 86_400_000;

let server: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  server = await openApp({ now: () => NOW });
  await send(server, CALLS);
});
afterAll(() => server.close());

const sub = { query_source: 'agent:builtin:explore', 'agent.name': 'explore', agent_id: 'a1' };
const CALLS: Call[] = [
  { n: 1, at: '2026-11-18T10:00:00Z', session: 's1', input: 100, more: { project: 'web', 'repository.name': 'r1' } },
  { n: 2, at: '2026-11-18T10:01:00Z', session: 's1', input: 200, model: 'claude-haiku-4-5', more: { project: 'web' } },
  {
    n: 3,
    at: '2026-11-19T10:00:00Z',
    session: 's2',
    input: 400,
    more: { project: 'api', 'repository.name': 'r2', ...sub },
  },
  { n: 4, at: '2026-11-19T11:00:00Z', session: 's3', input: 800, email: 'bob@acme.com', model: 'claude-haiku-4-5' },
  { n: 5, at: '2026-11-20T11:00:00Z', session: 's4', input: 1600, email: 'eve+x@acme.com', model: 'nobody-knows-it' },
  // The period before.
  { n: 6, at: '2026-11-15T11:00:00Z', session: 's5', input: 3200 },
];

interface Summary {
  from: string;
  to: string;
  totalRequests: number;
  totalSessions: number;
  uniqueUsers: number;
  inputTokens: number;
  unpricedRequests: number;
  averageSessionDurationMs: number | null;
  previous: Omit<Summary, 'previous'>;
}

interface Refused {
  error: { code: string; message: string };
}

const PERIOD = 'from=2026-11-18&to=2026-11-21';
const analytics = <T>(path: string, caller: { scope?: Scope; org?: string; email?: string } = {}) =>
  get<T>(server, `/${caller.org ?? 'acme'}/sessions/analytics/${path}`, caller);
const summary = async (query: string): Promise<Summary> => (await analytics<Summary>(`summary?${query}`)).body;

const inputOf = async (query: string): Promise<number> => (await summary(`${PERIOD}&${query}`)).inputTokens;

describe('summary', () => {
  it('answers the whole with the period before', async () => {
    expect(await summary(PERIOD)).toMatchObject({
      from: '2026-11-18T00:00:00.000Z',
      to: '2026-11-21T00:00:00.000Z',
      totalSessions: 4,
      totalRequests: 5,
      uniqueUsers: 3,
      totalTokens: 3150,
      inputTokens: 3100,
      outputTokens: 50,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      // A million tokens in and out: $4 and $20 of Opus 5.5, $1 and $5 of Haiku 4.5.
      apiEquivalentMicros: 500 * 4 + 20 * 20 + 1000 * 1 + 20 * 5,
      costMicros: 3500,
      unpricedRequests: 1,
      averageSessionDurationMs: 15_000,
      averageCostPerSessionMicros: 875,
      previous: expect.objectContaining({
        from: '2026-11-15T00:00:00.000Z',
        to: '2026-11-18T00:00:00.000Z',
        totalRequests: 1,
        inputTokens: 3200,
      }) as unknown,
    });
  });

  it('answers the last 30 days up to now where nothing is said', async () => {
    const { from, to, totalRequests } = await summary('');
    expect([from, to]).toEqual([new Date(NOW - 30 * DAY_MS).toISOString(), new Date(NOW).toISOString()]);
    expect(totalRequests).toBe(6);
  });

  it('answers nulls and zeros for an organisation without events', async () => {
    const zeros = {
      ...NO_FIGURES,
      totalSessions: 0,
      totalRequests: 0,
      uniqueUsers: 0,
      totalTokens: 0,
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      apiEquivalentMicros: 0,
      costMicros: 0,
      unpricedRequests: 0,
      averageSessionDurationMs: null,
      averageCostPerSessionMicros: null,
    };
    const { status, body } = await analytics<Summary>(`summary?${PERIOD}`, { org: 'empty' });
    expect(status).toBe(200);
    expect(body).toEqual({
      from: '2026-11-18T00:00:00.000Z',
      to: '2026-11-21T00:00:00.000Z',
      ...zeros,
      previous: { from: '2026-11-15T00:00:00.000Z', to: '2026-11-18T00:00:00.000Z', ...zeros },
      trend: null,
    });
  });

  it('answers about the future, where nothing is yet', async () => {
    const { totalRequests, previous } = await summary('from=2027-01-01&to=2027-02-01');
    expect([totalRequests, previous.totalRequests]).toEqual([0, 0]);
    expect((await summary('from=2026-11-20&to=2099-01-01')).totalRequests).toBe(1);
  });

  it('takes days in the zone of the viewer, and times with or without an offset', async () => {
    // 10:00 UTC on the 18th is the 19th in Kiritimati, 14 hours ahead.
    expect(await inputOf('')).toBe(3100);
    expect((await summary('from=2026-11-19&to=2026-11-20&tz=Pacific/Kiritimati')).inputTokens).toBe(300);
    expect((await summary('from=2026-11-18T10:15:00Z&to=2026-11-19')).inputTokens).toBe(0);
    expect((await summary('from=2026-11-18T11:00&to=2026-11-18T11:15&tz=Europe/Berlin')).inputTokens).toBe(300);
    // `to` is not counted any more.
    expect((await summary('from=2026-11-18&to=2026-11-18T10:00:00Z')).inputTokens).toBe(0);
    // Quarter-hours count as a whole.
    const cut = await summary('from=2026-11-18T10:01:00Z&to=2026-11-19T10:01:00Z');
    expect([cut.from, cut.to]).toEqual(['2026-11-18T10:00:00.000Z', '2026-11-19T10:15:00.000Z']);
    expect(cut.inputTokens).toBe(700);
  });
});

describe('a filter', () => {
  it.each([
    ['user=ada@acme.com', 700],
    ['user=ADA@acme.com', 700],
    ['user=email:bob@acme.com', 800],
    ['user=bob@acme.com&user=eve%2Bx@acme.com', 2400],
    ['user=nobody@acme.com', 0],
    // A form's field left alone.
    ['user=', 3100],
    ['project=web', 300],
    ['project=web&project=api', 700],
    ['repository=r2', 400],
    ['model=claude-haiku-4-5', 1000],
    ['model=claude-haiku-4-5&user=bob@acme.com', 800],
    ['agent=explore', 400],
    ['agent=main', 0],
    ['assistant=claude-code', 3100],
    ['assistant=cursor', 0],
    ['assistant=cursor&assistant=claude-code', 3100],
    [`project=${encodeURIComponent(`x' OR '1'='1`)}`, 0],
    [`model=${encodeURIComponent('$0 -- %')}`, 0],
  ])('%s', async (query, tokens) => {
    expect(await inputOf(query)).toBe(tokens);
  });

  it('holds for the period before too', async () => {
    expect((await summary(`${PERIOD}&user=ada@acme.com`)).previous.inputTokens).toBe(3200);
    expect((await summary(`${PERIOD}&user=bob@acme.com`)).previous.inputTokens).toBe(0);
  });
});

describe('timeseries', () => {
  interface Series {
    tz: string;
    interval: string;
    points: (Summary & { label: string })[];
  }
  const series = async (query: string): Promise<Series> => (await analytics<Series>(`timeseries?${query}`)).body;

  it('answers every day, also those without events', async () => {
    const { points, interval, tz } = await series('from=2026-11-17&to=2026-11-21');
    expect([interval, tz]).toEqual(['day', 'UTC']);
    expect(
      points.map(({ label, from, to, inputTokens, averageSessionDurationMs }) => [
        label,
        from,
        to,
        inputTokens,
        averageSessionDurationMs,
      ]),
    ).toEqual([
      ['2026-11-17', '2026-11-17T00:00:00.000Z', '2026-11-18T00:00:00.000Z', 0, null],
      ['2026-11-18', '2026-11-18T00:00:00.000Z', '2026-11-19T00:00:00.000Z', 300, 60_000],
      ['2026-11-19', '2026-11-19T00:00:00.000Z', '2026-11-20T00:00:00.000Z', 1200, 0],
      ['2026-11-20', '2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z', 1600, 0],
    ]);
    expect(points.map(({ previous }) => previous.inputTokens)).toEqual([0, 0, 3200, 0]);
  });

  it('answers weeks from Monday, and filters', async () => {
    const { points } = await series('from=2026-11-09&to=2026-11-23&interval=week&user=ada@acme.com');
    expect(points.map(({ label, inputTokens }) => [label, inputTokens])).toEqual([
      ['2026-W46', 3200],
      ['2026-W47', 700],
    ]);
  });
});

describe('a request that cannot be answered names its parameter', () => {
  it.each([
    ['tz=Mars/Base', 'tz'],
    ['tz=', 'tz'],
    ['from=yesterday', 'from'],
    ['from=2026-02-30', 'from'],
    ['from=2300-01-01', 'from'],
    ['from=2026-11-01&from=2026-11-02', 'from'],
    ['to=20261101', 'to'],
    ['from=2026-11-02&to=2026-11-01', 'to'],
    ['from=2026-11-02&to=2026-11-02', 'to'],
    ['from=2027-01-01', 'from'],
    ['assistant=copilot', 'assistant'],
    ['assistant=cursor&assistant=copilot', 'assistant'],
    ['interval=minute', 'interval'],
    ['interval=day&interval=week', 'interval'],
    ['from=2000-01-01', 'interval'],
    ['frm=2026-11-01', 'frm'],
    ['view=team', 'view'],
    ['format=xml', 'format'],
    ['by=planet', 'by'],
    ['user=ada@acme.com&view=organization', 'user'],
  ])('%s', async (query, parameter) => {
    const { status, body } = await analytics<Refused>(`timeseries?${query}`);
    expect([status, body.error.code]).toEqual([400, 'invalid']);
    expect(body.error.message).toMatch(new RegExp(`(^|\\W)${parameter}\\W`));
  });
});

describe('who asks', () => {
  it('a member sees themselves only', async () => {
    const caller = { scope: 'member', email: 'Bob@Acme.com' } as const;
    const own = await analytics<Summary>(`summary?${PERIOD}`, caller);
    expect([own.status, own.body.inputTokens, own.body.uniqueUsers]).toEqual([200, 800, 1]);
    for (const user of ['bob@acme.com', 'email:bob@acme.com'])
      expect((await analytics<Summary>(`summary?${PERIOD}&user=${user}`, caller)).body.inputTokens).toBe(800);
    for (const query of ['user=ada@acme.com', 'user=bob@acme.com&user=ada@acme.com']) {
      const { status, body } = await analytics<Refused>(`timeseries?${PERIOD}&${query}`, caller);
      expect([query, status, body.error.code]).toEqual([query, 403, 'forbidden']);
    }
  });

  it('a member key that names nobody sees nobody', async () => {
    const { status, body } = await analytics<Summary>(`summary?${PERIOD}`, { scope: 'member' });
    expect([status, body.totalRequests]).toEqual([200, 0]);
  });

  it.each(['manager', 'admin'] as const)('a %s sees all', async (scope) => {
    const { body } = await analytics<Summary>(`summary?${PERIOD}`, { scope, email: 'bob@acme.com' });
    expect([body.inputTokens, body.uniqueUsers]).toEqual([3100, 3]);
  });

  it('nobody sees another organisation', async () => {
    const key = await server.key('admin', 'globex');
    const response = await server.app.inject({
      url: `/acme/sessions/analytics/summary?${PERIOD}`,
      headers: { 'x-api-key': key },
    });
    expect([response.statusCode, response.json<Refused>().error.code]).toEqual([404, 'notFound']);
    const own = await analytics<Summary>(`summary?${PERIOD}`, { org: 'globex' });
    expect(own.body.totalRequests).toBe(0);
  });
});
