import { z } from 'zod';
import { periodOf } from '../../../reports/period.ts';
import { PULL_REQUEST_METRICS, pullRequests } from '../../../reports/pull-requests.ts';
import { isSmall } from '../../../reports/small-groups.ts';
import { described, missing, shownSpan, span } from './answer.ts';
import { byShownName, personShape, shownPerson } from './person.ts';
import { orWithheld } from './organization-view.ts';
import { reportRoute } from './report-route.ts';

const say = described(PULL_REQUEST_METRICS);
const figures = z.object({
  merged: say.count('merged'),
  withTool: say.count('withTool'),
  onlyMentioned: say.count('onlyMentioned'),
  toolShare: say.orNull('toolShare'),
  costMicros: z.number(),
  costPerPrMicros: say.orNull('costPerPrMicros'),
});
const row = z.object({ ...personShape, ...figures.shape, previous: figures.nullable() });

export const pullRequestsRoute = reportRoute({
  paths: ['/api/v1/:org_id/pull-requests'],
  summary: 'Pull requests merged, with which tools, at what cost',
  answer: z.object({
    ...span.shape,
    figures: figures
      .nullable()
      .describe('Null: GitHub is not connected, or fewer than five people of the organisation view merged'),
    previous: orWithheld(figures).nullable(),
    rows: z.array(row),
    missing,
  }),
  row,
  answerTo: async (asked) => {
    const { rows, authors, figures: now, previous, missing: lacking } = await pullRequests(asked);
    const mayShow = (people: number): boolean => !asked.anonymous || !isSmall(people);
    return {
      ...shownSpan(periodOf(asked.range).range),
      figures: mayShow(authors[0]) ? now : null,
      previous: mayShow(authors[1]) ? previous : null,
      rows: asked.anonymous
        ? []
        : byShownName(
            rows.map(({ person, ...one }) => ({ ...shownPerson(person, asked), ...one })),
            asked,
            (a, b) => b.merged - a.merged || b.costMicros - a.costMicros,
          ),
      missing: lacking,
    };
  },
  rowsOf: ({ rows }) => rows,
});
