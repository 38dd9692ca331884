import { DAY_MS } from '../usage/days.ts';
import type { Days } from './day-buckets.ts';
import type { DayUsage } from './day-usage.ts';
import { dayState, noonOf } from './day-usage.ts';
import type { ReadBucket, Span } from './sync-part.ts';

/** The days of a span of whole days. */
export const daysOf = ({ fromMs, toMs }: Span): Days => ({
  from: Math.floor(fromMs / DAY_MS),
  to: Math.ceil(toMs / DAY_MS),
});

/** A reporter's days as buckets, of rows from its report. */
export function dayBucketsOf(usages: readonly DayUsage[], org: string): ReadBucket[] {
  const days = new Map<string, DayUsage[]>();
  for (const usage of addAlike(usages)) {
    const name = `${usage.day}:${usage.assistant}:${usage.reporter}`;
    const day = days.get(name);
    if (day) day.push(usage);
    else days.set(name, [usage]);
  }
  return [...days.values()].flatMap((rows) => {
    const [first] = rows;
    if (!first) return [];
    const { assistant, reporter, day } = first;
    const statesAt = (snapshotMs: number) => rows.map((row) => dayState(row, { org, source: 'report', snapshotMs }));
    return [{ assistant, reporter, bucketMs: noonOf(day), statesAt }];
  });
}

const plus = (a: number | null, b: number | null): number | null =>
  a === null && b === null ? null : (a ?? 0) + (b ?? 0);

/** A report that names the same thing twice means both. */
export function addAlike(usages: readonly DayUsage[]): DayUsage[] {
  const rows = new Map<string, DayUsage>();
  for (const usage of usages) {
    const name = JSON.stringify([usage.day, usage.reporter, usage.key]);
    const known = rows.get(name);
    rows.set(name, known ? sumOf(known, usage) : usage);
  }
  return [...rows.values()];
}

const sumOf = (a: DayUsage, b: DayUsage): DayUsage => ({
  ...a,
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
  cacheWrite5mTokens: a.cacheWrite5mTokens + b.cacheWrite5mTokens,
  cacheWrite1hTokens: a.cacheWrite1hTokens + b.cacheWrite1hTokens,
  requests: a.requests + b.requests,
  webSearches: plus(a.webSearches, b.webSearches),
  sessions: plus(a.sessions, b.sessions),
  reportedMicros: plus(a.reportedMicros, b.reportedMicros),
  billedMicros: plus(a.billedMicros, b.billedMicros),
});
