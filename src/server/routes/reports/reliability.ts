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
const previous = orWithheld(figures);
const model = z.object({ model: z.string().nullable(), ...figures.shape, previous: previous.nullable() });
const assistant = z.object({ assistant: z.string(), ...figures.shape, previous: previous.nullable() });

export const reliabilityRoute = reportRoute({
  paths: ['/api/v1/:org_id/reliability'],
  summary: 'Error and rate-limit rates, durations and times to the first token',
  basis: 'calls',
  answer: z.object({
    ...span.shape,
    ...figures.shape,
    previous,
    assistants: z.array(assistant),
    models: z.array(model),
  }),
  row: model,
  answerTo: async (asked) => {
    const [{ figures: now, previous: before, assistants, models }, showsAssistant, showsModel] = await Promise.all([
      reliability(asked),
      shownHere(asked, 'assistant', 'calls'),
      shownHere(asked, 'model', 'calls'),
    ]);
    return {
      ...shownSpan(periodOf(asked.range).range),
      ...now,
      previous: before,
      assistants: assistants
        .filter((one) => showsAssistant(one.assistant))
        .map((one) => ({ ...one, previous: showsAssistant(one.assistant, 'before') ? one.previous : null })),
      models: models
        .filter((one) => showsModel(one.model))
        .map((one) => ({ ...one, previous: showsModel(one.model, 'before') ? one.previous : null })),
    };
  },
  rowsOf: ({ models }) => models,
});
