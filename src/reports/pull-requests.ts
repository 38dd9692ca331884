import type { Directory } from './directory.ts';
import { peopleLimit } from './filter.ts';
import { totalsBy } from './grouped.ts';
import { costOf } from './figures/cost.ts';
import type { Metric } from './metric.ts';
import { average, numberOf, ratio, textOf } from './metric.ts';
import type { Missing } from './missing.ts';
import { missing } from './missing.ts';
import { periodNumber } from './period.ts';
import type { Sql } from './sql.ts';
import { all, among, raw, sql, text } from './sql.ts';
import type { Question, Usage } from './usage.ts';
import { openUsage } from './usage.ts';

const metric = (key: string, title: string, definition: string, more: Partial<Metric> = {}): Metric => ({
  ...{ key, title, definition, unit: 'count', denominator: null, whenEmpty: null },
  ...more,
});

export const PULL_REQUEST_METRICS: readonly Metric[] = [
  metric(
    'merged',
    'PRs merged',
    'Pull requests merged by a person in the period (GitHub). Programs’ are left out. Null without GitHub.',
  ),
  metric(
    'withTool',
    'PRs with coding tool',
    'Of those, at least one commit carries a coding tool’s signature. A lower bound: signatures can be switched off.',
  ),
  metric(
    'onlyMentioned',
    'PRs marked elsewhere only',
    'Of those, only the text, a label, the branch or the account shows a coding tool.',
  ),
  metric('toolShare', 'Share with coding tool', 'PRs with coding tool divided by PRs merged. A lower bound.', {
    unit: 'percent',
    denominator: 'PRs merged',
  }),
  metric('costPerPrMicros', 'Cost per PR', 'Cost divided by PRs merged.', {
    unit: 'micro-dollars',
    denominator: 'PRs merged',
  }),
];

export interface MergedCounts {
  merged: number;
  withTool: number;
  onlyMentioned: number;
}

export interface PullRequestFigures extends MergedCounts {
  toolShare: number | null;
  costMicros: number;
  costPerPrMicros: number | null;
}

export interface PullRequests {
  /** Null: GitHub is not connected. */
  figures: PullRequestFigures | null;
  previous: PullRequestFigures | null;
  /** Who merged something, of the period and of the one before. */
  authors: readonly [number, number];
  /** Who merged something or used an assistant; `previous` null: neither then. */
  rows: (PullRequestFigures & { person: string | null; previous: PullRequestFigures | null })[];
  missing: Missing;
}

/** Who merged what, with which tools, and what it cost. */
export async function pullRequests(question: Question): Promise<PullRequests> {
  const usage = await openUsage(question);
  const merged = await mergedBy(usage);
  if (merged === null) return { figures: null, previous: null, authors: [0, 0], rows: [], missing: missing('github') };
  const { groups, unusedSeatMicros } = await totalsBy(usage, { by: 'user' });
  const costs = (period: number): Map<string | null, number> =>
    new Map(
      [...groups.values()].flatMap((group) => (group.period === period ? [[group.key, costOf(group.totals)]] : [])),
    );
  const whole = (period: 0 | 1): PullRequestFigures => {
    const cost = [...costs(period).values()].reduce((sum, micros) => sum + micros, unusedSeatMicros[period]);
    return figuresFrom(
      [...(merged[period] ?? new Map<string | null, MergedCounts>()).values()].reduce(added, NONE_MERGED),
      cost,
    );
  };
  const byPerson = (period: 0 | 1): Map<string | null, PullRequestFigures> => {
    const [cost, mine] = [costs(period), merged[period] ?? new Map<string | null, MergedCounts>()];
    return new Map(
      [...new Set([...cost.keys(), ...mine.keys()])].map((person) => [
        person,
        figuresFrom(mine.get(person) ?? NONE_MERGED, cost.get(person) ?? 0),
      ]),
    );
  };
  const before = byPerson(1);
  const rows = [...byPerson(0)].map(([person, its]) => ({ person, ...its, previous: before.get(person) ?? null }));
  rows.sort(
    (a, b) => b.merged - a.merged || b.costMicros - a.costMicros || (String(a.person) < String(b.person) ? -1 : 1),
  );
  const authors = [merged[0]?.size ?? 0, merged[1]?.size ?? 0] as const;
  return { figures: whole(0), previous: whole(1), authors, rows, missing: {} };
}

export const NONE_MERGED: MergedCounts = { merged: 0, withTool: 0, onlyMentioned: 0 };

const added = (a: MergedCounts, b: MergedCounts): MergedCounts => ({
  merged: a.merged + b.merged,
  withTool: a.withTool + b.withTool,
  onlyMentioned: a.onlyMentioned + b.onlyMentioned,
});

const figuresFrom = (counts: MergedCounts, costMicros: number): PullRequestFigures => ({
  ...counts,
  toolShare: ratio(counts.withTool, counts.merged),
  costMicros,
  costPerPrMicros: average(costMicros, counts.merged),
});

/** By person, of the period and of the one before; null where no pull request is known at all. */
export async function mergedBy(usage: Usage): Promise<Map<string | null, MergedCounts>[] | null> {
  const { context, filter, period } = usage;
  const known = await context.query(sql`SELECT 1 AS known FROM pull_request WHERE org = ${text(filter.org)} LIMIT 1`);
  if (known.length === 0) return null;
  const { people, teams, departments } = peopleLimit(filter);
  const conditions = [
    ...(people === null ? [] : [among(raw('person'), people)]),
    ...teams.map((names) => among(raw('team'), names)),
    ...(departments === null ? [] : [among(raw('department'), departments)]),
  ];
  const repositories = filter.repositories ?? [];
  const rows = await context.query(sql`
    SELECT period, person, count(*) AS merged, sum(CASE WHEN commit_tools <> '' THEN 1 ELSE 0 END) AS signed,
      sum(CASE WHEN commit_tools = '' AND other_tools <> '' THEN 1 ELSE 0 END) AS mentioned
    FROM ${named(
      sql`(SELECT ${periodNumber(period)} AS period, ${usage.directory.slot} AS slot, actor,
          CASE WHEN email IS NULL THEN NULL ELSE concat('email:', email) END AS address, commit_tools, other_tools
        FROM pull_request WHERE ${usage.inTime} AND NOT is_bot
          AND ${repositories.length === 0 ? raw('1 = 1') : among(raw('repository'), repositories)})`,
      usage.directory,
    )} AS merged_by WHERE ${all(conditions)} GROUP BY period, person`);
  return [0, 1].map(
    (number) =>
      new Map(
        rows.flatMap((row) =>
          Number(row.period) === number
            ? [
                [
                  textOf(row, 'person'),
                  {
                    merged: numberOf(row, 'merged'),
                    withTool: numberOf(row, 'signed'),
                    onlyMentioned: numberOf(row, 'mentioned'),
                  },
                ],
              ]
            : [],
        ),
      ),
  );
}

/** A GitHub login is who the mapping says; without one, whose address its commits have. */
function named(requests: Sql, { who }: Directory): Sql {
  const kept = raw(
    'requests.period AS period, requests.commit_tools AS commit_tools, requests.other_tools AS other_tools',
  );
  if (who === null)
    return sql`(SELECT ${kept}, coalesce(requests.address, requests.actor) AS person, NULL AS team, NULL AS department
      FROM ${requests} AS requests)`;
  return sql`(SELECT ${kept},
      coalesce(mapped.who_person, mailed.who_person, requests.address, requests.actor) AS person,
      coalesce(mapped.who_team, mailed.who_team) AS team,
      coalesce(mapped.who_department, mailed.who_department) AS department
    FROM ${requests} AS requests
    LEFT JOIN ${who} AS mapped ON mapped.who_actor = requests.actor AND mapped.who_slot = requests.slot
    LEFT JOIN ${who} AS mailed ON mailed.who_actor = requests.address AND mailed.who_slot = requests.slot)`;
}
