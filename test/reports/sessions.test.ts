import { describe, expect, it } from 'vitest';
import type { Filter } from '../../src/reports/filter.ts';
import { summary } from '../../src/reports/summary.ts';
import { timeseries } from '../../src/reports/timeseries.ts';
import type { Usage } from '../support/report-world.ts';
import { days, reportWorld } from '../support/report-world.ts';

const world = reportWorld();
const DAY = days('2026-11-20', '2026-11-21');
const MINUTE = 60_000;
const at = (time: string, usage: Partial<Usage> = {}): Usage => ({ at: `2026-11-20T${time}Z`, ...usage });

async function sessions(usages: readonly Usage[], filter: Partial<Filter> = {}, range = DAY) {
  const org = await world.organization(usages);
  const { totalSessions, averageSessionDurationMs } = (await summary(world.ask({ org, ...filter }, range))).figures;
  return [totalSessions, averageSessionDurationMs];
}

const s = (sessionId: string, durationMs: number | null = null): Partial<Usage> => ({ sessionId, durationMs });
const cursor = (actor: string, durationMs: number | null = null): Partial<Usage> => ({
  assistant: 'cursor',
  actor: `email:${actor}@acme.com`,
  durationMs,
});

describe('sessions with an id', () => {
  it('count once, whoever and whatever takes part', async () => {
    const usages = [
      at('09:00:00', { ...s('one'), model: 'opus' }),
      at('09:01:00', { ...s('one'), model: 'haiku', agent: 'background:title', actor: null }),
      at('18:00:00', s('one')),
      at('09:00:00', s('two')),
    ];
    expect((await sessions(usages))[0]).toBe(2);
  });

  it('last from the start of their first call to the end of the last', async () => {
    // 09:00:00 is when a call of 30 s was complete: work began at 08:59:30.
    const usages = [at('09:00:00', s('one', 30_000)), at('09:10:00', s('one', 9_000)), at('09:25:00', s('one', 9_000))];
    expect(await sessions(usages)).toEqual([1, 25 * MINUTE + 30_000]);
  });

  it('leave pauses of over half an hour out', async () => {
    const usages = [
      at('09:00:00', s('one', 30_000)),
      at('09:30:00', s('one', 5_000)),
      at('10:00:01', s('one', 20_000)),
      at('10:10:01', s('one', 5_000)),
    ];
    // Thirty minutes go on, thirty minutes and a second do not.
    expect(await sessions(usages)).toEqual([1, 30_000 + 30 * MINUTE + 20_000 + 10 * MINUTE]);
  });

  it('of one call last as long as it; without a duration, no time at all', async () => {
    expect(await sessions([at('09:00:00', s('one', 1_234))])).toEqual([1, 1_234]);
    expect(await sessions([at('09:00:00', s('one'))])).toEqual([1, 0]);
  });

  it('are averaged over sessions', async () => {
    const usages = [at('09:00:00', s('one', 1_000)), at('09:00:00', s('two', 2_000)), at('12:00:00', s('two', 4_000))];
    expect(await sessions(usages)).toEqual([2, 3_500]);
  });

  it('may overlap', async () => {
    const usages = ['one', 'two'].flatMap((id) => [at('09:00:00', s(id, 0)), at('09:20:00', s(id, 0))]);
    expect(await sessions(usages)).toEqual([2, 20 * MINUTE]);
  });

  it('of sub-agents that work at the same time count their time once', async () => {
    const usages = [
      at('09:00:00', s('one', 10_000)),
      at('09:05:00', { ...s('one', 60_000), agent: 'explore' }),
      at('09:05:00', { ...s('one', 90_000), agent: 'plan' }),
      at('09:06:00', s('one', 5_000)),
    ];
    expect(await sessions(usages)).toEqual([1, 10_000 + 6 * MINUTE]);
  });
});

describe('assistants without sessions', () => {
  it('have a session for each person’s run of events', async () => {
    const usages = [
      at('09:00:00', cursor('ada', 10_000)),
      at('09:20:00', cursor('ada')),
      at('09:50:00', cursor('ada')),
      at('10:20:01', cursor('ada', 3_000)),
      at('09:10:00', cursor('bob', 1_000)),
    ];
    const working = 10_000 + 50 * MINUTE + 3_000 + 1_000;
    expect(await sessions(usages)).toEqual([3, Math.round(working / 3)]);
  });

  it('beside others that have them: each is counted in its own way', async () => {
    const usages = [
      at('09:00:00', s('one', 1_000)),
      at('09:00:00', cursor('ada', 2_000)),
      at('09:01:00', { ...cursor('ada'), assistant: 'gemini-cli' }),
    ];
    expect(await sessions(usages)).toEqual([3, 1_000]);
    expect(await sessions(usages, { assistants: ['cursor'] })).toEqual([1, 2_000]);
  });

  it('and events that name nobody are one person’s', async () => {
    const usages = [
      at('09:00:00', { ...cursor('ada'), actor: null }),
      at('09:40:00', { ...cursor('ada'), actor: null }),
    ];
    expect((await sessions(usages))[0]).toBe(2);
  });
});

describe('what counts days only', () => {
  const daily = { granularity: 'day', source: 'report', sessions: 4 } as const;

  it('brings the vendor’s own number of sessions, and no time', async () => {
    expect(await sessions([at('00:00:00', daily)])).toEqual([4, null]);
    const usages = [at('00:00:00', { ...daily, actor: 'email:bob@acme.com' }), at('09:00:00', s('one', 1_000))];
    expect(await sessions(usages)).toEqual([5, 1_000]);
  });
});

describe('a filter or a day', () => {
  it('sees of a session what lies in it', async () => {
    const usages = [
      at('09:00:00', { ...s('one', 1_000), model: 'opus' }),
      at('09:10:00', { ...s('one', 2_000), model: 'haiku' }),
      at('09:50:00', { ...s('one', 4_000), model: 'opus' }),
    ];
    expect(await sessions(usages, { models: ['opus'] })).toEqual([1, 5_000]);
    expect(await sessions(usages, { models: ['none'] })).toEqual([0, null]);
  });

  it('counts a session on every day that it has calls on', async () => {
    const org = await world.organization([
      { at: '2026-11-20T23:50:00Z', ...s('late', 1_000) },
      { at: '2026-11-21T00:10:00Z', ...s('late', 2_000) },
    ]);
    const range = days('2026-11-20', '2026-11-23');
    const points = (await timeseries(world.ask({ org }, range), 'day')).points;
    expect(points.map(({ figures }) => [figures.totalSessions, figures.averageSessionDurationMs])).toEqual([
      [1, 1_000],
      // The twenty minutes belong to the call that ends them.
      [1, 20 * MINUTE],
      [0, null],
    ]);
    const { figures } = await summary(world.ask({ org }, range));
    expect([figures.totalSessions, figures.averageSessionDurationMs]).toEqual([1, 1_000 + 20 * MINUTE]);
  });

  it('leaves out test records and what was retracted', async () => {
    const usages = [
      at('09:00:00', { ...s('one'), status: 'test' }),
      at('09:00:00', { ...s('two'), status: 'retracted' }),
    ];
    expect(await sessions(usages)).toEqual([0, null]);
  });
});
