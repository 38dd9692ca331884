import { z } from 'zod';
import { periodOf } from '../../../reports/period.ts';
import { RELIABILITY_METRICS, reliability } from '../../../reports/reliability.ts';
import { described, shownSpan, span } from './answer.ts';
import { orWithheld, shownHere } from './organization-view.ts';
import { reportRoute } from './report-route.ts';

const say = described(RELIABILITY_METRICS);
const figures = z.object({
  requests: z.number(),
  errors: z.number(),
  rateLimited: z.number(),
  errorRate: say.orNull('errorRate'),
  rateLimitRate: say.orNull('rateLimitRate'),
  p50DurationMs: say.orNull('p50DurationMs'),
  p95DurationMs: say.orNull('p95DurationMs'),
  p50TtftMs: say.orNull('p50TtftMs'),
  p95TtftMs: say.orNull('p95TtftMs'),
});
const model = z.object({ model: z.string().nullable(), ...figures.shape });

export const reliabilityRoute = reportRoute({
  paths: ['/api/v1/:org_id/reliability'],
  summary: 'Error and rate-limit rates, durations and times to the first token',
  basis: 'calls',
  answer: z.object({
    ...span.shape,
    ...figures.shape,
    previous: orWithheld(figures),
    assistants: z.array(z.object({ assistant: z.string(), ...figures.shape })),
    models: z.array(model),
  }),
  row: model,
  answerTo: async (asked) => {
    const [{ figures: now, previous, assistants, models }, showsAssistant, showsModel] = await Promise.all([
      reliability(asked),
      shownHere(asked, 'assistant', 'calls'),
      shownHere(asked, 'model', 'calls'),
    ]);
    return {
      ...shownSpan(periodOf(asked.range).range),
      ...now,
      previous,
      assistants: assistants.filter(({ assistant }) => showsAssistant(assistant)),
      models: models.filter((one) => showsModel(one.model)),
    };
  },
  rowsOf: ({ models }) => models,
});
