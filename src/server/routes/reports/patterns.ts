import { z } from 'zod';
import type { HeatmapCell } from '../../../reports/heatmap.ts';
import { HEATMAP_METRICS, heatmap } from '../../../reports/heatmap.ts';
import { periodOf } from '../../../reports/period.ts';
import { SESSION_HEALTH_METRICS, sessionHealth } from '../../../reports/session-health.ts';
import { withheldCells } from '../../../reports/small-groups.ts';
import { TOOL_METRICS, tools } from '../../../reports/tools.ts';
import { WORKFLOW_METRICS, workflows } from '../../../reports/workflows.ts';
import { WORKFLOWS } from '../../../usage/workflow.ts';
import { described, missing, shownSpan, span } from './answer.ts';
import { orWithheld, shownHere } from './organization-view.ts';
import type { Asked } from './question.ts';
import { reportRoute } from './report-route.ts';

const LEFT_OUT = 'of too few people for the organisation view';
const hourFigures = z.object({
  requests: z.number().nullable().describe(`Null: ${LEFT_OUT}`),
  people: z.number(),
});
const cell = z.object({
  weekday: z.number().describe('1 is Monday, by the clocks of tz'),
  hour: z.number(),
  ...hourFigures.shape,
  previous: orWithheld(hourFigures).describe('Of the same weekday and hour within the period before'),
});

/** On the organisation's view; the cells of a week add up to all calls. */
function withoutFew(asked: Asked, cells: HeatmapCell[]): z.infer<typeof cell>[] {
  if (!asked.anonymous) return cells;
  const now = withheldCells(cells, ({ people }) => people);
  const before = withheldCells(cells, ({ previous }) => previous.people);
  return cells.map((one) => ({
    ...one,
    requests: now.has(one) ? null : one.requests,
    previous: before.has(one) ? { ...one.previous, requests: null } : one.previous,
  }));
}

export const heatmapRoute = reportRoute({
  paths: ['/api/v1/:org_id/heatmap'],
  summary: `Peak activity: ${HEATMAP_METRICS[0]?.definition ?? ''}`,
  basis: 'calls',
  answer: z.object({ ...span.shape, tz: z.string(), cells: z.array(cell) }),
  row: cell,
  answerTo: async (asked) => ({
    ...shownSpan(periodOf(asked.range).range),
    tz: asked.range.tz,
    cells: withoutFew(asked, await heatmap(asked)),
  }),
  rowsOf: ({ cells }) => cells,
});

const workflow = z.object({
  workflow: z.enum(WORKFLOWS).describe(WORKFLOW_METRICS[0]?.definition ?? ''),
  prompts: z.number().nullable().describe(`Null: ${LEFT_OUT}`),
  share: z.number().nullable(),
  previous: orWithheld(z.object({ prompts: z.number(), share: z.number().nullable() }))
    .nullable()
    .describe(`Null: ${LEFT_OUT}`),
});

const share = z.number().nullable();
const workShares = z.object({
  requests: z.number(),
  requestShare: share,
  tokens: z.number(),
  tokenShare: share,
  apiEquivalentMicros: z.number(),
  valueShare: share,
});
const NOTHING_THEN = `Null: nothing then, or ${LEFT_OUT}`;
const workflowModel = z.object({
  workflow: z.enum(WORKFLOWS),
  model: z.string().nullable(),
  ...workShares.shape,
  previous: orWithheld(workShares).nullable().describe(NOTHING_THEN),
});
const promptCount = z.object({ prompts: z.number() });
const assistantWorkflow = z.object({
  assistant: z.string(),
  workflow: z.enum(WORKFLOWS),
  ...promptCount.shape,
  previous: orWithheld(promptCount).nullable().describe(NOTHING_THEN),
});

export const workflowsRoute = reportRoute({
  paths: ['/api/v1/:org_id/workflows'],
  summary: 'What people have the assistants do, by a heuristic over each prompt’s tool use',
  answer: z.object({
    ...span.shape,
    rows: z.array(workflow),
    assistants: z.array(assistantWorkflow),
    models: z.array(workflowModel).describe(WORKFLOW_METRICS[1]?.definition ?? ''),
    missing,
  }),
  row: workflow,
  answerTo: async (asked) => ({ ...shownSpan(periodOf(asked.range).range), ...(await workflows(asked, asked)) }),
  rowsOf: ({ rows }) => rows,
});

const toolFigures = workShares.extend({ people: z.number() });
const tool = z.object({
  assistant: z.string(),
  ...toolFigures.shape,
  previous: orWithheld(toolFigures).nullable().describe(`Null: not used then, or ${LEFT_OUT}`),
});
const peopleCount = z.object({ people: z.number() });
const toolText = described(TOOL_METRICS);
const reported = z.object({
  linesAdded: toolText.orNull('linesAdded'),
  linesRemoved: toolText.orNull('linesRemoved'),
  commits: toolText.orNull('commits'),
});
const edits = z.object({ proposals: z.number(), accepted: z.number(), acceptance: toolText.orNull('editAcceptance') });

export const toolsRoute = reportRoute({
  paths: ['/api/v1/:org_id/tools'],
  summary: 'Which assistants are used, together or alone, and what becomes of their proposals',
  answer: z.object({
    ...span.shape,
    rows: z.array(tool),
    overlap: z.array(z.object({ assistants: z.number(), ...peopleCount.shape, previous: orWithheld(peopleCount) })),
    pairs: z.array(
      z.object({
        ...{ first: z.string(), second: z.string(), ...peopleCount.shape },
        previous: orWithheld(peopleCount).nullable().describe(`Null: ${LEFT_OUT}`),
      }),
    ),
    edits: edits.extend({ previous: orWithheld(edits) }).nullable(),
    ...reported.shape,
    previous: orWithheld(reported),
    missing,
  }),
  row: tool,
  answerTo: async (asked) => {
    const [{ rows, pairs, ...rest }, isShown] = await Promise.all([tools(asked, asked), shownHere(asked, 'assistant')]);
    return {
      ...shownSpan(periodOf(asked.range).range),
      ...rest,
      rows: rows
        .filter(({ assistant }) => isShown(assistant))
        .map((row) => ({ ...row, previous: isShown(row.assistant, 'before') ? row.previous : null })),
      // A pair names assistants that the rows may not name.
      pairs: pairs
        .filter(({ first, second }) => isShown(first) && isShown(second))
        .map((pair) => {
          const wasShown = isShown(pair.first, 'before') && isShown(pair.second, 'before');
          return { ...pair, previous: wasShown ? pair.previous : null };
        }),
    };
  },
  rowsOf: ({ rows }) => rows,
});

const health = described(SESSION_HEALTH_METRICS);
const healthFigures = z.object({
  sessions: health.count('sessions'),
  shallowSessions: health.count('shallowSessions'),
  shallowShare: health.orNull('shallowShare'),
  medianDurationMs: health.orNull('medianDurationMs'),
  meanDurationMs: health.orNull('meanDurationMs'),
  exchangesPerSession: z.number().nullable(),
  requestsPerSession: z.number().nullable(),
});
const durations = z.object({
  fromMs: z.number(),
  toMs: z.number().nullable().describe('Exclusive; null: no end'),
  sessions: z.number().nullable().describe(`Null: ${LEFT_OUT}`),
  previous: orWithheld(z.object({ sessions: z.number() })),
});

export const sessionHealthRoute = reportRoute({
  paths: ['/api/v1/:org_id/session-health'],
  summary: 'How deep sessions go: durations, shallow ones, exchanges',
  basis: 'calls',
  answer: z.object({
    ...span.shape,
    ...healthFigures.shape,
    previous: orWithheld(healthFigures),
    durations: z.array(durations),
  }),
  row: durations,
  answerTo: async (asked) => {
    const { figures, ...rest } = await sessionHealth(asked, asked);
    return { ...shownSpan(periodOf(asked.range).range), ...figures, ...rest };
  },
  rowsOf: (answer) => answer.durations,
});
