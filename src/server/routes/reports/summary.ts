import { z } from 'zod';
import { summary } from '../../../reports/summary.ts';
import { period, shownFigures, shownSpan, trend } from './answer.ts';
import { orWithheld } from './organization-view.ts';
import { reportRoute } from './report-route.ts';

const answer = z.object({ ...period.shape, trend, previous: orWithheld(period) });

export const summaryRoute = reportRoute({
  paths: ['/:org_id/sessions/analytics/summary', '/api/v1/:org_id/summary'],
  summary: 'All figures of a period and of the period before it',
  tag: 'analytics',
  answer,
  row: answer,
  answerTo: async (asked) => {
    const { range, figures, previous, trend: way } = await summary(asked);
    return {
      ...shownSpan(range),
      ...shownFigures(figures),
      trend: way,
      previous: { ...shownSpan(previous.range), ...shownFigures(previous.figures) },
    };
  },
  rowsOf: (one) => [one],
});
