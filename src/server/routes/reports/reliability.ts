import { z } from 'zod';
import { periodOf } from '../../../reports/period.ts';
import { RELIABILITY_METRICS, reliability } from '../../../reports/reliability.ts';
import { described, shownSpan, span } from './answer.ts';
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
  answer: z.object({
    ...span.shape,
    ...figures.shape,
    previous: figures,
    assistants: z.array(z.object({ assistant: z.string(), ...figures.shape })),
    models: z.array(model),
  }),
  row: model,
  answerTo: async (asked) => {
    const { figures: now, ...rest } = await reliability(asked);
    return { ...shownSpan(periodOf(asked.range).range), ...now, ...rest };
  },
  rowsOf: ({ models }) => models,
});
