import { z } from 'zod';
import type { Breakdown, BreakdownRow } from '../../../reports/breakdown.ts';
import { breakdown } from '../../../reports/breakdown.ts';
import type { Dimension } from '../../../reports/group.ts';
import { DIMENSIONS } from '../../../reports/group.ts';
import { periodOf } from '../../../reports/period.ts';
import { ServerError } from '../../errors.ts';
import { figures, shownFigures, shownSpan, shownTime, span, trend } from './answer.ts';
import { orWithheld } from './organization-view.ts';
import { cursorOf, limitShape, readCursor } from './page.ts';
import { personShape, shownPerson } from './person.ts';
import type { Asked } from './question.ts';
import { reportRoute } from './report-route.ts';

const row = z.object({
  unusedSeats: z.boolean().describe('The row of seats without events; it is of nobody and nothing else'),
  ...figures.shape,
  trend,
  lastAt: z.string().nullable(),
  previous: orWithheld(figures).nullable(),
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

function shownRow(one: BreakdownRow, by: Dimension, asked: Asked) {
  return {
    [by]: one.key,
    ...(by === 'user' ? shownPerson(one.key, asked) : {}),
    unusedSeats: one.unusedSeats,
    ...shownFigures(one.figures),
    trend: one.trend,
    lastAt: shownTime(one.lastMs),
    previous: one.previous && shownFigures(one.previous),
  };
}

/** Rows that one answer takes; all where that is left out. */
const pageShape = {
  limit: z.coerce.number().int().min(1).max(10_000).optional().describe('Rows of a page; left out: all of them'),
  cursor: limitShape.cursor,
};
const placeSchema = z.object({ costMicros: z.number(), key: z.string().nullable() });
type Place = z.infer<typeof placeSchema>;

interface Placed {
  row: BreakdownRow;
  place: Place;
}

/** By what is shown: the order must not tell whose pseudonym is whose. */
const placed = (row: BreakdownRow, by: Dimension, { sight }: Asked): Placed => ({
  row,
  place: {
    costMicros: row.figures.costMicros ?? 0,
    key: by === 'user' && row.key !== null ? sight.shown(row.key) : row.key,
  },
});

/** Dearest first; the row of unused seats ends the list. */
const inOrder = (a: Place, b: Place): number =>
  b.costMicros - a.costMicros || Number(String(a.key) > String(b.key)) - Number(String(a.key) < String(b.key));
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
  answer: z.object({ ...span.shape, suppressed, rows: z.array(rowBy('agent')) }),
  row: rowBy('agent'),
  answerTo: async (asked) => {
    const { rows, suppressed: left } = await rowsBy(asked, 'agent');
    return {
      ...shownSpan(periodOf(asked.range).range),
      suppressed: left,
      rows: rows.map((one) => shownRow(one, 'agent', asked)),
    };
  },
  rowsOf: ({ rows }) => rows,
});

const breakdownAt = (paths: readonly string[], choices: readonly [Dimension, ...Dimension[]]) =>
  reportRoute({
    paths,
    summary: `The figures of each ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}, dearest first; costs add up to the summary`,
    tag: 'analytics',
    query: { by: z.enum(choices).default(choices[0]).describe('What each row stands for'), ...pageShape },
    answer: z.object({
      ...span.shape,
      by: z.string(),
      suppressed,
      total: z.number().describe('Rows of all pages'),
      rows: z.array(z.union(choices.map(schemaBy))),
      nextCursor: z.string().nullable(),
    }),
    row: ({ by }) => schemaBy(by),
    answerTo: async (asked, { by, limit, cursor, ...options }) => {
      const { rows, suppressed: left } = await rowsBy(asked, by);
      const isTable = (options as { format?: string }).format === 'csv';
      const { page, nextCursor } = pageOf(
        rows.map((row) => placed(row, by, asked)),
        { cursor, limit: isTable ? undefined : limit },
      );
      return {
        ...shownSpan(periodOf(asked.range).range),
        by,
        suppressed: left,
        total: rows.length,
        rows: page.map(({ row: one }) => shownRow(one, by, asked)),
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
