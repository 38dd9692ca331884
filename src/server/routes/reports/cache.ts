import { z } from 'zod';
import { breakdown } from '../../../reports/breakdown.ts';
import type { Figures } from '../../../reports/figures.ts';
import { FIGURES, figuresFrom } from '../../../reports/figures.ts';
import { periodOf } from '../../../reports/period.ts';
import { summary } from '../../../reports/summary.ts';
import { figureSchema, shownSpan, span } from './answer.ts';
import { orWithheld } from './organization-view.ts';
import { reportRoute } from './report-route.ts';

const KEYS = [
  ...['totalRequests', 'inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens'],
  ...['cacheHitRate', 'cacheSavingsMicros', 'apiEquivalentMicros'],
];
const figures = z.object(
  Object.fromEntries(FIGURES.filter(({ key }) => KEYS.includes(key)).map((one) => [one.key, figureSchema(one)])),
);
const row = z.object({ model: z.string().nullable(), ...figures.shape, previous: orWithheld(figures).nullable() });
const shown = (all: Figures): Record<string, number | null> =>
  Object.fromEntries(KEYS.map((key) => [key, all[key] ?? null]));

export const cacheRoute = reportRoute({
  paths: ['/api/v1/:org_id/cache'],
  summary: 'Prompt caching: hit rate and savings, as a whole and by model',
  answer: z.object({ ...span.shape, ...figures.shape, previous: orWithheld(figures), rows: z.array(row) }),
  row,
  answerTo: async (asked) => {
    const [whole, models] = await Promise.all([
      summary(asked),
      breakdown(asked, { by: 'model', anonymous: asked.anonymous }),
    ]);
    return {
      ...shownSpan(periodOf(asked.range).range),
      ...shown(whole.figures),
      previous: shown(whole.previous.figures),
      rows: models.rows
        .filter(({ unusedSeats }) => !unusedSeats)
        .map((one) => ({
          model: one.key,
          ...shown(figuresFrom(one.totals)),
          previous: one.previous && shown(figuresFrom(one.previous)),
        })),
    };
  },
  rowsOf: ({ rows }) => rows as Record<string, unknown>[],
});
