import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Metric } from '../../reports/metric.ts';
import type { BreakdownRow } from '../../reports/breakdown.ts';
import { breakdown } from '../../reports/breakdown.ts';
import type { Figures } from '../../reports/figures.ts';
import { FIGURES } from '../../reports/figures.ts';
import type { Filter } from '../../reports/filter.ts';
import { summary } from '../../reports/summary.ts';
import type { BucketFigures } from '../../reports/timeseries.ts';
import { timeseries } from '../../reports/timeseries.ts';
import type { Query } from '../../reports/sql.ts';
import { emailActor } from '../../usage/actor.ts';
import { DateError } from '../../usage/date-error.ts';
import type { DateRange } from '../../usage/dates.ts';
import { resolveRange } from '../../usage/dates.ts';
import { ASSISTANTS } from '../../usage/event.ts';
import { callerOf } from '../access.ts';
import { ServerError } from '../errors.ts';
import type { Caller } from '../services/keys.ts';

// An empty value is what a form sends for a field left alone.
const list = (what: string) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((value) => (typeof value === 'string' ? [value] : value).filter((one) => one !== ''))
    .optional()
    .describe(`${what}; repeat the parameter for alternatives`);

const filters = z.strictObject({
  from: z
    .string()
    .optional()
    .describe('Inclusive: a date (a calendar day in tz) or an ISO 8601 time; default 30 days before `to`'),
  to: z.string().optional().describe('Exclusive: a date or a time; default now'),
  tz: z.string().optional().describe('IANA time zone of the calendar days; default UTC'),
  user: list('E-mail, or another actor such as `account:…`'),
  assistant: z
    .union([z.enum(ASSISTANTS), z.array(z.enum(ASSISTANTS))])
    .transform((value) => (typeof value === 'string' ? [value] : value))
    .optional()
    .describe('Assistant; repeat the parameter for alternatives'),
  project: list('Project'),
  repository: list('Repository'),
  agent: list('Agent: `main`, a sub-agent’s type, `background:…`'),
  model: list('Model'),
});

const figureSchema = ({ definition, unit, denominator }: Metric) => {
  const number = z.number().describe(`${definition} Unit: ${unit}.`);
  return denominator === null ? number : number.nullable();
};
const figures = z.object(Object.fromEntries(FIGURES.map((metric) => [metric.key, figureSchema(metric)])));
const span = z.object({ from: z.string(), to: z.string() });
const period = z.object({ ...span.shape, ...figures.shape });
const point = z.object({ label: z.string(), ...period.shape });

const shownSpan = (startMs: number, endMs: number): z.infer<typeof span> => ({
  from: new Date(startMs).toISOString(),
  to: new Date(endMs).toISOString(),
});
const shownFigures = (values: Figures): z.infer<typeof figures> => values;

/** Summary, timeseries, by agent, cost breakdown. */
export const analyticsRoutes: FastifyPluginAsyncZod<{ query: Query; now: () => number }> = async (
  app,
  { query, now },
) => {
  const config = { access: { kind: 'organization', atLeast: 'member' } } as const;
  const params = z.object({ org_id: z.string() });
  const tags = ['analytics'];

  app.get(
    '/:org_id/sessions/analytics/summary',
    {
      config,
      schema: {
        tags,
        summary: 'All figures of a period and of the period before it',
        params,
        querystring: filters,
        response: { 200: z.object({ ...period.shape, previous: period }) },
      },
    },
    async (request) => {
      const { range, filter } = read(request.params.org_id, request.query, callerOf(request), now());
      const { figures: present, previous } = await summary(query, filter, range);
      return {
        ...shownSpan(range.fromMs, range.toMs),
        ...shownFigures(present),
        previous: { ...shownSpan(previous.range.fromMs, previous.range.toMs), ...shownFigures(previous.figures) },
      };
    },
  );

  app.get(
    '/:org_id/sessions/analytics/timeseries',
    {
      config,
      schema: {
        tags,
        summary: 'The figures of each day or week, each beside its counterpart in the period before',
        params,
        querystring: filters.extend({
          interval: z.enum(['day', 'week']).default('day').describe('Days, or ISO weeks from Monday, of tz'),
        }),
        response: {
          200: z.object({
            ...span.shape,
            tz: z.string(),
            interval: z.string(),
            points: z.array(point.extend({ previous: point })),
          }),
        },
      },
    },
    async (request) => {
      const { range, filter } = read(request.params.org_id, request.query, callerOf(request), now());
      const { interval } = request.query;
      const points = await timeseries(query, filter, range, interval).catch(asInvalid);
      const shown = ({ bucket, figures: values }: BucketFigures) => ({
        label: bucket.label,
        ...shownSpan(bucket.startMs, bucket.endMs),
        ...shownFigures(values),
      });
      return {
        ...shownSpan(range.fromMs, range.toMs),
        tz: range.tz,
        interval,
        points: points.map((one) => ({ ...shown(one), previous: shown(one.previous) })),
      };
    },
  );

  const row = (key: string) =>
    z.object({ [key]: z.string().nullable(), ...figures.shape, previous: figures.nullable() });
  const shownRow = (key: string, one: BreakdownRow) => ({
    [key]: one.key,
    ...shownFigures(one.figures),
    previous: one.previous && shownFigures(one.previous),
  });

  app.get(
    '/:org_id/sessions/analytics/by-agent',
    {
      config,
      schema: {
        tags,
        summary: 'The figures of the main conversation, each type of sub-agent and each background task',
        params,
        querystring: filters,
        response: { 200: z.object({ ...span.shape, rows: z.array(row('agent')) }) },
      },
    },
    async (request) => {
      const { range, filter } = read(request.params.org_id, request.query, callerOf(request), now());
      const rows = await breakdown(query, filter, range, 'agent');
      return { ...shownSpan(range.fromMs, range.toMs), rows: rows.map((one) => shownRow('agent', one)) };
    },
  );

  app.get(
    '/:org_id/sessions/analytics/cost-breakdown',
    {
      config,
      schema: {
        tags,
        summary: 'The figures of each model, project or user, dearest first; costs add up to the summary',
        params,
        querystring: filters.extend({
          by: z.enum(['model', 'project', 'user']).default('model').describe('What each row stands for'),
        }),
        response: {
          200: z.object({
            ...span.shape,
            by: z.string(),
            rows: z.array(z.union([row('model'), row('project'), row('user')])),
          }),
        },
      },
    },
    async (request) => {
      const { range, filter } = read(request.params.org_id, request.query, callerOf(request), now());
      const { by } = request.query;
      const rows = await breakdown(query, filter, range, by);
      return { ...shownSpan(range.fromMs, range.toMs), by, rows: rows.map((one) => shownRow(by, one)) };
    },
  );
};

function asInvalid(error: unknown): never {
  if (error instanceof DateError) throw new ServerError('invalid', error.message, { cause: error });
  throw error;
}

type Asked = z.infer<typeof filters>;

/** What is asked, within what the caller may see: a member sees nobody but themselves. */
function read(org: string, asked: Asked, caller: Caller, nowMs: number): { range: DateRange; filter: Filter } {
  let range: DateRange;
  try {
    range = resolveRange(asked, nowMs);
  } catch (error) {
    return asInvalid(error);
  }
  const { user, assistant = [], project = [], repository = [], agent = [], model = [] } = asked;
  const filter = {
    org,
    actors: actorsFor(user, caller),
    assistants: assistant,
    projects: project,
    repositories: repository,
    agents: agent,
    models: model,
  };
  return { range, filter };
}

function actorsFor(users: readonly string[] | undefined, caller: Caller): string[] {
  const asked = (users ?? []).map((user) => (user.includes(':') ? user : (emailActor(user) ?? user)));
  if (caller.scope !== 'member') return asked;
  // A member key without an e-mail is nobody, which no actor's name can be.
  const own = emailActor(caller.email) ?? ':nobody';
  if (asked.some((actor) => actor !== own))
    throw new ServerError('forbidden', 'a member key answers about its own person only');
  return [own];
}
