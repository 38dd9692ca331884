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
  previous: number | null;
}

export interface WorkflowModel extends WorkShares {
  workflow: Workflow;
  model: string | null;
}

export interface Workflows {
  rows: WorkflowRow[];
  assistants: { assistant: string; workflow: Workflow; prompts: number }[];
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
    few?.workflows.has(`${period} ${workflow}`) ? null : total(period, workflow);
  // Of what only machines tell nothing is known where none did.
  const told = WORKFLOWS.filter(
    (workflow) => !TOLD_ONLY.includes(workflow) || total(0, workflow) + total(1, workflow) > 0,
  );
  return {
    rows: told.map((workflow) => {
      const prompts = shown(0, workflow);
      const share = prompts === null ? null : ratio(prompts, total(0));
      return { workflow, prompts, share, previous: shown(1, workflow) };
    }),
    assistants: found
      .filter(({ period, assistant, workflow }) => period === 0 && !few?.cells.has(`${assistant} ${workflow}`))
      .map(({ assistant, workflow, prompts: count }) => ({ assistant, workflow, prompts: count }))
      .sort((a, b) => (a.assistant + a.workflow < b.assistant + b.workflow ? -1 : 1)),
    models: modelsOf(ofModels, { anonymous, isShown: (workflow) => shown(0, workflow) !== null }),
    missing: missing(found.length === 0 && 'tools'),
  };
}

/** (workflow, model, people, calls, tokens, list) of the calls of the period's prompts. */
function modelsQuery(usage: Usage, classified: Sql): Sql {
  const sums = ['calls', 'tokens', 'list'].map((name) => `sum(${name}) AS ${name}`).join(', ');
  const cells = sql`(
    SELECT workflow, model, prompts.actor AS actor, prompts.slot AS slot, ${raw(sums)} FROM (
      SELECT assistant, prompt_id AS call_prompt, model,
        CAST(sum(requests) AS DOUBLE) AS calls, CAST(sum(coalesce(list_micros, 0)) AS DOUBLE) AS list,
        CAST(sum(input_tokens + output_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens) AS DOUBLE)
          AS tokens
      FROM usage_event
      WHERE counted AND granularity = 'call' AND prompt_id IS NOT NULL AND ${usage.calls}
        AND quarter_hour >= ${raw(String(usage.period.from))} GROUP BY 1, 2, 3
    ) AS made JOIN (
      SELECT assistant AS of_assistant, prompt_id AS of_prompt, workflow, actor, slot
      FROM ${classified} AS classified WHERE period = 0
    ) AS prompts ON of_assistant = assistant AND of_prompt = call_prompt
    GROUP BY 1, 2, 3, 4)`;
  return sql`
    SELECT workflow, model, count(DISTINCT person) AS people, ${raw(sums)}
    FROM ${resolved(cells, ['workflow', 'model', 'calls', 'tokens', 'list'], usage.directory)} AS named
    GROUP BY workflow, model`;
}

function modelsOf(
  rows: readonly ReportRow[],
  { anonymous, isShown }: { anonymous: boolean; isShown: (workflow: Workflow) => boolean },
): WorkflowModel[] {
  const withheld = anonymous
    ? withheldCells(
        rows,
        (row) => numberOf(row, 'people'),
        (row) => [String(row.workflow)],
      )
    : new Set<ReportRow>();
  const share = (row: ReportRow, name: string): number | null =>
    ratio(
      numberOf(row, name),
      rows.reduce((sum, one) => (one.workflow === row.workflow ? sum + numberOf(one, name) : sum), 0),
    );
  const place = ({ workflow }: WorkflowModel): number => WORKFLOWS.indexOf(workflow);
  return rows
    .filter((row) => !withheld.has(row) && isShown(row.workflow as Workflow))
    .map((row): WorkflowModel => ({
      workflow: row.workflow as Workflow,
      model: textOf(row, 'model'),
      requests: numberOf(row, 'calls'),
      requestShare: share(row, 'calls'),
      tokens: numberOf(row, 'tokens'),
      tokenShare: share(row, 'tokens'),
      apiEquivalentMicros: numberOf(row, 'list'),
      valueShare: share(row, 'list'),
    }))
    .sort((a, b) => place(a) - place(b) || b.requests - a.requests || (String(a.model) < String(b.model) ? -1 : 1));
}

/** What fewer than five people do: workflows of each period, and of the period those of an assistant. */
function fewOf(rows: readonly ReportRow[]): { workflows: ReadonlySet<string>; cells: ReadonlySet<string> } {
  const count = (nameOf: (row: ReportRow) => string): Map<string, number> => {
    const people = new Map<string, Set<string>>();
    for (const row of rows) {
      const of = people.get(nameOf(row)) ?? new Set();
      people.set(nameOf(row), of);
      // What nobody is known to have done makes no person more.
      if (row.person !== null) of.add(String(row.person));
    }
    return new Map([...people].map(([name, set]) => [name, set.size]));
  };
  const whole = count((row) => `${String(row.period)} ${String(row.workflow)}`);
  const cells = count((row) => JSON.stringify([row.assistant, row.workflow, row.period]));
  const present = [...cells.keys()].flatMap((name) => {
    const [assistant = '', workflow = '', period] = JSON.parse(name) as [string?, string?, unknown?];
    return Number(period) === 0 ? [{ name, assistant, workflow }] : [];
  });
  const few = withheldCells(
    present,
    ({ name }) => cells.get(name) ?? 0,
    ({ assistant, workflow }) => [`of ${assistant}`, `as ${workflow}`],
  );
  return {
    workflows: withheldCells(
      [...whole.keys()],
      (name) => whole.get(name) ?? 0,
      ([period]) => [period ?? ''],
    ),
    cells: new Set([...few].map(({ assistant, workflow }) => `${assistant} ${workflow}`)),
  };
}
