import { z } from 'zod';
import { periodOf } from '../../../reports/period.ts';
import { SEGMENTS, SEGMENT_METRICS, segments } from '../../../reports/segments.ts';
import { missing, shownSpan, span } from './answer.ts';
import { byShownName, personShape, shownPerson } from './person.ts';
import { reportRoute } from './report-route.ts';

const meaning = SEGMENT_METRICS.map(({ title, definition }) => `${title}: ${definition}`).join(' ');
const row = z.object({
  ...personShape,
  segment: z.enum(SEGMENTS).describe(meaning),
  output: z.number().describe('Pull requests merged; provisionally sessions that are not shallow'),
  engagement: z.number().describe('Active days'),
  costMicros: z.number(),
  idle: z.boolean().describe('Holds a seat and has no use in the period'),
});

export const segmentsRoute = reportRoute({
  paths: ['/api/v1/:org_id/segments'],
  summary: 'People in five segments by output, engagement and spend, and the medians of the efficiency quadrant',
  answer: z.object({
    ...span.shape,
    provisional: z.boolean().describe('Output is sessions, since no pull requests are known'),
    segments: z.array(z.object({ segment: z.enum(SEGMENTS), people: z.number() })),
    medianCostMicros: z.number().nullable(),
    medianOutput: z.number().nullable(),
    rows: z.array(row).describe('Empty in the organisation view, which names nobody'),
    missing,
  }),
  row,
  answerTo: async (asked) => {
    const { rows, provisional, medians, missing: lacking } = await segments(asked);
    return {
      ...shownSpan(periodOf(asked.range).range),
      provisional,
      segments: SEGMENTS.map((segment) => ({ segment, people: rows.filter((one) => one.segment === segment).length })),
      medianCostMicros: medians.spend,
      medianOutput: medians.output,
      rows: asked.anonymous
        ? []
        : byShownName(
            rows.map(({ person, spend, ...one }) => ({ ...shownPerson(person, asked), ...one, costMicros: spend })),
            asked,
            (a, b) => Number(a.idle) - Number(b.idle),
          ),
      missing: lacking,
    };
  },
  rowsOf: ({ rows }) => rows,
});
