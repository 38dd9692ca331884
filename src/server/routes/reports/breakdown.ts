import { z } from 'zod';
import type { Breakdown, BreakdownRow } from '../../../reports/breakdown.ts';
import { breakdown } from '../../../reports/breakdown.ts';
import type { Figures } from '../../../reports/figures.ts';
import { FIGURES, FIGURE_BY_KEY } from '../../../reports/figures.ts';
import type { Totals } from '../../../reports/totals.ts';
import type { Dimension } from '../../../reports/group.ts';
import { DIMENSIONS } from '../../../reports/group.ts';
import { periodOf } from '../../../reports/period.ts';
import { ServerError } from '../../errors.ts';
import { shownFigures, shownSpan, shownTime, span, trend } from './answer.ts';
import { fieldsShape, figuresUnder, rowUnder, someFigures, someOrWithheld } from './fields.ts';
import { cursorOf, limitShape, readCursor } from './page.ts';
import { personShape, shownPerson } from './person.ts';
import type { Asked } from './question.ts';
import { reportRoute } from './report-route.ts';

const row = z.object({
  unusedSeats: z.boolean().describe('The row of seats without events; it is of nobody and nothing else'),
  ...someFigures.shape,
  trend,
  lastAt: z.string().nullable(),
  previous: someOrWithheld.nullable(),
});
const rowBy = (key: string) => z.object({ [key]: z.string().nullable(), ...row.shape });
const userRow = z.object({
  ...personShape,
  ...row.shape,
});
const suppressed = z.number().describe('Groups of fewer than five people that the organisation view leaves out');

const NAMES = Object.keys(DIMENSIONS) as [Dimension, ...Dimension[]];
const schemaBy = (by: Dimension) => (by === 'user' ? userRow : rowBy(by));

async function rowsBy(asked: Asked, by: Dimension): Promise<Breakdown> {
  if (asked.anonymous && by === 'user')
    throw new ServerError('invalid', 'by: the organisation view names nobody; choose another');
  return await breakdown(asked, { by, anonymous: asked.anonymous });
}

function shownRow(one: BreakdownRow, by: Dimension, asked: Asked, figuresOf: (totals: Totals) => Figures) {
  return {
    [by]: one.key,
    ...(by === 'user' ? shownPerson(one.key, asked) : {}),
    unusedSeats: one.unusedSeats,
    ...shownFigures(figuresOf(one.totals)),
    trend: one.trend,
    lastAt: shownTime(one.lastMs),
    previous: one.previous && shownFigures(figuresOf(one.previous)),
  };
}

const FIGURE_NAMES = FIGURES.map(({ key }) => key) as [string, ...string[]];

/** Rows that one answer takes; all where that is left out. */
const pageShape = {
  sort: z.enum(FIGURE_NAMES).default('costMicros').describe('Figure by which rows are in order, the largest first'),
  limit: z.coerce.number().int().min(1).max(10_000).optional().describe('Rows of a page; left out: all of them'),
  cursor: limitShape.cursor,
};
const placeSchema = z.object({ value: z.number().nullable(), key: z.string().nullable() });
type Place = z.infer<typeof placeSchema>;

interface Placed {
  row: BreakdownRow;
  place: Place;
}

/** By what is shown: the order must not tell whose pseudonym is whose. */
const placed = (row: BreakdownRow, by: Dimension, sort: string, { sight }: Asked): Placed => ({
  row,
  place: {
    value: FIGURE_BY_KEY.get(sort)?.of(row.totals) ?? null,
    key: by === 'user' && row.key !== null ? sight.shown(row.key) : row.key,
  },
});

/** The largest first, then those without the figure; the row of unused seats ends the list. */
const inOrder = (a: Place, b: Place): number =>
  (b.value ?? -Infinity) - (a.value ?? -Infinity) ||
  Number(String(a.key) > String(b.key)) - Number(String(a.key) < String(b.key));
const compare = (a: Placed, b: Placed): number =>
  Number(a.row.unusedSeats) - Number(b.row.unusedSeats) || inOrder(a.place, b.place);

interface Paging {
  limit: number | undefined;
  cursor: string | undefined;
}

/** The rows of a page, and where the next one begins. */
function pageOf(rows: readonly Placed[], { limit, cursor }: Paging): { page: Placed[]; nextCursor: string | null } {
  const after = readCursor(cursor, placeSchema);
  const sorted = rows.toSorted(compare);
  const rest =
    after === null ? sorted : sorted.filter(({ row, place }) => row.unusedSeats || inOrder(place, after) > 0);
  const page = limit === undefined ? rest : rest.slice(0, limit);
  const last = page.at(-1);
  return { page, nextCursor: last !== undefined && page.length < rest.length ? cursorOf(last.place) : null };
}

export const byAgentRoute = reportRoute({
  paths: ['/:org_id/sessions/analytics/by-agent'],
  summary: 'The figures of the main conversation, each type of sub-agent and each background task',
  tag: 'analytics',
  query: fieldsShape,
  answer: z.object({ ...span.shape, suppressed, rows: z.array(rowBy('agent')) }),
  row: ({ fields }) => rowUnder(rowBy('agent'), fields),
  answerTo: async (asked, { fields }) => {
    const { rows, suppressed: left } = await rowsBy(asked, 'agent');
    const figuresOf = figuresUnder(fields);
    return {
      ...shownSpan(periodOf(asked.range).range),
      suppressed: left,
      rows: rows.map((one) => shownRow(one, 'agent', asked, figuresOf)),
    };
  },
  rowsOf: ({ rows }) => rows,
});

const breakdownAt = (paths: readonly string[], choices: readonly [Dimension, ...Dimension[]]) =>
  reportRoute({
    paths,
    summary: `The figures of each ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}, the dearest first where no other order is asked for; costs add up to the summary`,
    tag: 'analytics',
    query: {
      by: z.enum(choices).default(choices[0]).describe('What each row stands for'),
      ...pageShape,
      ...fieldsShape,
    },
    answer: z.object({
      ...span.shape,
      by: z.string(),
      suppressed,
      total: z.number().describe('Rows of all pages'),
      rows: z.array(z.union(choices.map(schemaBy))),
      nextCursor: z.string().nullable(),
    }),
    row: ({ by, fields }) => rowUnder(schemaBy(by), fields),
    answerTo: async (asked, { by, sort, limit, cursor, fields, ...options }) => {
      const { rows, suppressed: left } = await rowsBy(asked, by);
      const isTable = (options as { format?: string }).format === 'csv';
      const { page, nextCursor } = pageOf(
        rows.map((row) => placed(row, by, sort, asked)),
        { cursor, limit: isTable ? undefined : limit },
      );
      const figuresOf = figuresUnder(fields);
      return {
        ...shownSpan(periodOf(asked.range).range),
        by,
        suppressed: left,
        total: rows.length,
        rows: page.map(({ row: one }) => shownRow(one, by, asked, figuresOf)),
        nextCursor,
      };
    },
    rowsOf: ({ rows }) => rows as Record<string, unknown>[],
  });

export const costBreakdownRoute = breakdownAt(
  ['/:org_id/sessions/analytics/cost-breakdown'],
  ['model', 'project', 'user'],
);
export const breakdownRoute = breakdownAt(['/api/v1/:org_id/breakdown'], NAMES);
