import type { Query } from '../../reports/sql.ts';
import { integer, sql, text } from '../../reports/sql.ts';
import type { DailyFigure } from '../../usage/daily-figure.ts';
import type { PullRequest } from '../../usage/pull-request.ts';

/** What a reading brings that the store has not: the rest need not be written. */

/** Figures of the reporters' days that are not as they are stored, whole days at a time. */
export async function changedFigures(
  query: Query,
  org: string,
  figures: readonly DailyFigure[],
): Promise<DailyFigure[]> {
  const changed: DailyFigure[] = [];
  for (const [reporter, own] of grouped(figures, (figure) => figure.reporter)) {
    const days = own.map(({ day }) => day);
    const rows = await query(
      sql`SELECT day, actor, name, value FROM daily_figure WHERE org = ${text(org)} AND reporter = ${text(reporter)}
        AND day >= ${integer(Math.min(...days))} AND day <= ${integer(Math.max(...days))}`,
    );
    const line = (actor: unknown, name: unknown, value: unknown): string => JSON.stringify([actor, name, value]);
    const stored = grouped(rows, (row) => String(row.day));
    for (const [day, ofDay] of grouped(own, (figure) => String(figure.day))) {
      const before = (stored.get(day) ?? []).map((row) => line(row.actor, row.name, row.value)).sort();
      const after = ofDay.map(({ actor, name, value }) => line(actor, name, value)).sort();
      if (before.join('\n') !== after.join('\n')) changed.push(...ofDay);
    }
  }
  return changed;
}

/** Pull requests that say something else than is stored of them. */
export async function changedPullRequests(
  query: Query,
  org: string,
  rows: readonly PullRequest[],
): Promise<PullRequest[]> {
  if (rows.length === 0) return [];
  const times = rows.map(({ mergedAtMs }) => mergedAtMs);
  const stored = await query(
    sql`SELECT repository, number, merged_at_ms, actor, email, is_bot, additions, deletions, commits, commit_tools, other_tools
      FROM pull_request WHERE org = ${text(org)}
      AND merged_at_ms >= ${integer(Math.min(...times))} AND merged_at_ms <= ${integer(Math.max(...times))}`,
  );
  const known = new Set(stored.map((row) => JSON.stringify(COLUMNS.map((name) => row[name]))));
  return rows.filter((row) => !known.has(JSON.stringify(valuesOf(row))));
}

const COLUMNS = [
  ...['repository', 'number', 'merged_at_ms', 'actor', 'email', 'is_bot'],
  ...['additions', 'deletions', 'commits', 'commit_tools', 'other_tools'],
];

/** In the order of COLUMNS. */
const valuesOf = (row: PullRequest): unknown[] => [
  ...[row.repository, row.number, row.mergedAtMs, row.actor, row.email, row.isBot],
  ...[row.additions, row.deletions, row.commits, row.commitTools.join(','), row.otherTools.join(',')],
];

function grouped<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}
