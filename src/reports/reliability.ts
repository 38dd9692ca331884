import type { Metric } from './metric.ts';
import { numberOf, ratio, textOf } from './metric.ts';
import { periodNumber } from './period.ts';
import { quantileOf, quantileQuery } from './quantile.ts';
import type { Sql } from './sql.ts';
import { raw, sql } from './sql.ts';
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
  assistants: (ReliabilityFigures & { assistant: string })[];
  models: (ReliabilityFigures & { model: string | null })[];
}

const SHARES = [0.5, 0.95] as const;
const ALL_KEYS = { whole: `''`, assistant: 'assistant', model: `coalesce(model, '')` } as const;

/** How the vendors' APIs did. */
export async function reliability(question: Question): Promise<Reliability> {
  const usage = await openUsage(question);
  const [whole, assistants, models] = await Promise.all([
    figuresBy(usage, 'whole'),
    figuresBy(usage, 'assistant'),
    figuresBy(usage, 'model'),
  ]);
  const present = <Key extends string>(groups: ReadonlyMap<string, ReliabilityFigures>, key: Key, nullable: boolean) =>
    [...groups]
      .filter(([name]) => name.startsWith('0|'))
      .map(([name, figures]) => {
        const value = name.slice(2);
        return { [key]: nullable && value === '' ? null : value, ...figures };
      })
      .sort((a, b) => Number(b.requests) - Number(a.requests));
  return {
    figures: whole.get('0|') ?? NONE,
    previous: whole.get('1|') ?? NONE,
    assistants: present(assistants, 'assistant', false) as unknown as Reliability['assistants'],
    models: present(models, 'model', true) as unknown as Reliability['models'],
  };
}

const NONE: ReliabilityFigures = {
  ...{ requests: 0, errors: 0, rateLimited: 0, errorRate: null, rateLimitRate: null },
  ...{ p50DurationMs: null, p95DurationMs: null, p50TtftMs: null, p95TtftMs: null },
};

async function figuresBy(usage: Usage, by: keyof typeof ALL_KEYS): Promise<Map<string, ReliabilityFigures>> {
  const { query } = usage.context;
  const key = raw(ALL_KEYS[by]);
  const period = periodNumber(usage.period);
  const grp = sql`CASE WHEN ${period} = 0 THEN '0|' ELSE '1|' END`;
  const group = sql`concat(${grp}, ${key})`;
  const values = (column: 'duration_ms' | 'ttft_ms'): Sql => sql`(
    SELECT ${group} AS grp, ${raw(column)} AS value, count(*) AS times
    FROM usage_event WHERE counted AND ${usage.calls} AND ${raw(column)} IS NOT NULL GROUP BY 1, 2)`;
  const [durations, ttfts, calls, errors] = await Promise.all([
    query(quantileQuery(values('duration_ms'), SHARES)),
    query(quantileQuery(values('ttft_ms'), SHARES)),
    query(sql`SELECT ${group} AS grp, CAST(sum(requests) AS DOUBLE) AS calls FROM usage_slice
      WHERE ${usage.filtered} AND granularity = 'call' GROUP BY 1`),
    query(sql`SELECT ${group} AS grp, count(*) AS errors,
        sum(CASE WHEN outcome = '429' THEN 1 ELSE 0 END) AS limited
      FROM activity WHERE ${usage.calls} AND kind = 'error' AND coalesce(name, '') <> 'retries-exhausted' GROUP BY 1`),
  ]);
  const find = (rows: Awaited<typeof calls>, name: string) => rows.find((row) => textOf(row, 'grp') === name);
  const names = new Set([...calls, ...errors].map((row) => String(row.grp)));
  return new Map(
    [...names].map((name) => {
      const requests = numberOf(find(calls, name), 'calls');
      const failed = numberOf(find(errors, name), 'errors');
      const limited = numberOf(find(errors, name), 'limited');
      const [took, began] = [find(durations, name), find(ttfts, name)];
      return [
        name,
        {
          ...{ requests, errors: failed, rateLimited: limited },
          errorRate: ratio(failed, requests + failed),
          rateLimitRate: ratio(limited, requests + failed),
          p50DurationMs: quantileOf(took, 0, SHARES[0]),
          p95DurationMs: quantileOf(took, 1, SHARES[1]),
          p50TtftMs: quantileOf(began, 0, SHARES[0]),
          p95TtftMs: quantileOf(began, 1, SHARES[1]),
        },
      ];
    }),
  );
}
