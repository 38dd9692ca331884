import { z } from 'zod';
import type { Breakdown, BreakdownRow } from '../../../reports/breakdown.ts';
import { breakdown } from '../../../reports/breakdown.ts';
import type { Dimension } from '../../../reports/group.ts';
import { DIMENSIONS } from '../../../reports/group.ts';
import { periodOf } from '../../../reports/period.ts';
import { ServerError } from '../../errors.ts';
import { figures, shownFigures, shownSpan, shownTime, span, trend } from './answer.ts';
import { orWithheld } from './organization-view.ts';
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
    query: { by: z.enum(choices).default(choices[0]).describe('What each row stands for') },
    answer: z.object({
      ...span.shape,
      by: z.string(),
      suppressed,
      rows: z.array(z.union(choices.map(schemaBy))),
    }),
    row: ({ by }) => schemaBy(by),
    answerTo: async (asked, { by }) => {
      const { rows, suppressed: left } = await rowsBy(asked, by);
      return {
        ...shownSpan(periodOf(asked.range).range),
        by,
        suppressed: left,
        rows: rows.map((one) => shownRow(one, by, asked)),
      };
    },
    rowsOf: ({ rows }) => rows as Record<string, unknown>[],
  });

export const costBreakdownRoute = breakdownAt(
  ['/:org_id/sessions/analytics/cost-breakdown'],
  ['model', 'project', 'user'],
);
export const breakdownRoute = breakdownAt(['/api/v1/:org_id/breakdown'], NAMES);
