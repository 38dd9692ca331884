import { tokensOf } from './figures/tokens.ts';
import type { GroupedTotals } from './grouped.ts';
import { totalsBy } from './grouped.ts';
import type { Metric } from './metric.ts';
import { numberOf, ratio } from './metric.ts';
import type { Missing } from './missing.ts';
import { missing } from './missing.ts';
import { periodNumber } from './period.ts';
import { personDays } from './person-days.ts';
import { resolved } from './directory.ts';
import { workConditions } from './filter.ts';
import { isSmall } from './small-groups.ts';
import type { ReportRow } from './sql.ts';
import { among, raw, sql } from './sql.ts';
import type { Totals } from './totals.ts';
import type { FigureName } from '../usage/daily-figure.ts';
import { EDIT_TOOLS } from '../usage/workflow.ts';
import type { Question } from './usage.ts';
import { atNoon, openUsage } from './usage.ts';

const metric = (key: string, title: string, definition: string, more: Partial<Metric> = {}): Metric => ({
  ...{ key, title, definition, unit: 'count', denominator: null, whenEmpty: null },
  ...more,
});

export const TOOL_METRICS: readonly Metric[] = [
  metric('toolShare', 'Tool distribution', 'Share of each assistant in requests, tokens and API-equivalent value.', {
    unit: 'percent',
    denominator: 'all assistants',
  }),
  metric(
    'overlap',
    'Overlap',
    'People by the number of assistants that they used; and for each two assistants, people who used both.',
    { whenEmpty: 0 },
  ),
  metric(
    'editAcceptance',
    'Edit acceptance',
    'Accepted proposals of edit tools, divided by those that a person decided; what settings or hooks decided is left out.',
    { unit: 'percent', denominator: 'proposals that a person decided' },
  ),
  metric('linesAdded', 'Lines added', 'Lines added, where a vendor’s daily report has them.'),
  metric('linesRemoved', 'Lines removed', 'Lines removed, where a vendor’s daily report has them.'),
  metric('commits', 'Commits', 'Commits made with an assistant, where a vendor’s daily report has them.'),
];

/** How much of the work something did, and its part of all. */
export interface WorkShares {
  requests: number;
  requestShare: number | null;
  tokens: number;
  tokenShare: number | null;
  apiEquivalentMicros: number;
  valueShare: number | null;
}

export interface ToolFigures extends WorkShares {
  people: number;
}

export interface ToolRow extends ToolFigures {
  assistant: string;
  /** Null: it was not used then. */
  previous: ToolFigures | null;
}

/** People, and those of the period before. */
export interface PeopleCounts {
  people: number;
  previous: { people: number };
}

export interface EditFigures {
  proposals: number;
  accepted: number;
  acceptance: number | null;
}

/** Null: no vendor's report has it. */
export interface ReportedFigures {
  linesAdded: number | null;
  linesRemoved: number | null;
  commits: number | null;
}

export interface Tools extends ReportedFigures {
  /** Of what was used in the period. */
  rows: ToolRow[];
  overlap: (PeopleCounts & { assistants: number })[];
  pairs: (PeopleCounts & { first: string; second: string })[];
  /** Null: no tool activity was seen. */
  edits: (EditFigures & { previous: EditFigures }) | null;
  previous: ReportedFigures;
  missing: Missing;
}

const BY_PERSON = raw(`(decided_by LIKE 'user%' OR (decided_by IS NULL AND outcome <> 'auto_accept'))`);

/** Which assistants are used, together or alone, and what becomes of their proposals; `anonymous`: of five people at least. */
export async function tools(question: Question, { anonymous = false } = {}): Promise<Tools> {
  const usage = await openUsage(question);
  const { query } = usage.context;
  const [{ groups }, used, decisions, figures] = await Promise.all([
    totalsBy(usage, { by: 'assistant' }),
    query(sql`SELECT DISTINCT period, person, assistant FROM ${personDays(usage)} AS days`),
    query(sql`
      SELECT period, sum(proposals) AS proposals, sum(accepted) AS accepted, count(DISTINCT person) AS people
      FROM ${resolved(
        sql`(SELECT ${periodNumber(usage.period)} AS period, actor, ${usage.directory.slot} AS slot, count(*) AS proposals,
            sum(CASE WHEN outcome IN ('accept', 'modify') THEN 1 ELSE 0 END) AS accepted
          FROM activity WHERE ${usage.deeds} AND kind = 'tool-decision' AND ${BY_PERSON}
            AND ${among(raw('name'), EDIT_TOOLS)} GROUP BY 1, 2, 3)`,
        ['period', 'proposals', 'accepted'],
        usage.directory,
      )} AS decided GROUP BY period`),
    query(sql`
      SELECT period, name, sum(total) AS total, count(DISTINCT person) AS people
      FROM ${resolved(
        sql`(SELECT ${atNoon(periodNumber(usage.period))} AS period, name, actor,
            ${atNoon(usage.directory.slot)} AS slot, CAST(sum(value) AS DOUBLE) AS total
          FROM daily_figure WHERE ${usage.dailyFigures} GROUP BY 1, 2, 3, 4)`,
        ['period', 'name', 'total'],
        usage.directory,
      )} AS reported GROUP BY period, name`),
  ]);
  const mayShow = (row: ReportRow | undefined): boolean => !anonymous || !isSmall(numberOf(row, 'people'));
  const decided = decisions.filter(mayShow);
  const [now, before] = [sharesOf(groups, 0), sharesOf(groups, 1)];
  const rows = [...now].map(([assistant, shares]) => ({
    assistant,
    ...shares,
    previous: before.get(assistant) ?? null,
  }));
  const reported = (period: 0 | 1): ReportedFigures => {
    const figure = (name: FigureName): number | null => {
      const row = figures.find((one) => one.name === name && Number(one.period) === period);
      return row && mayShow(row) ? numberOf(row, 'total') : null;
    };
    return {
      linesAdded: figure('lines-added'),
      linesRemoved: figure('lines-removed'),
      commits: figure('commits'),
    };
  };
  return {
    rows: rows.sort((a, b) => b.requests - a.requests || (a.assistant < b.assistant ? -1 : 1)),
    ...overlaps(used),
    edits:
      decisions.length === decided.length && decided.length > 0
        ? { ...editsOf(decided, 0), previous: editsOf(decided, 1) }
        : null,
    ...reported(0),
    previous: reported(1),
    missing: missing(
      decisions.length === 0 && 'tools',
      figures.length === 0 && (workConditions(question.filter).length > 0 ? 'undivided' : 'reports'),
    ),
  };
}

function editsOf(rows: readonly ReportRow[], period: number): EditFigures {
  const row = rows.find((one) => Number(one.period) === period);
  const [proposals, accepted] = [numberOf(row, 'proposals'), numberOf(row, 'accepted')];
  return { proposals, accepted, acceptance: ratio(accepted, proposals) };
}

/** Each assistant's part in a period. */
function sharesOf(groups: GroupedTotals['groups'], period: 0 | 1): Map<string, ToolFigures> {
  const used = [...groups.values()].filter((group) => group.period === period);
  const all = (of: (totals: Totals) => number): number => used.reduce((sum, { totals }) => sum + of(totals), 0);
  const [requests, tokens, value] = [all((t) => t.requests), all(tokensOf), all((t) => t.listMicros)];
  return new Map(
    used.map(({ key, totals }) => [
      key ?? '',
      {
        requests: totals.requests,
        requestShare: ratio(totals.requests, requests),
        tokens: tokensOf(totals),
        tokenShare: ratio(tokensOf(totals), tokens),
        apiEquivalentMicros: totals.listMicros,
        valueShare: ratio(totals.listMicros, value),
        people: totals.people,
      },
    ]),
  );
}

/** Of what there is in the period, with the same of the one before. */
function overlaps(used: readonly ReportRow[]): Pick<Tools, 'overlap' | 'pairs'> {
  const [now, before] = [together(used, 0), together(used, 1)];
  const overlap = [...now.counts].map(([assistants, people]) => ({
    ...{ assistants, people },
    previous: { people: before.counts.get(assistants) ?? 0 },
  }));
  const pairs = [...now.pairs].map(([name, pair]) => ({
    ...pair,
    previous: { people: before.pairs.get(name)?.people ?? 0 },
  }));
  return {
    overlap: overlap.sort((a, b) => a.assistants - b.assistants),
    pairs: pairs.sort((a, b) => b.people - a.people || (a.first + a.second < b.first + b.second ? -1 : 1)),
  };
}

/** People by how many assistants they used in a period, and by each two of these. */
function together(used: readonly ReportRow[], period: 0 | 1) {
  const byPerson = new Map<string, string[]>();
  for (const row of used.filter((one) => Number(one.period) === period))
    byPerson.set(String(row.person), [...(byPerson.get(String(row.person)) ?? []), String(row.assistant)].sort());
  const counts = new Map<number, number>();
  const pairs = new Map<string, { first: string; second: string; people: number }>();
  for (const assistants of byPerson.values()) {
    counts.set(assistants.length, (counts.get(assistants.length) ?? 0) + 1);
    for (const [i, first] of assistants.entries())
      for (const second of assistants.slice(i + 1)) {
        const name = `${first} ${second}`;
        pairs.set(name, { first, second, people: (pairs.get(name)?.people ?? 0) + 1 });
      }
  }
  return { counts, pairs };
}
