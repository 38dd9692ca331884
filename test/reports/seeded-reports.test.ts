import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adoption } from '../../src/reports/adoption.ts';
import { anomalies } from '../../src/reports/anomalies.ts';
import { dataQuality } from '../../src/reports/data-quality.ts';
import { filterValues } from '../../src/reports/filter-values.ts';
import { forecast } from '../../src/reports/forecast.ts';
import { heatmap } from '../../src/reports/heatmap.ts';
import { leaderboard } from '../../src/reports/leaderboard.ts';
import { pullRequests } from '../../src/reports/pull-requests.ts';
import { reliability } from '../../src/reports/reliability.ts';
import { retention } from '../../src/reports/retention.ts';
import { segments } from '../../src/reports/segments.ts';
import { sessionHealth } from '../../src/reports/session-health.ts';
import { sessionList } from '../../src/reports/session-list.ts';
import { session } from '../../src/reports/session.ts';
import { summary } from '../../src/reports/summary.ts';
import { tools } from '../../src/reports/tools.ts';
import { value } from '../../src/reports/value.ts';
import { workflows } from '../../src/reports/workflows.ts';
import type { DateRange } from '../../src/usage/dates.ts';
import type { DailyFigure } from '../../src/usage/daily-figure.ts';
import { WORKFLOWS } from '../../src/usage/workflow.ts';
import type { OracleEvent } from '../support/oracle.ts';
import { countEvents, during, matchesFilter, seatCosts, seatPrices, wallDay, wallHour } from '../support/oracle.ts';
import { REPORT_STORES } from '../support/report-stores.ts';
import { days } from '../support/report-world.ts';
import { SEED_FROM, SEED_PEOPLE, SEED_TO, UNKNOWN_MODEL } from '../support/seeded-organization.ts';
import type { SeededWorld } from '../support/seeded-world.ts';
import { SEED_ORG, openSeededWorld } from '../support/seeded-world.ts';

const DAY = 86_400_000;
const TZ = 'Europe/Berlin';
const OCTOBER = days('2026-10-01', '2026-11-01', TZ);
const SEPTEMBER: DateRange = { fromMs: 2 * OCTOBER.fromMs - OCTOBER.toMs, toMs: OCTOBER.fromMs, tz: TZ };

const distinct = <T>(values: readonly T[]): number => new Set(values).size;
const near = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : Number(value.toPrecision(12));
/** By linear interpolation. */
function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const place = share * (sorted.length - 1);
  const [low = 0, high = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place - Math.floor(place));
}

describe.each(REPORT_STORES)('reports of the seeded organisation on $name', (engine) => {
  let world: SeededWorld;
  let all: OracleEvent[];
  let october: OracleEvent[];
  let september: OracleEvent[];
  beforeAll(async () => {
    world = await openSeededWorld(engine);
    all = world.oracle.roster.events;
    october = during(all, OCTOBER);
    september = during(all, SEPTEMBER);
  }, 120_000);
  afterAll(() => world.close());

  const people = (events: readonly OracleEvent[]): string[] => [
    ...new Set(events.flatMap((e) => (e.person === null ? [] : [e.person]))),
  ];
  const firstEver = (): Map<string, number> => {
    const first = new Map<string, number>();
    for (const e of all) if (e.person !== null) first.set(e.person, Math.min(first.get(e.person) ?? Infinity, e.atMs));
    return first;
  };
  const held = (): typeof world.seeded.roster.seats =>
    world.seeded.roster.seats.filter(
      ({ fromMs, toMs }) => fromMs < OCTOBER.toMs && (toMs ?? OCTOBER.toMs) > OCTOBER.fromMs,
    );

  it('adoption', async () => {
    const { figures, assistants, days: daily, missing } = await adoption(world.ask({}, OCTOBER));
    const uses = new Set(october.map((e) => `${e.person} ${e.assistant}`));
    const holders = new Set(held().map(({ person }) => person));
    const active = new Set(
      held().flatMap(({ person, assistant }) => (uses.has(`${person} ${assistant}`) ? [person] : [])),
    );
    const now = new Set(people(october));
    const several = people(october).filter(
      (person) => distinct(october.filter((e) => e.person === person).map((e) => e.assistant)) > 1,
    );
    const personDays = distinct(
      october.flatMap((e) => (e.person === null ? [] : [`${e.person} ${wallDay(e.atMs, TZ)}`])),
    );
    const dayOf = new Map(all.map((e) => [e, Date.parse(wallDay(e.atMs, TZ))]));
    const trailing = (toMs: number, length: number): number => {
      const last = Date.parse(wallDay(toMs - 1, TZ));
      return people(
        all.filter((e) => {
          const age = last - (dayOf.get(e) ?? NaN);
          return age >= 0 && age < length * DAY;
        }),
      ).length;
    };
    const monthly = trailing(OCTOBER.toMs, 30);
    expect({ ...figures, stickiness: near(figures.stickiness) }).toEqual({
      activeUsers: now.size,
      licensedUsers: holders.size,
      activeLicensedUsers: active.size,
      adoptionRate: active.size / holders.size,
      newUsers: [...firstEver().values()].filter((ms) => ms >= OCTOBER.fromMs && ms < OCTOBER.toMs).length,
      churnedUsers: people(september).filter((person) => !now.has(person)).length,
      dailyActiveUsers: personDays / 31,
      weeklyActiveUsers: trailing(OCTOBER.toMs, 7),
      monthlyActiveUsers: monthly,
      stickiness: near(personDays / 31 / monthly),
      usersOfSeveral: several.length,
    });
    expect(figures.newUsers).toBeGreaterThan(0);
    expect(daily.map(({ label }) => label)).toContain('2026-10-25');
    for (const day of daily.filter((_, i) => i % 6 === 0)) {
      const end = Date.parse(day.label) + DAY;
      expect([day.label, day.dailyActiveUsers, day.weeklyActiveUsers, day.monthlyActiveUsers]).toEqual([
        day.label,
        people(october.filter((e) => wallDay(e.atMs, TZ) === day.label)).length,
        trailing(end - 4 * 3_600_000, 7),
        trailing(end - 4 * 3_600_000, 30),
      ]);
      const then = end - DAY / 2 - 31 * DAY;
      const { dailyActiveUsers, weeklyActiveUsers, monthlyActiveUsers } = day.previous;
      expect([day.label, dailyActiveUsers, weeklyActiveUsers, monthlyActiveUsers]).toEqual([
        day.label,
        ...[1, 7, 30].map((length) => trailing(then, length)),
      ]);
    }
    const heldIn = ({ fromMs, toMs }: DateRange, assistant: string) =>
      world.seeded.roster.seats.flatMap((seat) =>
        seat.assistant === assistant && seat.fromMs < toMs && (seat.toMs ?? Infinity) > fromMs ? [seat.person] : [],
      );
    for (const { assistant, previous, ...its } of assistants)
      for (const [given, range] of [
        [its, OCTOBER],
        [previous, SEPTEMBER],
      ] as const) {
        const mine = new Set(people(during(all, range).filter((e) => e.assistant === assistant)));
        const licensed = [...new Set(heldIn(range, assistant))];
        const used = licensed.filter((who) => mine.has(who)).length;
        expect([assistant, given]).toEqual([
          assistant,
          {
            ...{ activeUsers: mine.size, licensedUsers: licensed.length, activeLicensedUsers: used },
            adoptionRate: licensed.length === 0 ? null : used / licensed.length,
          },
        ]);
      }
    expect(missing).toEqual({});
    // A period that begins and ends within a day is no longer than it is.
    const within = {
      fromMs: OCTOBER.fromMs + 15 * 3_600_000,
      toMs: OCTOBER.fromMs + 12 * DAY + 13 * 3_600_000,
      tz: TZ,
    };
    const lengthMs = within.toMs - within.fromMs;
    const back = [0, 1, 2].map((n) =>
      people(during(all, { fromMs: within.fromMs - n * lengthMs, toMs: within.toMs - n * lengthMs, tz: TZ })),
    );
    const gone = (n: number): number => back[n + 1]?.filter((person) => !back[n]?.includes(person)).length ?? 0;
    const cut = await adoption(world.ask({}, within));
    expect([cut.figures.activeUsers, cut.previous.activeUsers]).toEqual([back[0]?.length, back[1]?.length]);
    expect([cut.figures.churnedUsers, cut.previous.churnedUsers]).toEqual([gone(0), gone(1)]);
    expect((await retention(world.ask({}, within))).churned).toHaveLength(gone(0));
    expect(cut.figures.activeUsers).toBe((await summary(world.ask({}, within))).figures.uniqueUsers);
    const without = await adoption(world.ask({}, OCTOBER, 'none'));
    expect([without.figures.licensedUsers, without.figures.adoptionRate]).toEqual([null, null]);
    expect(without.missing.seats).toContain('Seats');
  });

  it('retention, and who is gone', async () => {
    const range = days('2026-07-20', '2026-11-16', TZ);
    const { cohorts } = await retention(world.ask({}, range));
    const first = firstEver();
    const monday = (ms: number): number => {
      const day = Date.parse(wallDay(ms, TZ)) / DAY;
      return day - ((day + 3) % 7);
    };
    const start = monday(range.fromMs);
    const weeks = new Set(all.flatMap((e) => (e.atMs < range.toMs ? [`${e.person} ${monday(e.atMs)}`] : [])));
    expect(cohorts).toHaveLength(17);
    for (const [i, cohort] of cohorts.entries()) {
      const members = [...first].flatMap(([person, ms]) => (monday(ms) === start + 7 * i ? [person] : []));
      const back = cohort.weeks.map(
        (_, later) => members.filter((person) => weeks.has(`${person} ${start + 7 * (i + later)}`)).length,
      );
      expect([cohort.label, cohort.people, cohort.weeks.map(({ active }) => active)]).toEqual([
        cohort.label,
        members.length,
        back,
      ]);
    }
    expect(cohorts.filter(({ people: count }) => count > 0).length).toBeGreaterThan(2);
    const { churned } = await retention(world.ask({}, OCTOBER));
    const now = new Set(people(october));
    expect(churned.map(({ person }) => person).sort()).toEqual(
      people(september)
        .filter((person) => !now.has(person))
        .sort(),
    );
    expect(churned.map(({ person }) => person)).toContain(SEED_PEOPLE.churned);
  });

  it('the heatmap, over a change of clocks', async () => {
    const cells = await heatmap(world.ask({}, OCTOBER));
    const byHour = (events: readonly OracleEvent[]): Map<string, OracleEvent[]> => {
      const found = new Map<string, OracleEvent[]>();
      for (const e of events) {
        if (e.granularity !== 'call') continue;
        const wall = wallHour(e.atMs, TZ);
        const weekday = ((new Date(`${wall.slice(0, 10)}T00:00Z`).getUTCDay() + 6) % 7) + 1;
        const name = `${weekday} ${Number(wall.slice(11))}`;
        found.set(name, [...(found.get(name) ?? []), e]);
      }
      return found;
    };
    const [now, before] = [byHour(october), byHour(september)];
    expect(cells).toHaveLength(168);
    for (const { weekday, hour, requests, people: count, previous } of cells) {
      const [mine, earlier] = [now, before].map((events) => events.get(`${weekday} ${hour}`) ?? []);
      expect([weekday, hour, requests, count, previous.requests, previous.people]).toEqual([
        ...[weekday, hour, mine?.length, people(mine ?? []).length],
        ...[earlier?.length, people(earlier ?? []).length],
      ]);
    }
    // The clocks of Berlin change in October, not in September.
    expect(cells.some(({ requests, previous }) => requests !== previous.requests)).toBe(true);
  });

  /** Working time, requests and output of every session. */
  const sessionsOf = (events: readonly OracleEvent[]) => {
    const found = new Map<string, OracleEvent[]>();
    const runs = new Map<string, number>();
    const last = new Map<string, number>();
    for (const e of events) {
      if (e.granularity !== 'call') continue;
      let name = `${e.assistant} ${e.sessionId}`;
      if (e.sessionId === null) {
        const lane = `${e.assistant} ${e.actor}`;
        const before = last.get(lane);
        if (before === undefined || e.atMs - before > 1_800_000) runs.set(lane, (runs.get(lane) ?? 0) + 1);
        last.set(lane, e.atMs);
        name = `${lane} ${runs.get(lane)}`;
      }
      found.set(name, [...(found.get(name) ?? []), e]);
    }
    return [...found.values()].map((mine) => ({
      events: mine,
      durationMs: mine.reduce((sum, e) => sum + e.activeMs, 0),
      shallow: mine.reduce((sum, e) => sum + e.requests, 0) <= 1 || mine.reduce((sum, e) => sum + e.output, 0) < 1000,
    }));
  };

  it('session health', async () => {
    for (const filter of [{}, { assistants: ['cursor'] as const }]) {
      const { figures, durations } = await sessionHealth(world.ask(filter, OCTOBER));
      const found = sessionsOf(october.filter((e) => matchesFilter(e, filter)));
      const took = found.map(({ durationMs }) => durationMs);
      const shallow = found.filter((one) => one.shallow).length;
      expect(figures.sessions).toBeGreaterThan(20);
      expect([figures.sessions, figures.shallowSessions, figures.shallowShare]).toEqual([
        found.length,
        shallow,
        shallow / found.length,
      ]);
      expect([figures.medianDurationMs, figures.meanDurationMs]).toEqual([
        Math.round(quantile(took, 0.5) ?? NaN),
        Math.round(took.reduce((sum, ms) => sum + ms, 0) / found.length),
      ]);
      const before = sessionsOf(september.filter((e) => matchesFilter(e, filter))).map(({ durationMs }) => durationMs);
      const longAs = ({ fromMs, toMs }: (typeof durations)[number], all: readonly number[]): number =>
        all.filter((ms) => ms >= fromMs && (toMs === null || ms < toMs)).length;
      expect(durations.map(({ sessions, previous }) => [sessions, previous.sessions])).toEqual(
        durations.map((one) => [longAs(one, took), longAs(one, before)]),
      );
      const shown = await sessionHealth(world.ask(filter, OCTOBER), { anonymous: true });
      const behind = durations
        .map(({ fromMs, toMs }) =>
          people(
            found.flatMap((one) =>
              one.durationMs >= fromMs && (toMs === null || one.durationMs < toMs) ? one.events : [],
            ),
          ),
        )
        .map(({ length }) => length);
      const isFew = (count: number): boolean => count > 0 && count < 5;
      const smallest = Math.min(...behind.filter((count) => count >= 5));
      // With those that few had, the length that fewest others had: or it would be what is left of the whole.
      expect(shown.durations.map(({ sessions }) => sessions === null)).toEqual(
        behind.map((count) => isFew(count) || (count === smallest && behind.some(isFew))),
      );
    }
  });

  it('the list of sessions, and one of them', async () => {
    const { rows, next } = await sessionList(world.ask({}, OCTOBER), 5_000, null);
    const found = sessionsOf(october);
    expect([rows.length, next]).toEqual([found.length, null]);
    expect(rows.map(({ endMs }) => endMs)).toEqual(
      found.map(({ events }) => Math.max(...events.map(({ atMs }) => atMs))).sort((a, b) => b - a),
    );
    const one = rows.find(({ sessionId, requests }) => sessionId !== null && requests > 3);
    const mine = october.filter((e) => e.sessionId === one?.sessionId);
    expect(one).toMatchObject({
      person: mine[0]?.person,
      startMs: mine[0]?.atMs,
      requests: mine.length,
      durationMs: mine.reduce((sum, e) => sum + e.activeMs, 0),
      apiEquivalentMicros: mine.reduce((sum, e) => sum + (e.list ?? 0), 0),
    });
    const details = await session(world.ask({}, days('2026-07-20', '2026-07-21')), one?.sessionId ?? '');
    expect(details?.calls.map(({ atMs, model, outputTokens }) => [atMs, model, outputTokens])).toEqual(
      mine.map((e) => [e.atMs, e.model, e.output]),
    );
    const visibility = { kind: 'people', people: ['email:nobody@acme.com'] } as const;
    expect(await session(world.ask({ visibility }, OCTOBER), one?.sessionId ?? '')).toBeNull();
  });

  it('reliability', async () => {
    const { figures, assistants, models } = await reliability(world.ask({}, OCTOBER));
    const raw = world.oracle.roster.events.filter((e) => e.granularity === 'call');
    const [calls, before] = [during(raw, OCTOBER), during(raw, SEPTEMBER)];
    const expected = (events: readonly OracleEvent[]) => [
      events.reduce((sum, e) => sum + e.requests, 0),
      ...[0.5, 0.95].map((share) =>
        near(
          quantile(
            events.flatMap((e) => e.durationMs ?? []),
            share,
          ),
        ),
      ),
      ...[0.5, 0.95].map((share) =>
        near(
          quantile(
            events.flatMap((e) => e.ttftMs ?? []),
            share,
          ),
        ),
      ),
    ];
    const given = (one: typeof figures) => [
      one.requests,
      near(one.p50DurationMs),
      near(one.p95DurationMs),
      near(one.p50TtftMs),
      near(one.p95TtftMs),
    ];
    for (const one of assistants) {
      // Where a vendor's report stands for the day, its calls are left out of requests, but not of durations.
      if (one.assistant === 'claude-code') continue;
      const [own, earlier] = [calls, before].map((all) => all.filter((e) => e.assistant === one.assistant));
      expect([one.assistant, ...given(one)]).toEqual([one.assistant, ...expected(own ?? [])]);
      expect([one.assistant, one.previous && given(one.previous)]).toEqual([
        one.assistant,
        earlier?.length === 0 ? null : expected(earlier ?? []),
      ]);
    }
    for (const one of models) {
      const earlier = before.filter((e) => e.model === one.model);
      expect([one.model, one.previous?.requests]).toEqual([
        one.model,
        earlier.length === 0 ? undefined : earlier.reduce((sum, e) => sum + e.requests, 0),
      ]);
    }
    expect(figures.errorRate).toBe(0);
  });

  it('workflows', async () => {
    const { activities } = world.seeded;
    /** What each prompt of a period was about. */
    const kindsIn = ({ fromMs, toMs }: DateRange): Map<string, string> => {
      const inside = activities.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
      const prompts = new Map<string, typeof inside>();
      for (const one of inside)
        if (one.kind === 'tool-result')
          prompts.set(one.promptId ?? '', [...(prompts.get(one.promptId ?? '') ?? []), one]);
      const found = new Map<string, string>();
      for (const [prompt, results] of prompts) {
        const edits = results.filter(({ name }) => name === 'Edit' || name === 'Write');
        const failed = results.filter(({ outcome }) => outcome === 'false');
        const debugging = failed.some((failure) => edits.some((edit) => edit.atMs > failure.atMs));
        const looks = results.every(({ name }) => name === 'Read' || name === 'Grep');
        const other = looks ? 'review and exploration' : 'other';
        found.set(prompt, debugging ? 'debugging' : edits.length > 0 ? 'code generation' : other);
      }
      // What a machine has told of a prompt stands, its last word.
      const told = inside.filter(({ kind }) => kind === 'prompt-workflow').sort((a, b) => a.atMs - b.atMs);
      for (const { promptId, name } of told) found.set(promptId ?? '', name ?? '');
      expect(told.length).toBeGreaterThan(distinct(told.map(({ promptId }) => promptId ?? '')));
      expect(told.some(({ promptId }) => !prompts.has(promptId ?? ''))).toBe(true);
      return found;
    };
    const [kinds, kindsBefore] = [kindsIn(OCTOBER), kindsIn(SEPTEMBER)];
    const found = await workflows(world.ask({}, OCTOBER));
    expect(found.missing).toEqual({});
    const countOf = (
      workflow: string,
      isMeant: (prompt: string) => boolean = () => true,
      of: ReadonlyMap<string, string> = kinds,
    ): number => [...of].filter(([prompt, kind]) => kind === workflow && isMeant(prompt)).length;
    for (const { workflow, prompts: count, share, previous } of found.rows) {
      const before = countOf(workflow, undefined, kindsBefore);
      expect([workflow, count, near(share), previous?.prompts, near(previous?.share ?? null)]).toEqual([
        ...[workflow, countOf(workflow), near(countOf(workflow) / kinds.size)],
        ...[before, near(before / kindsBefore.size)],
      ]);
    }
    expect(distinct([...kinds.values()])).toBe(WORKFLOWS.length);
    expect(found.rows).toHaveLength(WORKFLOWS.length);

    const assistantOf = new Map(activities.map(({ promptId, assistant }) => [promptId, assistant]));
    for (const { assistant, workflow, prompts: count, previous } of found.assistants) {
      const isTheirs = (prompt: string): boolean => assistantOf.get(prompt) === assistant;
      const before = countOf(workflow, isTheirs, kindsBefore);
      expect([assistant, workflow, count, previous?.prompts ?? 0]).toEqual([
        ...[assistant, workflow, countOf(workflow, isTheirs), before],
      ]);
    }
    expect(found.assistants.reduce((sum, { prompts: count }) => sum + count, 0)).toBe(kinds.size);

    // A tool's result names no model and no agent: the calls of its prompt do.
    const isPrompted = (e: OracleEvent): boolean => e.granularity === 'call' && e.promptId !== null;
    // Single calls, whether or not a vendor’s report stands for their day.
    const [calls = [], callsBefore = []] = [OCTOBER, SEPTEMBER].map((range) =>
      during(world.oracle.roster.all, range).filter(isPrompted),
    );
    for (const [name, list] of [
      ['model', 'models'],
      ['agent', 'agents'],
    ] as const) {
      const [value = ''] = calls.flatMap((e) => (kinds.has(e.promptId ?? '') ? (e[name] ?? []) : []));
      const meant = new Set(calls.flatMap((e) => (e[name] === value ? [e.promptId ?? ''] : [])));
      const { rows } = await workflows(world.ask({ [list]: [value] }, OCTOBER));
      for (const { workflow, prompts: count } of rows)
        expect([value, workflow, count]).toEqual([value, workflow, countOf(workflow, (prompt) => meant.has(prompt))]);
      expect(rows.reduce((sum, { prompts: count }) => sum + (count ?? 0), 0)).toBeGreaterThan(0);
    }

    const tokensOf = (e: OracleEvent): number => e.input + e.output + e.cacheRead + e.cacheWrite;
    for (const { workflow, model, previous, ...given } of found.models) {
      const sharesIn = (events: readonly OracleEvent[], of: ReadonlyMap<string, string>) => {
        const whole = events.filter((e) => of.get(e.promptId ?? '') === workflow);
        const own = whole.filter((e) => e.model === model);
        const sum = (some: readonly OracleEvent[], amount: (e: OracleEvent) => number): number =>
          some.reduce((total, e) => total + amount(e), 0);
        const both = (amount: (e: OracleEvent) => number) => [
          sum(own, amount),
          near(sum(own, amount) / sum(whole, amount)),
        ];
        return own.length === 0 ? null : [both((e) => e.requests), both(tokensOf), both((e) => e.list ?? 0)].flat();
      };
      const told = (shares: typeof previous) =>
        shares && [
          ...[shares.requests, near(shares.requestShare), shares.tokens, near(shares.tokenShare)],
          ...[shares.apiEquivalentMicros, near(shares.valueShare)],
        ];
      expect([workflow, model, told({ ...given })]).toEqual([workflow, model, sharesIn(calls, kinds)]);
      expect([workflow, model, told(previous)]).toEqual([workflow, model, sharesIn(callsBefore, kindsBefore)]);
    }
    const pairs = calls.flatMap((e) =>
      kinds.has(e.promptId ?? '') ? [`${kinds.get(e.promptId ?? '')} ${e.model}`] : [],
    );
    expect(found.models).toHaveLength(distinct(pairs));
  });

  it('tools, and what vendors count by day', async () => {
    // Noon tells which period a day is of, wherever midnight is.
    const reported = Array.from({ length: 64 }, (_, n): DailyFigure => ({
      day: Date.parse('2026-08-29') / DAY + n,
      ...{ assistant: 'claude-code', reporter: 'anthropic-claude-code', actor: `email:dev${n % 9}@acme.com` },
      ...{ name: n % 3 === 0 ? 'commits' : 'lines-added', value: 2 ** (n % 50) },
    }));
    await world.store.replaceFigures(SEED_ORG, reported);
    const used = await tools(world.ask({}, OCTOBER));
    expect(used.missing).toEqual({});
    const sum = (events: readonly OracleEvent[], of: (e: OracleEvent) => number): number =>
      events.reduce((total, e) => total + of(e), 0);
    const tokensOf = (e: OracleEvent): number => e.input + e.output + e.cacheRead + e.cacheWrite;
    const figuresIn = (events: readonly OracleEvent[], assistant: string) => {
      const mine = events.filter((e) => e.assistant === assistant);
      const both = (of: (e: OracleEvent) => number) => [sum(mine, of), near(sum(mine, of) / sum(events, of))];
      return [people(mine).length, both((e) => e.requests), both(tokensOf), both((e) => e.list ?? 0)].flat();
    };
    const given = (row: NonNullable<(typeof used.rows)[number]['previous']>) => [
      ...[row.people, row.requests, near(row.requestShare), row.tokens, near(row.tokenShare)],
      ...[row.apiEquivalentMicros, near(row.valueShare)],
    ];
    for (const row of used.rows) {
      expect([row.assistant, ...given(row)]).toEqual([row.assistant, ...figuresIn(october, row.assistant)]);
      const before = figuresIn(september, row.assistant);
      expect([row.assistant, row.previous && given(row.previous)]).toEqual([
        row.assistant,
        september.some((e) => e.assistant === row.assistant) ? before : null,
      ]);
    }
    expect(used.rows.map(({ assistant }) => assistant).sort()).toEqual(
      [...new Set(october.map((e) => e.assistant))].sort(),
    );
    const assistantsOf = (events: readonly OracleEvent[], who: string): string[] => [
      ...new Set(events.flatMap((e) => (e.person === who ? [e.assistant] : []))),
    ];
    const both = [october, september].map((events) => people(events).map((who) => assistantsOf(events, who)));
    const alike = (isMeant: (names: string[]) => boolean) => both.map((all) => all.filter(isMeant).length);
    expect(used.overlap.reduce((total, { people: count }) => total + count, 0)).toBe(both[0]?.length);
    for (const { assistants, people: count, previous } of used.overlap)
      expect([assistants, count, previous.people]).toEqual([
        assistants,
        ...alike((names) => names.length === assistants),
      ]);
    for (const { first, second, people: count, previous } of used.pairs)
      expect([first, second, count, previous.people]).toEqual([
        ...[first, second],
        ...alike((names) => names.includes(first) && names.includes(second)),
      ]);
    const countedIn = ({ fromMs, toMs }: DateRange, name: string): number =>
      reported
        .filter((one) => one.name === name && one.day * DAY + DAY / 2 >= fromMs && one.day * DAY + DAY / 2 < toMs)
        .reduce((total, { value: amount }) => total + amount, 0);
    expect([used.linesAdded, used.commits, used.linesRemoved]).toEqual([
      ...[countedIn(OCTOBER, 'lines-added'), countedIn(OCTOBER, 'commits'), null],
    ]);
    expect([used.previous.linesAdded, used.previous.commits, used.previous.linesRemoved]).toEqual([
      ...[countedIn(SEPTEMBER, 'lines-added'), countedIn(SEPTEMBER, 'commits'), null],
    ]);

    const decisions = ({ fromMs, toMs }: DateRange) =>
      world.seeded.activities.filter(
        ({ kind, decidedBy, atMs }) =>
          kind === 'tool-decision' && decidedBy === 'user_temporary' && atMs >= fromMs && atMs < toMs,
      );
    const edits = (range: DateRange) => {
      const [decided, accepted] = [
        decisions(range),
        decisions(range).filter(({ outcome }) => outcome === 'accept').length,
      ];
      return { proposals: decided.length, accepted, acceptance: accepted / decided.length };
    };
    expect(used.edits).toEqual({ ...edits(OCTOBER), previous: edits(SEPTEMBER) });

    const lackingTo = async (filter: Parameters<typeof world.ask>[0]) =>
      Object.keys((await tools(world.ask(filter, OCTOBER))).missing);
    expect(await lackingTo({ models: ['claude-opus-5-5'] })).toEqual(['undivided']);
    expect(await lackingTo({ assistants: ['cursor'] })).toContain('reports');
  });

  it('pull requests and segments', async () => {
    const person = (actor: string | null, email: string | null): string =>
      actor?.startsWith('github:') ? `email:${email}` : String(actor);
    const mergedIn = ({ fromMs, toMs }: DateRange) =>
      world.seeded.pullRequests.filter(({ mergedAtMs }) => mergedAtMs >= fromMs && mergedAtMs < toMs);
    const outputIn = (range: DateRange, who: string | null): number =>
      mergedIn(range).filter(({ actor, email }) => person(actor, email) === who).length;
    const found = await pullRequests(world.ask({}, OCTOBER));
    const whole = await summary(world.ask({}, OCTOBER));
    const figuresIn = (range: DateRange, costMicros: number | null | undefined) => {
      const merged = mergedIn(range);
      const signed = merged.filter(({ commitTools }) => commitTools.length > 0).length;
      return {
        merged: merged.length,
        withTool: signed,
        onlyMentioned: merged.filter(({ commitTools, otherTools }) => commitTools.length === 0 && otherTools.length > 0)
          .length,
        toolShare: signed / merged.length,
        costMicros,
        costPerPrMicros: Math.round((costMicros ?? NaN) / merged.length),
      };
    };
    expect(found.figures).toEqual(figuresIn(OCTOBER, whole.figures.costMicros));
    expect(found.previous).toEqual(figuresIn(SEPTEMBER, whole.previous.figures.costMicros));

    /** Who was active, with output counted somehow. */
    const cohortOf = (range: DateRange, output: (who: string) => number) => {
      const seats = seatCosts(world.oracle.roster, range, {});
      const events = during(all, range);
      return people(events).map((who) => {
        const mine = events.filter((e) => e.person === who);
        const direct = countEvents(mine, TZ);
        const spend = Math.round(mine.reduce((sum, e) => sum + (seats.shareOf.get(e) ?? 0), 0)) + direct.direct;
        return { who, output: output(who), engagement: direct.activeDays, spend };
      });
    };
    type One = ReturnType<typeof cohortOf>[number];
    const [now, before] = [OCTOBER, SEPTEMBER].map((range) => cohortOf(range, (who) => outputIn(range, who)));
    const ofPerson = (cohort: readonly One[] | undefined, who: string | null): One | undefined =>
      cohort?.find((one) => one.who === who);
    for (const row of found.rows) {
      expect([row.person, row.merged]).toEqual([row.person, outputIn(OCTOBER, row.person)]);
      // What names nobody is of no cohort.
      if (row.person === null) continue;
      const [output, used] = [outputIn(SEPTEMBER, row.person), ofPerson(before, row.person)];
      expect([row.person, row.previous && [row.previous.merged, row.previous.costMicros]]).toEqual([
        row.person,
        output > 0 || used ? [output, used?.spend ?? 0] : null,
      ]);
    }

    const segmentIn = (cohort: readonly One[], one: One): string => {
      const at = (of: (one: One) => number, share: number): number => quantile(cohort.map(of), share) ?? 0;
      const highest = Math.max(...cohort.map(({ output, spend }) => (output > 0 ? spend / output : 0)));
      const rate = ({ output, spend }: One): number => (output > 0 ? spend / output : spend > 0 ? highest : 0);
      if (one.output >= at((o) => o.output, 0.75) && one.engagement >= at((o) => o.engagement, 0.75))
        return 'Power Users';
      if (one.spend >= at((o) => o.spend, 0.75) && one.output < at((o) => o.output, 0.5)) return 'Cost Concerns';
      if (one.output >= at((o) => o.output, 0.5) && rate(one) <= at(rate, 0.5)) return 'Efficient Contributors';
      if (one.engagement <= at((o) => o.engagement, 0.25) || one.output <= at((o) => o.output, 0.25))
        return 'Coaching Targets';
      return 'Standard';
    };
    const holders = ({ fromMs, toMs }: DateRange): string[] =>
      world.seeded.roster.seats
        .filter((seat) => seat.fromMs < toMs && (seat.toMs ?? Infinity) > fromMs)
        .map((seat) => seat.person);
    /** Person, segment, output; idle holders of seats too. */
    const placed = (cohort: readonly One[] = [], range: DateRange): Map<string, string> =>
      new Map([
        ...holders(range).map((who) => [who, `Coaching Targets ${outputIn(range, who)} idle`] as const),
        ...cohort.map((one) => [one.who, `${segmentIn(cohort, one)} ${one.output} ${one.spend}`] as const),
      ]);
    const given = ({ segment, output, idle, spend }: (typeof first.previous.rows)[number]): string =>
      `${segment} ${output} ${idle ? 'idle' : spend}`;
    const first = await segments(world.ask({}, OCTOBER));
    expect(first.provisional).toBe(false);
    const [placedNow, placedBefore] = [placed(now, OCTOBER), placed(before, SEPTEMBER)];
    expect(new Map(first.rows.map((row) => [row.person, given(row)]))).toEqual(placedNow);
    expect(new Map(first.previous.rows.map((row) => [row.person, given(row)]))).toEqual(placedBefore);
    for (const row of first.rows)
      expect([row.person, row.previous && given(row.previous)]).toEqual([
        row.person,
        placedBefore.get(row.person) ?? null,
      ]);
    for (const [medians, cohort = []] of [[first.medians, now] as const, [first.previous.medians, before] as const])
      expect([medians.spend, medians.output]).toEqual([
        ...[
          quantile(
            cohort.map(({ spend }) => spend),
            0.5,
          ),
          quantile(
            cohort.map(({ output }) => output),
            0.5,
          ),
        ],
      ]);
    expect(first.rows.filter(({ idle }) => idle).map(({ person: who }) => who)).toContain(SEED_PEOPLE.idle);
    expect(distinct(first.rows.map(({ segment }) => segment))).toBeGreaterThan(2);
    expect(first.rows.some(({ segment, previous }) => previous !== null && previous.segment !== segment)).toBe(true);

    // Where no pull request is known, output is sessions.
    const { context, ...asked } = world.ask({}, OCTOBER);
    const query: typeof context.query = async (sql) =>
      sql.parts.some((part) => part.includes('FROM pull_request')) ? [] : await context.query(sql);
    const provisional = await segments({ ...asked, context: { ...context, query } });
    expect([provisional.provisional, Object.keys(provisional.missing)]).toEqual([true, ['github']]);
    for (const [rows, events] of [
      [provisional.rows, october],
      [provisional.previous.rows, september],
    ] as const) {
      const deep = sessionsOf(events).flatMap(({ shallow, events: [e] }) => (shallow ? [] : [e?.person]));
      expect(rows.map(({ person: who, output }) => [who, output])).toEqual(
        rows.map(({ person: who }) => [who, deep.filter((one) => one === who).length]),
      );
      expect(rows.some(({ output }) => output > 3)).toBe(true);
    }
  });

  it('value: what seats are worth', async () => {
    const found = await value(world.ask({}, OCTOBER));
    /** Each seat that is held at the end of a period, by holder: what it is worth, and its state. */
    const seatsAt = (span: DateRange) => {
      const { seats } = world.seeded.roster;
      const prices = seatPrices(world.oracle.roster, span);
      const inside = during(all, span);
      const wide = during(all, { ...span, fromMs: Math.min(span.fromMs, span.toMs - 30 * DAY) });
      const kept = seats.filter(({ fromMs, toMs }) => fromMs < span.toMs && (toMs ?? Infinity) >= span.toMs);
      return kept.map((seat) => {
        const isTheirs = (e: { person: string | null; assistant: string }): boolean =>
          e.person === seat.person && e.assistant === seat.assistant;
        let since = seat.fromMs;
        for (const one of seats.filter(isTheirs).sort((a, b) => b.fromMs - a.fromMs))
          if (one.toMs === since) since = one.fromMs;
        const worth = inside.reduce((sum, e) => (isTheirs(e) ? sum + (e.list ?? 0) : sum), 0);
        const cost = prices.get(`${seat.person}|${seat.assistant}`)?.micros ?? 0;
        const unused = span.toMs - since >= 14 * DAY ? 'inactive' : 'new';
        const state = wide.some(isTheirs) ? (worth < cost ? 'underused' : 'used') : unused;
        return { who: `${seat.person} ${seat.assistant}`, worth, cost, state, monthly: seat.monthlyMicros };
      });
    };
    const countsOf = (seats: ReturnType<typeof seatsAt>) => {
      const inactive = seats.filter(({ state }) => state === 'inactive');
      return [
        inactive.length,
        inactive.reduce((sum, { monthly }) => sum + monthly, 0),
        seats.filter(({ state }) => state === 'underused').length,
      ];
    };
    const given = (one: typeof found.previous) => [one.inactiveSeats, one.recoverableMicros, one.underusedSeats];
    const [now, before] = [seatsAt(OCTOBER), seatsAt(SEPTEMBER)];
    expect(given(found)).toEqual(countsOf(now));
    expect(given(found.previous)).toEqual(countsOf(before));
    for (const counts of [given(found), given(found.previous)])
      expect(Math.min(...counts.map(Number))).toBeGreaterThan(0);
    expect(given(found)).not.toEqual(given(found.previous));
    const told = ({ apiEquivalentMicros, costMicros, state }: NonNullable<(typeof found.seats)[number]['previous']>) =>
      `${apiEquivalentMicros} ${costMicros} ${state}`;
    const counted = (one?: (typeof now)[number]): string | null =>
      one ? `${one.worth} ${one.cost} ${one.state}` : null;
    expect(found.seats).toHaveLength(now.length);
    for (const seat of found.seats) {
      const isSame = ({ who }: (typeof now)[number]): boolean => who === `${seat.person} ${seat.assistant}`;
      expect([seat.person, told(seat), seat.previous && told(seat.previous)]).toEqual([
        ...[seat.person, counted(now.find(isSame)), counted(before.find(isSame))],
      ]);
    }
    const lengthMs = OCTOBER.toMs - OCTOBER.fromMs;
    const august = during(all, { fromMs: SEPTEMBER.fromMs - lengthMs, toMs: SEPTEMBER.fromMs, tz: TZ });
    const activeDays = (events: readonly OracleEvent[], person: string): number =>
      distinct(events.flatMap((e) => (e.person === person ? [wallDay(e.atMs, TZ)] : [])));
    const declining = (events: readonly OracleEvent[], earlier: readonly OracleEvent[]): string[] =>
      people(events).filter((person) => activeDays(events, person) * 2 <= activeDays(earlier, person));
    expect(found.declining.map(({ person }) => person).sort()).toEqual(declining(october, september).sort());
    expect([found.decliningUsers, found.previous.decliningUsers]).toEqual([
      declining(october, september).length,
      declining(september, august).length,
    ]);
    for (const { assistant, figures, previous } of found.assistants)
      for (const [its, events] of [
        [figures, october],
        [previous, september],
      ] as const) {
        const mine = events.filter((e) => e.assistant === assistant);
        expect([assistant, its?.apiEquivalentMicros, its?.uniqueUsers]).toEqual([
          ...[assistant, mine.reduce((sum, e) => sum + (e.list ?? 0), 0), people(mine).length],
        ]);
      }
  });

  it('the forecast', async () => {
    const nowMs = Date.parse('2026-10-14T10:00:00Z');
    const found = await forecast({
      ...world.ask({}, OCTOBER),
      context: { ...world.ask({}, OCTOBER).context, nowMs, budgets: [{ team: null, monthlyMicros: 5_000_000_000 }] },
    });
    const metered = new Map<string, number>();
    for (const e of all) {
      const date = wallDay(e.atMs, TZ);
      metered.set(date, (metered.get(date) ?? 0) + (e.billed ?? (e.billing === 'seat' ? 0 : (e.list ?? 0))));
    }
    const spent = (date: string): number => metered.get(date) ?? 0;
    const date = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);
    const today = Date.parse('2026-10-14') / DAY;
    let toDate = 0;
    let rest = 0;
    for (let day = Date.parse('2026-10-01') / DAY; day <= today; day++) toDate += spent(date(day));
    for (let day = today + 1; day < Date.parse('2026-11-01') / DAY; day++) {
      let latest = day;
      while (latest >= today) latest -= 7;
      rest += [0, 7, 14, 21].reduce((sum, back) => sum + spent(date(latest - back)), 0) / 4;
    }
    expect([found.month, found.meteredToDateMicros, found.remainingMicros]).toEqual([
      '2026-10',
      toDate,
      Math.round(rest),
    ]);
    const whole = await summary(world.ask({}, OCTOBER));
    expect(found.seatMicros).toBe(whole.figures.subscriptionCostMicros);
    expect(found.forecastMicros).toBe(found.seatMicros + toDate + Math.round(rest));
    expect(found.overBudgetMicros).toBe(found.forecastMicros - 5_000_000_000);
    expect([found.lowMicros < found.forecastMicros, found.highMicros > found.forecastMicros]).toEqual([true, true]);
    expect(found.days).toHaveLength(31);
  });

  it('days out of the ordinary', async () => {
    const range = days('2026-08-20', '2026-11-10', TZ);
    const found = await anomalies(world.ask({}, range));
    const worth = (of: (e: OracleEvent) => string | null) => {
      const byDay = new Map<string, Map<string, number>>();
      for (const e of all) {
        const who = of(e);
        if (who === null) continue;
        const mine = byDay.get(who) ?? new Map<string, number>();
        const day = wallDay(e.atMs, TZ);
        byDay.set(who, mine.set(day, (mine.get(day) ?? 0) + (e.list ?? 0)));
      }
      return [...byDay].flatMap(([who, mine]) =>
        [...mine].flatMap(([day, micros]) => {
          const at = Date.parse(day);
          if (at < Date.parse('2026-08-20') || at >= Date.parse('2026-11-10') || micros <= 10_000_000) return [];
          const before = [...mine].flatMap(([other, amount]) => {
            const age = (at - Date.parse(other)) / DAY;
            return age >= 1 && age <= 28 ? [amount] : [];
          });
          return before.length >= 5 && micros > 3 * (quantile(before, 0.5) ?? 0) ? [`${day} ${who} ${micros}`] : [];
        }),
      );
    };
    expect(found.map(({ date, who, apiEquivalentMicros }) => `${date} ${who} ${apiEquivalentMicros}`).sort()).toEqual(
      [...worth((e) => e.person), ...worth((e) => e.team)].sort(),
    );
    // Who sees oneself alone sees no day of a team: it would be one's own under the team's name.
    const one = found.find(({ kind }) => kind === 'person')?.who ?? '';
    const mine = found.filter(({ who }) => who === one);
    for (const filter of [{ people: [one] }, { visibility: { kind: 'people', people: [one] } as const }])
      expect(await anomalies(world.ask(filter, range))).toEqual(mine);
  });

  it('data quality', async () => {
    const found = await dataQuality(world.ask({}, OCTOBER));
    const requests = october.reduce((sum, e) => sum + e.requests, 0);
    const share = (of: (e: OracleEvent) => boolean): number =>
      october.reduce((sum, e) => (of(e) ? sum + e.requests : sum), 0) / requests;
    expect([
      found.requests,
      near(found.partialShare),
      near(found.unpricedShare),
      near(found.unattributedShare),
    ]).toEqual([
      requests,
      near(share((e) => e.isPartial)),
      near(share((e) => e.list === null)),
      near(share((e) => !(e.person ?? '').startsWith('email:'))),
    ]);
    expect(found.unpricedModels.map(({ model }) => model)).toEqual([UNKNOWN_MODEL]);
    for (const row of found.rows) {
      const mine = october.filter((e) => e.person === row.person && e.assistant === row.assistant);
      const active = [...new Set(mine.map((e) => Date.parse(wallDay(e.atMs, TZ)) / DAY))].sort((a, b) => a - b);
      const gaps = active.slice(1).map((day, i) => day - (active[i] ?? day) - 1);
      expect([row.person, row.lastMs, row.activeDays, row.longestGapDays]).toEqual([
        row.person,
        Math.max(...mine.map((e) => e.atMs)),
        active.length,
        gaps.length === 0 ? null : Math.max(...gaps),
      ]);
    }
    expect(found.silentSeats.map(({ person }) => person)).toContain(SEED_PEOPLE.idle);
  });

  it('the leaderboard', async () => {
    const rows = await leaderboard(world.ask({}, OCTOBER), 'tokens');
    const tokens = (events: readonly OracleEvent[]): number =>
      events.reduce((sum, e) => sum + e.input + e.output + e.cacheRead + e.cacheWrite, 0);
    for (const row of rows) {
      const mine = october.filter((e) => e.person === row.person);
      const claude = countEvents(
        mine.filter((e) => e.assistant.startsWith('claude')),
        TZ,
      ).sessions;
      const others = mine.filter((e) => !e.assistant.startsWith('claude')).length;
      expect([row.person, row.tokens, row.requests]).toEqual([row.person, tokens(mine), claude + others]);
      expect(row.tools.map(({ assistant }) => assistant).sort()).toEqual(
        [...new Set(mine.map((e) => e.assistant))].sort(),
      );
    }
    expect(rows.map(({ rank }) => rank)).toEqual(rows.map((_, i) => i + 1));
    expect(rows.map((row) => row.tokens)).toEqual(rows.map((row) => row.tokens).sort((a, b) => b - a));
  });

  it('the values to filter by', async () => {
    const found = await filterValues(world.ask({}, OCTOBER));
    const values = (of: (e: OracleEvent) => string | null): string[] =>
      [...new Set(october.flatMap((e) => of(e) ?? []))].sort();
    expect(found).toEqual({
      assistant: values((e) => e.assistant),
      organization: values((e) => e.organization),
      model: values((e) => e.model),
      project: values((e) => e.project),
      repository: values((e) => e.repository),
      agent: values((e) => e.agent),
      user: values((e) => e.person),
      team: values((e) => e.team),
      department: values((e) => e.department),
    });
    expect([SEED_FROM < OCTOBER.fromMs, SEED_TO > OCTOBER.toMs]).toEqual([true, true]);
  });
});
