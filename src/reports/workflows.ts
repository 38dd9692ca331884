import type { Metric } from './metric.ts';
import { numberOf, ratio } from './metric.ts';
import type { Missing } from './missing.ts';
import { missing } from './missing.ts';
import { periodNumber } from './period.ts';
import { resolved } from './directory.ts';
import { withheldCells } from './small-groups.ts';
import type { ReportRow, Sql } from './sql.ts';
import { among, raw, sql } from './sql.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';

export const WORKFLOWS = ['code generation', 'debugging', 'review and exploration', 'other'] as const;
export type Workflow = (typeof WORKFLOWS)[number];

export const WORKFLOW_METRICS: readonly Metric[] = [
  {
    key: 'workflow',
    title: 'Workflow',
    definition:
      'A heuristic over the tool use of each prompt: a failing tool call followed by edits is debugging; edits are code generation; reads and searches only are review and exploration; everything else, prompts without tools included, is other.',
    unit: 'percent',
    denominator: 'prompts with tool use',
    whenEmpty: null,
  },
];

/** Tools that change files, of Claude Code and of Gemini CLI. */
export const EDIT_TOOLS = ['Edit', 'Write', 'MultiEdit', 'NotebookEdit', 'replace', 'write_file', 'edit'];
/** Tools that only look. */
export const READ_TOOLS = [
  ...['Read', 'Grep', 'Glob', 'LS', 'NotebookRead', 'WebFetch', 'WebSearch'],
  ...['read_file', 'read_many_files', 'glob', 'search_file_content', 'grep_search', 'list_directory'],
  ...['google_web_search', 'web_fetch'],
];

export interface WorkflowRow {
  workflow: Workflow;
  /** Null: of too few people to be shown. */
  prompts: number | null;
  share: number | null;
  previous: number | null;
}

export interface Workflows {
  rows: WorkflowRow[];
  assistants: { assistant: string; workflow: Workflow; prompts: number }[];
  missing: Missing;
}

const kindOf = (tools: readonly string[], then: string): Sql =>
  sql`CASE WHEN ${among(raw('name'), tools)} THEN ${raw(then)} END`;

/** What people have the assistants do; `anonymous`: without what fewer than five people do. */
export async function workflows(question: Question, { anonymous = false } = {}): Promise<Workflows> {
  const usage = await openUsage(question);
  const prompts = sql`(
    SELECT ${periodNumber(usage.period)} AS period, assistant, session_id, prompt_id,
      max(${kindOf(EDIT_TOOLS, 'at_ms')}) AS last_edit,
      min(CASE WHEN outcome = 'false' THEN at_ms END) AS first_failure,
      count(*) AS results, count(${kindOf(READ_TOOLS, '1')}) AS looks,
      min(actor) AS actor, min(${usage.directory.slot}) AS slot
    FROM activity WHERE ${usage.calls} AND kind = 'tool-result' AND prompt_id IS NOT NULL GROUP BY 1, 2, 3, 4)`;
  const classified = sql`(
    SELECT period, assistant, actor, slot, CASE
      WHEN last_edit IS NOT NULL AND first_failure < last_edit THEN 'debugging'
      WHEN last_edit IS NOT NULL THEN 'code generation'
      WHEN looks = results THEN 'review and exploration'
      ELSE 'other' END AS workflow
    FROM ${prompts} AS prompts)`;
  const [rows, people] = await Promise.all([
    usage.context.query(sql`
      SELECT period, assistant, workflow, count(*) AS prompts FROM ${classified} AS classified
      GROUP BY period, assistant, workflow`),
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
  return {
    rows: WORKFLOWS.map((workflow) => {
      const prompts = shown(0, workflow);
      const share = prompts === null ? null : ratio(prompts, total(0));
      return { workflow, prompts, share, previous: shown(1, workflow) };
    }),
    assistants: found
      .filter(({ period, assistant, workflow }) => period === 0 && !few?.cells.has(`${assistant} ${workflow}`))
      .map(({ assistant, workflow, prompts: count }) => ({ assistant, workflow, prompts: count }))
      .sort((a, b) => (a.assistant + a.workflow < b.assistant + b.workflow ? -1 : 1)),
    missing: missing(found.length === 0 && 'tools'),
  };
}

/** What fewer than five people do: workflows of each period, and of the period those of an assistant. */
function fewOf(rows: readonly ReportRow[]): { workflows: ReadonlySet<string>; cells: ReadonlySet<string> } {
  const count = (nameOf: (row: ReportRow) => string): Map<string, number> => {
    const people = new Map<string, Set<string>>();
    for (const row of rows) people.set(nameOf(row), (people.get(nameOf(row)) ?? new Set()).add(String(row.person)));
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
