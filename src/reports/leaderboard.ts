import type { Assistant } from '../usage/event.ts';
import { ASSISTANTS } from '../usage/event.ts';
import { costOf } from './figures/cost.ts';
import { sessionsOf } from './figures/sessions.ts';
import { tokensOf } from './figures/tokens.ts';
import { totalsBy } from './grouped.ts';
import type { Metric } from './metric.ts';
import { raw } from './sql.ts';
import type { Totals } from './totals.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';

export const LEADERBOARD_METRICS: readonly Metric[] = [
  {
    key: 'leaderboardRequests',
    title: 'Requests of the leaderboard',
    definition:
      'What each vendor counts: sessions of Claude Code and Cowork, requests of the other assistants. People are merged as the roster says; a name that nobody is mapped to is a row of its own.',
    unit: 'count',
    denominator: null,
    whenEmpty: 0,
  },
];

export const SORTS = ['requests', 'tokens', 'cost'] as const;
export type LeaderboardSort = (typeof SORTS)[number];

export interface LeaderboardFigures {
  requests: number;
  tokens: number;
  costMicros: number;
}

export interface LeaderboardRow extends LeaderboardFigures {
  rank: number;
  person: string | null;
  tools: (LeaderboardFigures & { assistant: Assistant })[];
}

const COUNTED_BY_SESSION: ReadonlySet<Assistant> = new Set<Assistant>(['claude-code', 'claude-cowork']);

/** People in order, each with one row for every tool. */
export async function leaderboard(question: Question, sort: LeaderboardSort): Promise<LeaderboardRow[]> {
  const usage = await openUsage(question, { withoutPrevious: true });
  // The assistant stands where a time series has its buckets.
  const numbers = ASSISTANTS.map((name, i) => `WHEN '${name}' THEN ${i}`).join(' ');
  const bucket = {
    sql: raw(`CASE assistant ${numbers} ELSE -1 END`),
    indexOf: (value: number) => (value < 0 ? undefined : value),
  };
  const { groups } = await totalsBy(usage, { bucket, by: 'user' });
  const people = new Map<string | null, LeaderboardRow>();
  for (const { key, bucket: index, totals } of groups.values()) {
    const assistant = ASSISTANTS[index];
    if (assistant === undefined) continue;
    const row = people.get(key) ?? { rank: 0, person: key, requests: 0, tokens: 0, costMicros: 0, tools: [] };
    const figures = figuresOf(totals, assistant);
    row.tools.push({ assistant, ...figures });
    row.requests += figures.requests;
    row.tokens += figures.tokens;
    row.costMicros += figures.costMicros;
    people.set(key, row);
  }
  const by = sort === 'cost' ? 'costMicros' : sort;
  const rows = [...people.values()].sort((a, b) => b[by] - a[by] || (String(a.person) < String(b.person) ? -1 : 1));
  return rows.map((row, i) => ({ ...row, rank: i + 1, tools: row.tools.toSorted((a, b) => b[by] - a[by]) }));
}

const figuresOf = (totals: Totals, assistant: Assistant): LeaderboardFigures => ({
  requests: COUNTED_BY_SESSION.has(assistant) ? sessionsOf(totals) : totals.requests,
  tokens: tokensOf(totals),
  costMicros: costOf(totals),
});
