import { z } from 'zod';
import { summary } from '../../../reports/summary.ts';
import { period, shownFigures, shownSpan, trend } from './answer.ts';
import { reportRoute, requireGroup } from './report-route.ts';

const answer = z.object({ ...period.shape, trend, previous: period });

export const summaryRoute = reportRoute({
  paths: ['/:org_id/sessions/analytics/summary', '/api/v1/:org_id/summary'],
  summary: 'All figures of a period and of the period before it',
  tag: 'analytics',
  answer,
  row: answer,
  answerTo: async (asked) => {
    const { range, figures, previous, trend: way } = await summary(asked);
    requireGroup(asked.anonymous, figures.uniqueUsers ?? 0);
    return {
      ...shownSpan(range),
      ...shownFigures(figures),
      trend: way,
      previous: { ...shownSpan(previous.range), ...shownFigures(previous.figures) },
    };
  },
  rowsOf: (one) => [one],
});
