import type { Metric } from './metric.ts';
import { numberOf, ratio, textOf } from './metric.ts';
import type { Missing } from './missing.ts';
import { missing } from './missing.ts';
import { periodNumber } from './period.ts';
import { resolved } from './directory.ts';
import { withheldCells } from './small-groups.ts';
import type { ReportRow, Sql } from './sql.ts';
import { among, raw, sql } from './sql.ts';
import type { Workflow } from '../usage/workflow.ts';
import { EDIT_TOOLS, READ_TOOLS, WORKFLOWS } from '../usage/workflow.ts';
import type { WorkShares } from './tools.ts';
import type { Question, Usage } from './usage.ts';
import { openUsage } from './usage.ts';

export const WORKFLOW_METRICS: readonly Metric[] = [
  {
    key: 'workflow',
    title: 'Workflow',
    definition:
      'A heuristic over the tool use of each prompt: a failing tool call followed by edits is debugging; edits are code generation; reads and searches only are review and exploration; any other use of tools is other. Prompts without any are left out. Where Claude Code’s history was imported, the machine itself has told what a prompt was: it sees paths and commands, keeps them, and knows documentation (edits of documents alone) and testing (edits of tests alone, or test runs without edits) too.',
    unit: 'percent',
    denominator: 'prompts with tool use',
    whenEmpty: null,
  },
  {
    key: 'modelByWorkflow',
    title: 'Models by workflow',
    definition:
      'Share of each model in the requests, tokens and API-equivalent value of a workflow’s prompts. Calls that name no prompt are left out: those that only session files of Gemini CLI or of older Claude Code tell of.',
    unit: 'percent',
    denominator: 'all calls of the workflow’s prompts',
    whenEmpty: null,
  },
];

export interface WorkflowRow {
  workflow: Workflow;
  /** Null: of too few people to be shown. */
  prompts: number | null;
  share: number | null;
  /** Null: of too few people to be shown. */
  previous: { prompts: number; share: number | null } | null;
}

/** `previous` null: nothing then, or of too few people to be shown. */
export interface AssistantWorkflow {
  assistant: string;
  workflow: Workflow;
  prompts: number;
  previous: { prompts: number } | null;
}

export interface WorkflowModel extends WorkShares {
  workflow: Workflow;
  model: string | null;
  /** Null: nothing then, or of too few people to be shown. */
  previous: WorkShares | null;
}

export interface Workflows {
  rows: WorkflowRow[];
  assistants: AssistantWorkflow[];
  /** What each workflow was done with, of the period: most requests first. */
  models: WorkflowModel[];
  missing: Missing;
}

const TOLD_ONLY: readonly Workflow[] = ['testing', 'documentation'];

const toolIn = (tools: readonly string[], then: string): Sql =>
  sql`CASE WHEN kind = 'tool-result' AND ${among(raw('name'), tools)} THEN ${raw(then)} END`;

// What the machine told of a prompt: the moment and the word in one number, so that the last word is the greatest.
const TOLD = raw(
  `CASE WHEN kind = 'prompt-workflow' THEN at_ms * 16 + CASE ${WORKFLOWS.map((word, i) => `WHEN name = '${word}' THEN ${i}`).join(' ')} END END`,
);
const TOLD_AS = raw(WORKFLOWS.map((word, i) => `WHEN told % 16 = ${i} THEN '${word}'`).join(' '));

/**
 * What people have the assistants do. A prompt's id is its own inside an assistant, whichever session it is said to be
 * of: not every source names one. `anonymous`: without what fewer than five people do.
 */
export async function workflows(question: Question, { anonymous = false } = {}): Promise<Workflows> {
  const usage = await openUsage(question);
  const prompts = sql`(
    SELECT ${periodNumber(usage.period)} AS period, assistant, prompt_id,
      max(${toolIn(EDIT_TOOLS, 'at_ms')}) AS last_edit,
      min(CASE WHEN kind = 'tool-result' AND outcome = 'false' THEN at_ms END) AS first_failure,
      count(CASE WHEN kind = 'tool-result' THEN 1 END) AS results, count(${toolIn(READ_TOOLS, '1')}) AS looks,
      max(${TOLD}) AS told,
      min(actor) AS actor, min(${usage.directory.slot}) AS slot
    FROM activity
    WHERE ${usage.deeds} AND kind IN ('tool-result', 'prompt-workflow') AND prompt_id IS NOT NULL GROUP BY 1, 2, 3)`;
  const classified = sql`(
    SELECT period, assistant, prompt_id, actor, slot, CASE
      ${TOLD_AS}
      WHEN last_edit IS NOT NULL AND first_failure < last_edit THEN 'debugging'
      WHEN last_edit IS NOT NULL THEN 'code generation'
      WHEN looks = results THEN 'review and exploration'
      ELSE 'other' END AS workflow
    FROM ${prompts} AS prompts)`;
  const [rows, ofModels, people] = await Promise.all([
    usage.context.query(sql`
      SELECT period, assistant, workflow, count(*) AS prompts FROM ${classified} AS classified
      GROUP BY period, assistant, workflow`),
    usage.context.query(modelsQuery(usage, classified)),
    anonymous
      ? usage.context.query(sql`
          SELECT DISTINCT period, assistant, workflow, person
          FROM ${resolved(classified, ['period', 'assistant', 'workflow'], usage.directory)} AS named`)
      : null,
  ]);
  const found = rows.map((row) => ({
    period: Number(row.period),
    assistant: String(row.assistant),
    workflow: row.workflow as Workflow,
    prompts: numberOf(row, 'prompts'),
  }));
  const total = (period: number, workflow?: Workflow): number =>
    found.reduce(
      (sum, one) =>
        one.period === period && (workflow === undefined || one.workflow === workflow) ? sum + one.prompts : sum,
      0,
    );
  const few = people && fewOf(people);
  const shown = (period: number, workflow: Workflow): number | null =>
    few?.workflows.has(nameOf(period, workflow)) ? null : total(period, workflow);
  const figuresIn = (period: number, workflow: Workflow): NonNullable<WorkflowRow['previous']> | null => {
    const prompts = shown(period, workflow);
    return prompts === null ? null : { prompts, share: ratio(prompts, total(period)) };
  };
  // Of what only machines tell nothing is known where none did.
  const told = WORKFLOWS.filter(
    (workflow) => !TOLD_ONLY.includes(workflow) || total(0, workflow) + total(1, workflow) > 0,
  );
  // Of a kind of work that is not told, an assistant's part would tell it.
  const cells = found.filter(
    ({ period, workflow, assistant }) =>
      shown(period, workflow) !== null && !few?.cells.has(nameOf(period, workflow, assistant)),
  );
  return {
    rows: told.map((workflow) => ({
      workflow,
      ...(figuresIn(0, workflow) ?? { prompts: null, share: null }),
      previous: figuresIn(1, workflow),
    })),
    assistants: cells
      .filter(({ period }) => period === 0)
      .map(({ assistant, workflow, prompts: count }) => {
        const isBefore = (one: (typeof cells)[number]): boolean =>
          one.period === 1 && one.assistant === assistant && one.workflow === workflow;
        const before = cells.find(isBefore);
        return { assistant, workflow, prompts: count, previous: before ? { prompts: before.prompts } : null };
      })
      .sort((a, b) => (a.assistant + a.workflow < b.assistant + b.workflow ? -1 : 1)),
    models: modelsOf(ofModels, {
      anonymous,
      isShown: (period, workflow) => shown(period, workflow) !== null,
    }),
    missing: missing(found.length === 0 && 'tools'),
  };
}

const nameOf = (...parts: readonly unknown[]): string => JSON.stringify(parts);

/** (period, workflow, model, people, calls, tokens, list) of the calls of each period's prompts. */
function modelsQuery(usage: Usage, classified: Sql): Sql {
  const sums = ['calls', 'tokens', 'list'].map((name) => `sum(${name}) AS ${name}`).join(', ');
  const cells = sql`(
    SELECT period, workflow, model, prompts.actor AS actor, prompts.slot AS slot, ${raw(sums)} FROM (
      SELECT ${periodNumber(usage.period)} AS period, assistant, prompt_id AS call_prompt, model,
        CAST(sum(requests) AS DOUBLE) AS calls, CAST(sum(coalesce(list_micros, 0)) AS DOUBLE) AS list,
        CAST(sum(input_tokens + output_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens) AS DOUBLE)
          AS tokens
      FROM usage_event
      WHERE counted AND granularity = 'call' AND prompt_id IS NOT NULL AND ${usage.calls} GROUP BY 1, 2, 3, 4
    ) AS made JOIN (
      SELECT period AS of_period, assistant AS of_assistant, prompt_id AS of_prompt, workflow, actor, slot
      FROM ${classified} AS classified
    ) AS prompts ON of_period = period AND of_assistant = assistant AND of_prompt = call_prompt
    GROUP BY 1, 2, 3, 4, 5)`;
  return sql`
    SELECT period, workflow, model, count(DISTINCT person) AS people, ${raw(sums)}
    FROM ${resolved(cells, ['period', 'workflow', 'model', 'calls', 'tokens', 'list'], usage.directory)} AS named
    GROUP BY period, workflow, model`;
}

function modelsOf(
  rows: readonly ReportRow[],
  { anonymous, isShown }: { anonymous: boolean; isShown: (period: number, workflow: Workflow) => boolean },
): WorkflowModel[] {
  const workOf = ({ period, workflow }: ReportRow): string => nameOf(period, workflow);
  const withheld = anonymous
    ? withheldCells(
        rows,
        (row) => numberOf(row, 'people'),
        (row) => [workOf(row)],
      )
    : new Set<ReportRow>();
  const share = (row: ReportRow, name: string): number | null =>
    ratio(
      numberOf(row, name),
      rows.reduce((sum, one) => (workOf(one) === workOf(row) ? sum + numberOf(one, name) : sum), 0),
    );
  const sharesOf = (row: ReportRow): WorkShares => ({
    requests: numberOf(row, 'calls'),
    requestShare: share(row, 'calls'),
    tokens: numberOf(row, 'tokens'),
    tokenShare: share(row, 'tokens'),
    apiEquivalentMicros: numberOf(row, 'list'),
    valueShare: share(row, 'list'),
  });
  const place = ({ workflow }: WorkflowModel): number => WORKFLOWS.indexOf(workflow);
  const seen = rows.filter((row) => !withheld.has(row) && isShown(Number(row.period), row.workflow as Workflow));
  const before = new Map(
    seen.flatMap((row): [string, WorkShares][] =>
      Number(row.period) === 1 ? [[nameOf(row.workflow, row.model), sharesOf(row)]] : [],
    ),
  );
  return seen
    .filter(({ period }) => Number(period) === 0)
    .map((row): WorkflowModel => ({
      workflow: row.workflow as Workflow,
      model: textOf(row, 'model'),
      ...sharesOf(row),
      previous: before.get(nameOf(row.workflow, row.model)) ?? null,
    }))
    .sort((a, b) => place(a) - place(b) || b.requests - a.requests || (String(a.model) < String(b.model) ? -1 : 1));
}

/** What fewer than five people do in a period: workflows, and an assistant's; by `nameOf` (period, workflow, assistant). */
function fewOf(rows: readonly ReportRow[]): Record<'workflows' | 'cells', ReadonlySet<string>> {
  const count = (partsOf: (row: ReportRow) => unknown[]): Map<string, number> => {
    const people = new Map<string, Set<string>>();
    for (const row of rows) {
      const name = nameOf(Number(row.period), ...partsOf(row));
      const of = people.get(name) ?? new Set();
      people.set(name, of);
      // What nobody is known to have done makes no person more.
      if (row.person !== null) of.add(String(row.person));
    }
    return new Map([...people].map(([name, set]) => [name, set.size]));
  };
  const few = (sizes: ReadonlyMap<string, number>, linesOf: (parts: readonly unknown[]) => string[]) =>
    withheldCells(
      [...sizes.keys()],
      (name) => sizes.get(name) ?? 0,
      (name) => linesOf(JSON.parse(name) as unknown[]),
    );
  return {
    workflows: few(
      count(({ workflow }) => [workflow]),
      ([period]) => [nameOf(period)],
    ),
    cells: few(
      count(({ workflow, assistant }) => [workflow, assistant]),
      ([period, workflow, assistant]) => [nameOf(period, 'as', workflow), nameOf(period, 'of', assistant)],
    ),
  };
}
