import { z } from 'zod';
import { periodOf } from '../../../reports/period.ts';
import type { Cohort, Placement, Segment } from '../../../reports/segments.ts';
import { SEGMENTS, SEGMENT_METRICS, segments } from '../../../reports/segments.ts';
import { missing, shownSpan, span } from './answer.ts';
import { orWithheld } from './organization-view.ts';
import { byShownName, personShape, shownPerson } from './person.ts';
import { reportRoute } from './report-route.ts';

const meaning = SEGMENT_METRICS.map(({ title, definition }) => `${title}: ${definition}`).join(' ');
const placement = z.object({
  segment: z.enum(SEGMENTS).describe(meaning),
  output: z.number().describe('Pull requests merged; provisionally sessions that are not shallow'),
  engagement: z.number().describe('Active days'),
  costMicros: z.number(),
  idle: z.boolean().describe('Holds a seat and has no use in the period'),
});
const row = z.object({
  ...personShape,
  ...placement.shape,
  previous: placement.nullable().describe('Among those of the period before; null: neither use nor a seat then'),
});
const count = z.object({ people: z.number() });
const medians = z.object({ medianCostMicros: z.number().nullable(), medianOutput: z.number().nullable() });

const shownMedians = ({ spend, output }: Cohort['medians']): z.infer<typeof medians> => ({
  ...{ medianCostMicros: spend, medianOutput: output },
});
const shownPlacement = ({ person: _, spend, ...one }: Placement): z.infer<typeof placement> => ({
  ...one,
  costMicros: spend,
});

export const segmentsRoute = reportRoute({
  paths: ['/api/v1/:org_id/segments'],
  summary: 'People in five segments by output, engagement and spend, and the medians of the efficiency quadrant',
  answer: z.object({
    ...span.shape,
    provisional: z.boolean().describe('Output is sessions, since no pull requests are known'),
    segments: z.array(z.object({ segment: z.enum(SEGMENTS), ...count.shape, previous: orWithheld(count) })),
    ...medians.shape,
    previous: medians,
    rows: z.array(row).describe('Empty in the organisation view, which names nobody'),
    missing,
  }),
  row,
  answerTo: async (asked) => {
    const { rows, previous, provisional, medians: now, missing: lacking } = await segments(asked);
    const countOf = (among: readonly Placement[], segment: Segment): z.infer<typeof count> => ({
      people: among.filter((one) => one.segment === segment).length,
    });
    return {
      ...shownSpan(periodOf(asked.range).range),
      provisional,
      segments: SEGMENTS.map((segment) => ({
        ...{ segment, ...countOf(rows, segment) },
        previous: countOf(previous.rows, segment),
      })),
      ...shownMedians(now),
      previous: shownMedians(previous.medians),
      rows: asked.anonymous
        ? []
        : byShownName(
            rows.map(({ previous: before, ...one }) => ({
              ...{ ...shownPerson(one.person, asked), ...shownPlacement(one) },
              previous: before && shownPlacement(before),
            })),
            asked,
            (a, b) => Number(a.idle) - Number(b.idle),
          ),
      missing: lacking,
    };
  },
  rowsOf: ({ rows }) => rows,
});
