import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIMENSIONS } from '../../src/reports/group.ts';
import { withheldCells } from '../../src/reports/small-groups.ts';
import { REPORT_ROUTES } from '../../src/server/routes/reports/routes.ts';
import type { Activity, Assistant } from '../../src/usage/event.ts';
import { eventId } from '../../src/usage/identity.ts';
import { observe } from '../../src/usage/merge.ts';
import { openApp } from '../support/app.ts';

/**
 * An organisation in which three people do everything by themselves: their own team, project, model, assistant, hours
 * and days. The organisation view says nothing of them, whatever is asked.
 */

const NOW = Date.UTC(2026, 9, 31);
const DAY = 86_400_000;
const FROM = NOW - 20 * DAY;
const asking = { org: 'acme', author: 'test' };

interface Group {
  name: string;
  people: readonly string[];
  assistant: Assistant;
  /** Of the events' day; hours of the few are theirs alone. */
  hour: number;
  tools: readonly [name: string, outcome: string][];
}

const people = (letter: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${letter}${i}`);
const GROUPS: readonly Group[] = [
  {
    name: 'many',
    people: [...people('m', 8), ...people('o', 5)],
    assistant: 'claude-code',
    hour: 9,
    tools: [['Edit', 'true']],
  },
  { name: 'some', people: people('m', 6), assistant: 'gemini-cli', hour: 10, tools: [['Read', 'true']] },
  {
    name: 'few',
    people: people('q', 3),
    assistant: 'claude-cowork',
    hour: 3,
    tools: [
      ['Bash', 'false'],
      ['Edit', 'true'],
    ],
  },
];
const TEAMS: Readonly<Record<string, string>> = { m: 'many-team', o: 'other-team', q: 'few-team' };
/** Of one event of the few: no sum of the others comes near. */
const FEW_TOKENS = 1_000_003;

let server: Awaited<ReturnType<typeof openApp>>;
let key: string;
beforeAll(async () => {
  server = await openApp({ now: () => NOW });
  key = await server.key('admin');
  const events = [];
  const activities: Activity[] = [];
  for (const group of GROUPS)
    for (const person of group.people)
      for (let day = -18; day < 18; day += 3) {
        const own = `${group.name}-x`;
        const alone = group.name === 'few' ? DAY : 0;
        const atMs = FROM + day * DAY + group.hour * 3_600_000 + alone;
        const session = `${own} ${person} ${day}`;
        const common = {
          ...{ org: 'acme', atMs, assistant: group.assistant, actor: `email:${person}@acme.com` },
          ...{ sessionId: session, promptId: session, organization: own, product: own, project: own },
          ...{ repository: own, agent: own, model: own },
        };
        events.push(
          observe({
            ...common,
            id: eventId(['view', session]),
            source: 'telemetry',
            inputTokens: group.name === 'few' ? FEW_TOKENS : 100,
            outputTokens: 10,
            requests: 1,
            durationMs: group.name === 'few' ? 10_800_000 : 1000,
            tier: own,
            billing: 'metered',
          }),
        );
        const nothing = { version: null, durationMs: null, size: null };
        for (const [i, [name, outcome]] of group.tools.entries())
          for (const kind of ['tool-result', 'tool-decision'] as const)
            activities.push({
              ...{ ...common, ...nothing, id: eventId(['view', session, kind, i]), atMs: atMs + i, kind, name },
              ...(kind === 'tool-result'
                ? { outcome, decidedBy: null }
                : { outcome: 'accept', decidedBy: 'user_temporary' }),
            });
      }
  await server.store.write({ events, activities });
  for (const person of new Set(GROUPS.flatMap((group) => group.people)))
    await server.people.roster.putMember(asking, `${person}@acme.com`, {
      team: TEAMS[person.charAt(0)] ?? null,
      department: (TEAMS[person.charAt(0)] ?? '').replace('team', 'department'),
    });
  await server.people.directory.refresh('acme');
}, 120_000);
afterAll(() => server.close());

const PERIOD = `from=${new Date(FROM).toISOString()}&to=${new Date(NOW).toISOString()}`;
const PATHS = REPORT_ROUTES.flatMap(({ paths }) => paths);
const address = (path: string): string =>
  path.replace(':org_id', 'acme').replace(':person', 'm0@acme.com').replace(':session_id', 'many-x m0 0');

async function ask(path: string, query: string, view = 'organization') {
  const url = `${address(path)}?${PERIOD}&view=${view}${query === '' ? '' : `&${query}`}`;
  const { statusCode, body } = await server.app.inject({ url, headers: { 'x-api-key': key } });
  return { status: statusCode, body };
}

const DIVISIONS = Object.keys(DIMENSIONS).filter((by) => by !== 'user');
/** Each report in each of its forms. */
const QUESTIONS: readonly (readonly [path: string, query: string])[] = PATHS.flatMap((path) => {
  if (path.endsWith('/breakdown')) return DIVISIONS.map((by) => [path, `by=${by}`] as const);
  if (path.endsWith('/cost-breakdown')) return ['model', 'project'].map((by) => [path, `by=${by}`] as const);
  if (!path.endsWith('/timeseries')) return [[path, ''] as const];
  const intervals = ['hour', 'day', 'week', 'month'].map((interval) => `interval=${interval}`);
  return [...intervals, ...DIVISIONS.map((by) => `interval=day&by=${by}&limit=2`)].map(
    (query) => [path, query] as const,
  );
});

/** Reports of single people and single sessions are none of the view's. */
const NAMING = /\/(?:users|users\/:person|sessions|sessions\/:session_id|leaderboard)$/;
/** They are about no usage. */
const SILENT = /\/(?:definitions|filters)$/;

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** All that is said of the period before, wherever. */
function previousIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]: [string, unknown]) =>
    name === 'previous' ? [part] : previousIn(part),
  );
}

describe.each(QUESTIONS)('%s %s', (path, query) => {
  it('says nothing of three people', async () => {
    for (const format of ['json', 'csv']) {
      const { status, body } = await ask(path, `${query}&format=${format}`);
      if (NAMING.test(path)) {
        expect([status, body]).toEqual([400, expect.stringContaining('view')]);
        continue;
      }
      expect([path, query, status, status === 200 ? '' : body]).toEqual([path, query, 200, '']);
      if (SILENT.test(path) && path.endsWith('definitions')) continue;
      expect(/few|cowork|[moq]\d@/i.exec(body)?.[0]).toBeUndefined();
      if (format === 'csv') continue;
      // Multiples of what one of them used in a call; what others used beside them is no such number.
      const isTheirs = (number: number): boolean => number % FEW_TOKENS === 0 || number % (FEW_TOKENS + 10) === 0;
      const told = numbersIn(JSON.parse(body)).filter((number) => number > 0 && isTheirs(number));
      expect(told).toEqual([]);
    }
  });

  it('refuses a filter by which three people match, or are left out', async () => {
    if (NAMING.test(path) || SILENT.test(path)) return;
    const refused = [
      ...['project', 'model', 'repository', 'agent', 'organization'].flatMap((name) => [
        `${name}=few-x`,
        `${name}=some-x&${name}=few-x`,
        `${name}=some-x&${name}=many-x`,
      ]),
      ...['assistant=claude-cowork', 'assistant=claude-code&assistant=gemini-cli', 'team=few-team'],
      ...['department=few-department', 'team=many-team&team=other-team', 'project=many-x&team=few-team'],
    ];
    for (const filter of refused) {
      const { status, body } = await ask(path, `${query}&${filter}`);
      expect([filter, status, body]).toEqual([filter, 403, expect.stringContaining('fewer than five people')]);
    }
    for (const filter of ['project=many-x', 'team=many-team', 'project=some-x&team=many-team', 'model=nothing']) {
      const { status, body } = await ask(path, `${query}&${filter}`);
      expect([filter, status, status === 200 ? '' : body]).toEqual([filter, 200, '']);
    }
  });
});

describe('what is shown and the whole', () => {
  const tokens = async (path: string, query: string): Promise<{ whole: number; shown: number; suppressed: number }> => {
    interface Rows {
      rows: { totalTokens: number }[];
      suppressed: number;
    }
    const whole = JSON.parse((await ask('/api/v1/:org_id/summary', '')).body) as { totalTokens: number };
    const { rows, suppressed } = JSON.parse((await ask(path, query)).body) as Rows;
    return {
      whole: whole.totalTokens,
      shown: rows.reduce((sum, { totalTokens }) => sum + totalTokens, 0),
      suppressed,
    };
  };
  const fewTokens = 3 * 6 * (FEW_TOKENS + 10);

  it.each(DIVISIONS)('never differ by what three people used, by %s', async (by) => {
    const { whole, shown, suppressed } = await tokens('/api/v1/:org_id/breakdown', `by=${by}`);
    expect(whole).toBeGreaterThan(fewTokens);
    expect(suppressed).toBe(2);
    expect(shown).toBeGreaterThan(0);
    expect(whole - shown).toBeGreaterThan(fewTokens);
  });

  it('never differ by it in a time series, which has no figures where only they were there', async () => {
    interface Points {
      points: { label: string; totalTokens: number | null; uniqueUsers: number | null }[];
    }
    const { points } = JSON.parse((await ask('/api/v1/:org_id/timeseries', 'interval=day')).body) as Points;
    // Six days of the few, and one of the others.
    expect(points.filter(({ totalTokens }) => totalTokens === null)).toHaveLength(7);
    expect(points.filter(({ uniqueUsers }) => uniqueUsers === 13)).toHaveLength(5);
  });

  it('tell no calls of hours, and no prompts of a kind, that are only theirs', async () => {
    interface Cells {
      cells: { hour: number; requests: number | null; people: number; previous: Cells['cells'][number] }[];
    }
    interface Workflows {
      rows: { workflow: string; prompts: number | null; previous: { prompts: number } | null }[];
      assistants: unknown[];
    }
    const { cells } = JSON.parse((await ask('/api/v1/:org_id/heatmap', '')).body) as Cells;
    const theirs = cells.filter(({ hour, people: count }) => hour === 3 && count > 0);
    expect(theirs.map(({ requests }) => requests)).toEqual(theirs.map(() => null));
    expect(cells.filter(({ requests }) => requests === null)).toHaveLength(theirs.length + 1);
    // They worked on other days of the week before.
    const before = cells.filter(({ hour, previous }) => hour === 3 && previous.people > 0);
    expect(before.map(({ previous }) => previous.requests)).toEqual(before.map(() => null));
    expect([before.length, cells.filter(({ previous }) => previous.requests === null).length]).toEqual([6, 7]);
    const { rows, assistants } = JSON.parse((await ask('/api/v1/:org_id/workflows', '')).body) as Workflows;
    expect(rows.map(({ workflow, prompts, previous }) => [workflow, prompts, previous?.prompts])).toEqual([
      ['code generation', 78, 78],
      ['debugging', null, undefined],
      ['review and exploration', null, undefined],
      ['other', 0, 0],
    ]);
    // All with Gemini is review, and with the sum of all kinds it would tell the rest.
    expect(assistants).toEqual([
      { assistant: 'claude-code', workflow: 'code generation', prompts: 78, previous: { prompts: 78 } },
    ]);
  });

  it('tell of assistants, then as now, what five people at least did with them', async () => {
    interface Tools {
      rows: { assistant: string; people: number; requests: number; previous: Tools['rows'][number] | null }[];
      pairs: { first: string; second: string; people: number; previous: { people: number } | null }[];
    }
    const told = async (view: string) => {
      const { rows, pairs } = JSON.parse((await ask('/api/v1/:org_id/tools', '', view)).body) as Tools;
      return [
        rows.map(({ assistant, people: count, previous }) => [assistant, count, previous?.people]),
        pairs.map(({ first, second, people: count, previous }) => [first, second, count, previous?.people]),
      ];
    };
    // Who used Gemini are the fewest but the three, and left out with them: by its name in a pair too.
    expect(await told('organization')).toEqual([[['claude-code', 13, 13]], []]);
    expect(await told('user')).toEqual([
      [
        ['claude-code', 13, 13],
        ['gemini-cli', 6, 6],
        ['claude-cowork', 3, 3],
      ],
      [['claude-code', 'gemini-cli', 6, 6]],
    ]);
  });

  it('tell of no sessions of a length that only theirs have', async () => {
    interface Health {
      durations: { fromMs: number; sessions: number | null; previous: { sessions: number | null } }[];
    }
    const told = async (view: string) => {
      const { durations } = JSON.parse((await ask('/api/v1/:org_id/session-health', '', view)).body) as Health;
      return durations.map(({ sessions, previous }) => [sessions, previous.sessions]);
    };
    const nothing = Array.from({ length: 5 }, () => [0, 0]);
    expect(await told('user')).toEqual([[114, 114], ...nothing, [18, 18]]);
    // All others are of one length, and would be the rest.
    expect(await told('organization')).toEqual([[null, null], ...nothing, [null, null]]);
  });

  it('leave out the period before where only they were there', async () => {
    interface Summary {
      totalTokens: number;
      trend: string | null;
      previous: Record<string, unknown>;
    }
    const summary = async (from: number, to: number) => {
      const [start, end] = [from, to].map((day) => new Date(FROM + day * DAY).toISOString());
      const url = `/api/v1/acme/summary?from=${start}&to=${end}&view=organization`;
      return await server.app.inject({ url, headers: { 'x-api-key': key } });
    };
    // They were there on the second day, all others on the first and on the fourth.
    expect((await summary(1, 3)).statusCode).toBe(403);
    const alone = (await summary(3, 5)).json<Summary>();
    expect(alone.totalTokens).toBeGreaterThan(0);
    expect([alone.trend, alone.previous.totalTokens, alone.previous.to]).toEqual([null, null, expect.any(String)]);
    const [from, to] = [3, 5].map((day) => new Date(FROM + day * DAY).toISOString());
    for (const [path, query] of QUESTIONS) {
      if (NAMING.test(path) || SILENT.test(path) || path.endsWith('forecast')) continue;
      const url = `${address(path)}?from=${from}&to=${to}&view=organization&${query}`;
      const { statusCode, body } = await server.app.inject({ url, headers: { 'x-api-key': key } });
      expect([path, query, statusCode]).toEqual([path, query, 200]);
      expect([path, query, previousIn(JSON.parse(body)).flatMap(numbersIn)]).toEqual([path, query, []]);
    }
    const beside = (await summary(3, 6)).json<Summary>();
    expect([beside.trend, beside.previous.totalTokens]).not.toContain(null);
  });
});

describe('who were few before, and are many', () => {
  const USED: readonly (readonly [assistant: Assistant, hour: number, now: number, before: number])[] = [
    ['claude-code', 9, 7, 7],
    ['cursor', 10, 6, 6],
    ['gemini-cli', 3, 6, 3],
  ];
  let own: string;
  beforeAll(async () => {
    own = await server.key('admin', 'later');
    const events = USED.flatMap(([assistant, hour, now, before]) =>
      [before, now].flatMap((count, i) =>
        people(assistant, count).map((person) =>
          observe({
            ...{ org: 'later', id: eventId(['later', person, i]), source: 'telemetry', assistant, model: assistant },
            ...{ actor: `email:${person}@acme.com`, atMs: FROM + (i === 0 ? -7 : 7) * DAY + hour * 3_600_000 },
            ...{ inputTokens: 100, outputTokens: 10, sessionId: `${person} ${i}`, durationMs: 1000 },
          }),
        ),
      ),
    );
    await server.store.write({ events, activities: [] });
  });

  interface Answer {
    rows: Compared[];
    assistants: Compared[];
    models: Compared[];
    cells: Compared[];
  }
  interface Compared {
    assistant?: string;
    model?: string;
    hour?: number;
    people?: number;
    previous: Record<string, number | null> | null;
  }
  /** What the rows have of the period before: of Claude, of Cursor, of Gemini. */
  const before = async (report: string, list: keyof Answer, figure: string, view: string) => {
    const url = `/api/v1/later/${report}?${PERIOD}&view=${view}`;
    const answer = (await server.app.inject({ url, headers: { 'x-api-key': own } })).json<Answer>();
    const rows = answer[list].filter(({ people: count }) => count !== 0);
    expect(rows).toHaveLength(3);
    return USED.map(([name, hour]) => {
      const row = rows.find((one) =>
        [one.assistant ?? one.model ?? one.hour].some((key) => key === name || key === hour),
      );
      return row?.previous?.[figure] ?? null;
    });
  };

  it.each([
    ['tools', 'rows', 'requests'],
    ['reliability', 'assistants', 'requests'],
    ['reliability', 'models', 'requests'],
    ['value', 'assistants', 'totalRequests'],
    ['cache', 'rows', 'totalRequests'],
    ['adoption', 'assistants', 'activeUsers'],
    ['heatmap', 'cells', 'requests'],
  ] as const)('have no %s of %s then, nor those who could be told from the whole', async (report, list, figure) => {
    expect(await before(report, list, figure, 'user')).toEqual([7, 6, 3]);
    expect(await before(report, list, figure, 'organization')).toEqual([7, null, null]);
  });
});

describe('cells that may not be shown', () => {
  const named = (cells: readonly (readonly [people: number, ...lines: string[]])[]): number[] =>
    [
      ...withheldCells(
        cells,
        ([count]) => count,
        ([, ...lines]) => lines,
      ),
    ].map(([count]) => count);

  it('are those of few people, and the smallest other on each line', () => {
    expect(
      named([
        [3, 'a'],
        [9, 'a'],
        [5, 'a'],
        [0, 'a'],
      ]),
    ).toEqual([3, 5]);
    expect(
      named([
        [3, 'a'],
        [2, 'a'],
        [9, 'a'],
      ]),
    ).toEqual([3, 2, 9]);
    expect(
      named([
        [9, 'a'],
        [5, 'a'],
        [0, 'a'],
      ]),
    ).toEqual([]);
    expect(
      named([
        [3, 'a', 'x'],
        [6, 'a', 'y'],
        [7, 'b', 'x'],
        [8, 'b', 'y'],
      ]),
    ).toEqual([3, 6, 7]);
  });
});
