import { z } from 'zod';
import type { BreakdownRow } from '../../../reports/breakdown.ts';
import { breakdown } from '../../../reports/breakdown.ts';
import type { Figures } from '../../../reports/figures.ts';
import { FIGURES, FIGURE_BY_KEY } from '../../../reports/figures.ts';
import { LEADERBOARD_METRICS, SORTS, leaderboard } from '../../../reports/leaderboard.ts';
import { periodOf } from '../../../reports/period.ts';
import { summary } from '../../../reports/summary.ts';
import type { Totals } from '../../../reports/totals.ts';
import { ServerError } from '../../errors.ts';
import { period, shownFigures, shownSpan, shownTime, span, trend } from './answer.ts';
import { fieldsShape, figuresUnder, rowUnder, someFigures } from './fields.ts';
import { cursorOf, limitShape, readCursor } from './page.ts';
import { byShownName, personShape, shownPerson } from './person.ts';
import type { Asked } from './question.ts';
import { personOf } from './question.ts';
import { reportRoute } from './report-route.ts';

const user = z.object({
  ...personShape,
  ...someFigures.shape,
  trend,
  lastAt: z.string().nullable(),
  previous: someFigures.nullable(),
});
const KEYS = ['user', 'name', 'team', 'department', 'lastAt', ...FIGURES.map(({ key }) => key)] as const;

function refuseNames(asked: Asked): void {
  if (asked.anonymous) throw new ServerError('invalid', 'view: the organisation view names nobody; use breakdown');
}

const compare = (a: unknown, b: unknown): number => {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  return (a as string | number) < (b as string | number) ? -1 : 1;
};

/** Where a row stands in a sorted list: a page begins after a place, wherever rows came or went since. */
const placeSchema = z.object({ value: z.union([z.string(), z.number()]).nullable(), user: z.string().nullable() });
type Place = z.infer<typeof placeSchema>;

interface Listed {
  one: BreakdownRow;
  person: ReturnType<typeof shownPerson>;
  place: Place;
}

/** What a row is found and sorted by: the rest is made of those alone that are answered. */
function listed(one: BreakdownRow, key: string, asked: Asked): Listed {
  const person = shownPerson(one.key, asked);
  const valueOf = (): string | number | null => {
    if (key === 'lastAt') return shownTime(one.lastMs);
    return key in person ? person[key as keyof typeof person] : (FIGURE_BY_KEY.get(key)?.of(one.totals) ?? null);
  };
  return { one, person, place: { value: valueOf(), user: person.user } };
}

// Named one by one: what begins as a copy, V8 lets grow field by field, at twenty times the cost.
const userRow = (
  { one, person: { user: shown, name, team, department } }: Listed,
  figuresOf: (totals: Totals) => Figures,
) => ({
  user: shown,
  ...{ name, team, department },
  ...shownFigures(figuresOf(one.totals)),
  trend: one.trend,
  lastAt: shownTime(one.lastMs),
  previous: one.previous && shownFigures(figuresOf(one.previous)),
});

const inOrder =
  (order: 'asc' | 'desc') =>
  (a: Place, b: Place): number =>
    (order === 'asc' ? 1 : -1) * compare(a.value, b.value) || compare(a.user, b.user);

export const usersRoute = reportRoute({
  paths: ['/api/v1/:org_id/users'],
  summary: 'Everybody’s figures, sorted by any of them, page by page; the table has all',
  query: {
    sort: z
      .enum(KEYS as unknown as [string, ...string[]])
      .default('costMicros')
      .describe('Any column'),
    order: z.enum(['asc', 'desc']).default('desc').describe('Direction'),
    search: z.string().max(200).optional().describe('Part of a user, name, team or department'),
    ...limitShape,
    ...fieldsShape,
  },
  answer: z.object({
    ...span.shape,
    total: z.number().describe('Rows of all pages'),
    rows: z.array(user),
    nextCursor: z.string().nullable(),
  }),
  row: ({ fields }) => rowUnder(user, fields),
  answerTo: async (asked, { sort, order, search, limit, cursor, fields, ...options }) => {
    refuseNames(asked);
    const { rows } = await breakdown(asked, { by: 'user' });
    const wanted = search?.trim().toLowerCase() ?? '';
    const all = rows
      .filter(({ unusedSeats }) => !unusedSeats)
      .map((one) => listed(one, sort, asked))
      .filter(({ person }) => Object.values(person).some((text) => (text ?? '').toLowerCase().includes(wanted)))
      .sort((a, b) => inOrder(order)(a.place, b.place));
    const after = readCursor(cursor, placeSchema);
    const rest = after === null ? all : all.filter(({ place }) => inOrder(order)(place, after) > 0);
    const page = (options as { format?: string }).format === 'csv' ? rest : rest.slice(0, limit);
    const last = page.at(-1);
    const figuresOf = figuresUnder(fields);
    return {
      ...shownSpan(periodOf(asked.range).range),
      total: all.length,
      rows: page.map((one) => userRow(one, figuresOf)),
      nextCursor: last !== undefined && page.length < rest.length ? cursorOf(last.place) : null,
    };
  },
  rowsOf: ({ rows }) => rows,
});

export const userRoute = reportRoute({
  paths: ['/api/v1/:org_id/users/:person'],
  summary: 'One person: figures, seats; models, agents and days are the other reports with this user as filter',
  params: { person: z.string().describe('E-mail or actor') },
  answer: z.object({
    ...personShape,
    ...period.shape,
    trend,
    previous: period,
    seats: z.array(
      z.object({
        assistant: z.string(),
        plan: z.string(),
        monthlyMicros: z.number(),
        from: z.string().nullable(),
        to: z.string().nullable(),
      }),
    ),
  }),
  row: z.object({ ...personShape, ...period.shape, previous: period }),
  answerTo: async (asked, { person: text }) => {
    refuseNames(asked);
    const person = personOf(text, asked.sight);
    const { visibility } = asked.sight;
    const unknown = new ServerError(
      'notFound',
      'person: nobody of this name that this key may see is on the roster or has any use in the period',
    );
    if (visibility.kind === 'people' && !visibility.people.includes(person)) throw unknown;
    const found = await summary({ ...asked, filter: { ...asked.filter, people: [person] } });
    const { people, seats } = asked.context.roster;
    const team = people.get(person)?.team ?? null;
    const mayKnow = visibility.kind !== 'teams' || (team !== null && visibility.teams.includes(team));
    if ((found.figures.totalRequests ?? 0) === 0 && !(mayKnow && people.has(person))) throw unknown;
    return {
      ...shownPerson(person, asked),
      ...shownSpan(found.range),
      ...shownFigures(found.figures),
      trend: found.trend,
      previous: { ...shownSpan(found.previous.range), ...shownFigures(found.previous.figures) },
      seats: seats
        .filter((seat) => mayKnow && seat.person === person)
        .map(({ assistant, plan, monthlyMicros, fromMs, toMs }) => ({
          ...{ assistant, plan, monthlyMicros },
          from: fromMs > 0 ? shownTime(fromMs) : null,
          to: shownTime(toMs),
        })),
    };
  },
  rowsOf: (one) => [one],
});

const board = {
  requests: z.number().describe(LEADERBOARD_METRICS[0]?.definition ?? ''),
  tokens: z.number(),
  costMicros: z.number(),
};
const leader = z.object({
  rank: z.number(),
  ...personShape,
  ...board,
  tools: z.array(z.object({ assistant: z.string(), ...board })),
});
const TITLE_DAYS = 86_400_000;
const MOST_LEADERS = 10_000;

export const leaderboardRoute = reportRoute({
  paths: ['/api/v1/:org_id/leaderboard'],
  summary: 'People in order of requests, tokens or cost, with a row for each of their tools',
  query: {
    sort: z.enum(SORTS).default('requests').describe('By what people are ranked'),
    limit: z.coerce.number().int().min(1).max(MOST_LEADERS).default(100).describe('How many people'),
  },
  answer: z.object({ title: z.string(), ...span.shape, total: z.number(), rows: z.array(leader) }),
  row: leader
    .omit({ tools: true })
    .extend({ assistant: z.string().nullable().describe('Null: all tools of a person') }),
  answerTo: async (asked, { sort, limit }) => {
    refuseNames(asked);
    const rows = await leaderboard(asked, sort);
    const by = sort === 'cost' ? 'costMicros' : sort;
    const { range } = periodOf(asked.range);
    const days = Math.round((range.toMs - range.fromMs) / TITLE_DAYS);
    return {
      title: `AI Coding Usage Leaderboard (${days === 1 ? 'one day' : `${days} days`})`,
      ...shownSpan(range),
      total: rows.length,
      rows: byShownName(
        rows.map(({ person, rank, requests, tokens, costMicros, tools }) => ({
          rank,
          ...shownPerson(person, asked),
          ...{ requests, tokens, costMicros, tools },
        })),
        asked,
        (a, b) => b[by] - a[by],
      )
        .slice(0, limit)
        .map((one, i) => ({ ...one, rank: i + 1 })),
    };
  },
  rowsOf: ({ rows }) =>
    rows.flatMap(({ tools, ...person }) => [
      { ...person, assistant: null },
      ...(tools.length > 1 ? tools.map((tool) => ({ ...person, ...tool })) : []),
    ]),
});
