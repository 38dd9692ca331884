import type { Metric } from './metric.ts';
import { numberOf, ratio, textOf } from './metric.ts';
import { periodNumber } from './period.ts';
import { quantileOf, quantileQuery } from './quantile.ts';
import type { ReportRow, Sql } from './sql.ts';
import { joined, raw, sql } from './sql.ts';
import type { Question, Usage } from './usage.ts';
import { openUsage } from './usage.ts';

const duration = (key: string, title: string, what: string): Metric => ({
  ...{ key, title, definition: `${what}, over the calls that say it, by linear interpolation.` },
  ...{ unit: 'milliseconds', denominator: 'calls with a time', whenEmpty: null },
});

export const RELIABILITY_METRICS: readonly Metric[] = [
  {
    key: 'errorRate',
    title: 'API error rate',
    definition: 'API calls that ended in an error, each attempt, divided by all calls, failed ones included.',
    unit: 'percent',
    denominator: 'calls',
    whenEmpty: null,
  },
  {
    key: 'rateLimitRate',
    title: 'Rate-limit rate',
    definition: 'API calls that were refused with status 429, divided by all calls, failed ones included.',
    unit: 'percent',
    denominator: 'calls',
    whenEmpty: null,
  },
  duration('p50DurationMs', 'Median request duration', 'Half of all calls took no longer'),
  duration('p95DurationMs', '95th percentile of request duration', 'Nineteen in twenty calls took no longer'),
  duration('p50TtftMs', 'Median time to first token', 'Half of all calls began to answer no later'),
  duration('p95TtftMs', '95th percentile of time to first token', 'Nineteen in twenty calls began to answer no later'),
];

export interface ReliabilityFigures {
  requests: number;
  errors: number;
  rateLimited: number;
  errorRate: number | null;
  rateLimitRate: number | null;
  p50DurationMs: number | null;
  p95DurationMs: number | null;
  p50TtftMs: number | null;
  p95TtftMs: number | null;
}

export interface Reliability {
  figures: ReliabilityFigures;
  previous: ReliabilityFigures;
  assistants: (WithPrevious & { assistant: string })[];
  models: (WithPrevious & { model: string | null })[];
}

/** `previous` null: no calls then. */
type WithPrevious = ReliabilityFigures & { previous: ReliabilityFigures | null };

const SHARES = [0.5, 0.95] as const;
/** How the calls are grouped: as `assistant|0|cursor`, 0 for the period and 1 for the one before. */
const GROUPINGS = { whole: `''`, assistant: 'assistant', model: 'model' } as const;
type GroupedBy = keyof typeof GROUPINGS;

/** How the vendors' APIs did. */
export async function reliability(question: Question): Promise<Reliability> {
  const usage = await openUsage(question);
  const groups = await figuresByGroup(usage);
  const present = (by: GroupedBy): [string, WithPrevious][] =>
    [...groups]
      .flatMap(([name, figures]): [string, WithPrevious][] => {
        const start = `${by}|0|`;
        if (!name.startsWith(start)) return [];
        const key = name.slice(start.length);
        return [[key, { ...figures, previous: groups.get(`${by}|1|${key}`) ?? null }]];
      })
      .sort(([a, one], [b, other]) => other.requests - one.requests || (a < b ? -1 : 1));
  return {
    figures: groups.get('whole|0|') ?? NONE,
    previous: groups.get('whole|1|') ?? NONE,
    assistants: present('assistant').map(([assistant, figures]) => ({ assistant, ...figures })),
    models: present('model').map(([model, figures]) => ({ model: model === '' ? null : model, ...figures })),
  };
}

const NONE: ReliabilityFigures = {
  ...{ requests: 0, errors: 0, rateLimited: 0, errorRate: null, rateLimitRate: null },
  ...{ p50DurationMs: null, p95DurationMs: null, p50TtftMs: null, p95TtftMs: null },
};

/** One look at the events for each kind of time, and one at the slices: what is grouped is small. */
async function figuresByGroup(usage: Usage): Promise<Map<string, ReliabilityFigures>> {
  const { query } = usage.context;
  const keys = sql`${periodNumber(usage.period)} AS period, assistant, coalesce(model, '') AS model`;
  const quantiles = (column: 'duration_ms' | 'ttft_ms'): Sql => sql`
    WITH each_value AS (
      SELECT ${keys}, ${raw(column)} AS value, count(*) AS times
      FROM usage_event WHERE counted AND ${usage.calls} AND ${raw(column)} IS NOT NULL GROUP BY 1, 2, 3, 4
    ) ${quantileQuery(sql`(${everyGrouping(sql`value, sum(times) AS times FROM each_value GROUP BY 1, 2`)})`, SHARES)}`;
  const sums = (columns: Readonly<Record<string, string>>, from: Sql): Sql => {
    const inner = Object.entries(columns).map(([name, sum]) => `${sum} AS ${name}`);
    const outer = Object.keys(columns).map((name) => `sum(${name}) AS ${name}`);
    return sql`
      WITH cells AS (SELECT ${keys}, ${raw(inner.join(', '))} ${from} GROUP BY 1, 2, 3)
      ${everyGrouping(sql`${raw(outer.join(', '))} FROM cells GROUP BY 1`)}`;
  };
  const [durations, ttfts, calls, errors] = await Promise.all([
    query(quantiles('duration_ms')),
    query(quantiles('ttft_ms')),
    query(
      sums(
        { calls: 'CAST(sum(requests) AS DOUBLE)' },
        sql`FROM usage_slice WHERE ${usage.filtered} AND granularity = 'call'`,
      ),
    ),
    query(
      sums(
        { errors: 'count(*)', limited: `sum(CASE WHEN outcome = '429' THEN 1 ELSE 0 END)` },
        sql`FROM activity WHERE ${usage.calls} AND kind = 'error' AND coalesce(name, '') <> 'retries-exhausted'`,
      ),
    ),
  ]);
  const find = (rows: readonly ReportRow[], name: string) => rows.find((row) => textOf(row, 'grp') === name);
  const names = new Set([...calls, ...errors].map((row) => String(row.grp)));
  return new Map(
    [...names].map((name) => [
      name,
      figuresOf(find(calls, name), find(errors, name), find(durations, name), find(ttfts, name)),
    ]),
  );
}

/** The same of all groupings, each group by its name. */
const everyGrouping = (rest: Sql): Sql =>
  joined(
    Object.entries(GROUPINGS).map(
      ([by, key]) =>
        sql`SELECT concat(${raw(`'${by}|'`)}, CASE WHEN period = 0 THEN '0|' ELSE '1|' END, ${raw(key)}) AS grp, ${rest}`,
    ),
    ' UNION ALL ',
  );

function figuresOf(
  calls: ReportRow | undefined,
  errors: ReportRow | undefined,
  took: ReportRow | undefined,
  began: ReportRow | undefined,
): ReliabilityFigures {
  const [requests, failed, limited] = [
    numberOf(calls, 'calls'),
    numberOf(errors, 'errors'),
    numberOf(errors, 'limited'),
  ];
  return {
    ...{ requests, errors: failed, rateLimited: limited },
    errorRate: ratio(failed, requests + failed),
    rateLimitRate: ratio(limited, requests + failed),
    p50DurationMs: quantileOf(took, 0, SHARES[0]),
    p95DurationMs: quantileOf(took, 1, SHARES[1]),
    p50TtftMs: quantileOf(began, 0, SHARES[0]),
    p95TtftMs: quantileOf(began, 1, SHARES[1]),
  };
}
