import { resolved } from './directory.ts';
import { shownGroups } from './small-groups.ts';
import type { ReportRow } from './sql.ts';
import { joined, raw, sql } from './sql.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';

const COLUMNS = ['assistant', 'organization', 'model', 'project', 'repository', 'agent'] as const;

export type FilterValues = Readonly<
  Record<(typeof COLUMNS)[number] | 'user' | 'team' | 'department', readonly string[]>
>;

/** The most values of one kind. */
export const MOST_CHOICES = 2_000;

/** What there is to choose from in the period; `anonymous`: of what is used by at least five people each. */
export async function filterValues(question: Question, { anonymous = false } = {}): Promise<FilterValues> {
  const { org, visibility } = question.filter;
  const filter = visibility === undefined ? { org } : { org, visibility };
  const usage = await openUsage({ ...question, filter }, { withoutPrevious: true });
  const { query } = usage.context;
  const values = joined(
    COLUMNS.map(
      (column) =>
        sql`SELECT DISTINCT ${raw(`'${column}'`)} AS kind, ${raw(column)} AS choice FROM usage_slice WHERE ${usage.filtered}`,
    ),
    ' UNION ALL ',
  );
  const actors = sql`(SELECT DISTINCT actor, ${usage.directory.slot} AS slot FROM usage_slice WHERE ${usage.filtered})`;
  const [found, people] = await Promise.all([
    query(sql`SELECT kind, choice FROM (${values}) AS choices WHERE choice IS NOT NULL ORDER BY kind, choice`),
    query(sql`SELECT DISTINCT person, team, department FROM ${resolved(actors, [], usage.directory)} AS people`),
  ]);
  const of = (rows: readonly ReportRow[], column: string): string[] =>
    [...new Set(rows.flatMap((row) => (row[column] === null ? [] : [String(row[column])])))]
      .sort()
      .slice(0, MOST_CHOICES);
  const listed = Object.fromEntries(
    COLUMNS.map((column) => [
      column,
      of(
        found.filter(({ kind }) => kind === column),
        'choice',
      ),
    ]),
  ) as Record<(typeof COLUMNS)[number], string[]>;
  const all = { ...listed, user: of(people, 'person'), team: of(people, 'team'), department: of(people, 'department') };
  return anonymous ? await withoutFew({ ...question, filter }, all) : all;
}

async function withoutFew(question: Question, all: FilterValues): Promise<FilterValues> {
  const kept = await Promise.all(
    ([...COLUMNS, 'team', 'department'] as const).map(async (name) => {
      const [shown] = await shownGroups(question, name);
      return [name, all[name].filter((value) => shown.has(value))] as const;
    }),
  );
  return { ...all, user: [], ...Object.fromEntries(kept) };
}
