import { resolved } from './directory.ts';
import type { Filter } from './filter.ts';
import type { Dimension } from './group.ts';
import { DIMENSIONS } from './group.ts';
import { numberOf, textOf } from './metric.ts';
import { periodNumber } from './period.ts';
import type { ReportRow, Sql } from './sql.ts';
import { all, among, joined, raw, sql } from './sql.ts';
import type { Question, Usage } from './usage.ts';
import { openUsage } from './usage.ts';
import { SMALLEST_GROUP } from './visibility.ts';

/** Whom the organisation's view is silent about: how many people stand behind an answer, and behind each part of it. */

export const isSmall = (people: number): boolean => people > 0 && people < SMALLEST_GROUP;

/** People of the period, or of the one before, as far as the caller sees. */
export interface Behind {
  /** Who match the filter. */
  matching: number;
  /** Of those, who are known by single calls. */
  calls: number;
  /** Who would be added by leaving out one part of the filter, or make up one of its values: of all parts the fewest, but not none. */
  fewestApart: number | null;
}

const FILTERED = {
  assistants: 'assistant',
  teams: 'team',
  departments: 'department',
  organizations: 'organization',
  models: 'model',
  projects: 'project',
  repositories: 'repository',
  agents: 'agent',
} as const satisfies Partial<Record<keyof Filter, Dimension>>;
const OF_PEOPLE: readonly string[] = ['team', 'department'];

interface Part {
  column: string;
  values: readonly string[];
}

/** Who stand behind a question, in its period and in the one before. */
export async function peopleBehind(question: Question): Promise<readonly [Behind, Behind]> {
  const { org, visibility } = question.filter;
  const parts = partsOf(question.filter);
  const usage = await openUsage({ ...question, filter: visibility ? { org, visibility } : { org } });
  const rows = await usage.context.query(behindQuery(usage, parts));
  const of = (period: number): Behind => behindOf(rows.find((row) => Number(row.period) === period));
  return [of(0), of(1)];
}

export const partsOf = (filter: Filter): Part[] =>
  Object.entries(FILTERED).flatMap(([name, column]) => {
    const values = filter[name as keyof typeof FILTERED] ?? [];
    return values.length === 0 ? [] : [{ column, values: [...new Set(values)] }];
  });

function behindOf(row: ReportRow | undefined): Behind {
  const apart = Object.keys(row ?? {})
    .filter((name) => name.startsWith('apart_'))
    .map((name) => numberOf(row, name))
    .filter((people) => people > 0);
  return {
    matching: numberOf(row, 'matching'),
    calls: numberOf(row, 'calls'),
    fewestApart: apart.length === 0 ? null : Math.min(...apart),
  };
}

/** A row for each period; `apart_…`: who match all but one part, or all and one value of a part that has several. */
function behindQuery(usage: Usage, parts: readonly Part[]): Sql {
  const columns = parts.map(({ column }) => column).filter((column) => !OF_PEOPLE.includes(column));
  const cells = sql`(
    SELECT DISTINCT ${periodNumber(usage.period)} AS period, granularity, actor, ${usage.directory.slot} AS slot
      ${raw(columns.map((column) => `, ${column}`).join(''))}
    FROM usage_slice WHERE ${usage.filtered} AND actor IS NOT NULL)`;
  const people = resolved(cells, ['period', 'granularity', ...columns], usage.directory);
  const flags = parts.map(
    ({ column, values }, i) => sql`, CASE WHEN ${among(raw(column), values)} THEN 1 ELSE 0 END AS f${raw(String(i))}`,
  );
  const kept = parts.map(({ column }, i) => raw(`, ${column} AS c${i}`));
  const but = (left: number): Sql[] => parts.flatMap((_, i) => (i === left ? [] : [raw(`f${i} = 1`)]));
  const counted = (conditions: readonly Sql[], name: string): Sql =>
    sql`, count(DISTINCT CASE WHEN ${all(conditions)} THEN person END) AS ${raw(name)}`;
  const apart = parts.flatMap(({ values }, i) => [
    counted([...but(i), raw(`f${i} = 0`)], `apart_${i}`),
    ...(values.length === 1 ? [] : values).map((value, j) =>
      counted([...but(i), among(raw(`c${i}`), [value])], `apart_${i}_${j}`),
    ),
  ]);
  return sql`SELECT period ${counted(but(-1), 'matching')} ${counted([...but(-1), raw(`granularity = 'call'`)], 'calls')}
      ${joined(apart, '')}
    FROM (SELECT period, granularity, person ${joined([...flags, ...kept], '')} FROM ${people} AS named) AS flagged
    GROUP BY period`;
}

type Keys = ReadonlySet<string | null>;

/**
 * The groups that may be shown, of the period and of the one before: those of at least five people. Where all that are
 * left out are together fewer than five, what they used is the whole less what is shown: the smallest that could be
 * shown is then left out too. `calls`: by single calls alone.
 */
export async function shownGroups(
  question: Question,
  by: Dimension,
  { calls = false } = {},
): Promise<readonly [Keys, Keys]> {
  const usage = await openUsage(question);
  const { query } = usage.context;
  const people = peopleOf(usage, by, calls);
  const counts = (where: Sql, key: Sql): Sql =>
    sql`SELECT period, ${key} AS grp, count(DISTINCT person) AS people FROM ${people} AS named WHERE ${where} GROUP BY 1, 2`;
  const sizes = (await query(counts(raw('1 = 1'), raw('grp')))).map(sizeOf);
  const small = sizes.filter((one) => isSmall(one.people));
  const unions = small.length === 0 ? [] : (await query(counts(isOneOf(small), raw('NULL')))).map(sizeOf);
  return [shownOf(sizes, unions, 0), shownOf(sizes, unions, 1)];
}

interface Size {
  period: number;
  key: string | null;
  people: number;
}

const sizeOf = (row: ReportRow): Size => ({
  period: Number(row.period),
  key: textOf(row, 'grp'),
  people: numberOf(row, 'people'),
});

function shownOf(sizes: readonly Size[], unions: readonly Size[], period: 0 | 1): Keys {
  const large = sizes
    .filter((one) => one.period === period && one.people >= SMALLEST_GROUP)
    .sort((a, b) => b.people - a.people);
  const union = unions.find((one) => one.period === period)?.people ?? 0;
  return new Set((isSmall(union) ? large.slice(0, -1) : large).map(({ key }) => key));
}

/** Relation (period, grp, person). */
function peopleOf(usage: Usage, by: Dimension, calls: boolean): Sql {
  const column = DIMENSIONS[by];
  const ofPeople = OF_PEOPLE.includes(column) || by === 'user';
  const cells = sql`(
    SELECT DISTINCT ${periodNumber(usage.period)} AS period, ${raw(ofPeople ? `''` : column)} AS sliced, actor,
      ${usage.directory.slot} AS slot
    FROM usage_slice WHERE ${usage.filtered} AND actor IS NOT NULL ${raw(calls ? `AND granularity = 'call'` : '')})`;
  const named = resolved(cells, ['period', 'sliced'], usage.directory);
  return sql`(SELECT DISTINCT period, ${raw(ofPeople ? column : 'sliced')} AS grp, person FROM ${named} AS named)`;
}

function isOneOf(groups: readonly Size[]): Sql {
  const of = (period: number): Sql[] => {
    const keys = groups.filter((one) => one.period === period).map(({ key }) => key);
    const texts = keys.filter((key) => key !== null);
    const conditions = [
      ...(texts.length === 0 ? [] : [among(raw('grp'), texts)]),
      ...(keys.includes(null) ? [raw('grp IS NULL')] : []),
    ];
    return conditions.length === 0 ? [] : [sql`(period = ${raw(String(period))} AND (${joined(conditions, ' OR ')}))`];
  };
  return sql`(${joined([...of(0), ...of(1)], ' OR ')})`;
}

/**
 * Of cells that add up along lines, those that may not be shown: of fewer than five people, and, on a line where
 * nothing else is left out, the smallest other cell, so that none can be told from the line's sum.
 */
export function withheldCells<Cell>(
  cells: readonly Cell[],
  peopleOf: (cell: Cell) => number,
  linesOf: (cell: Cell) => readonly string[] = () => [''],
): ReadonlySet<Cell> {
  const withheld = new Set(cells.filter((cell) => isSmall(peopleOf(cell))));
  const lines = new Map<string, Cell[]>();
  for (const cell of cells)
    for (const line of linesOf(cell)) {
      const found = lines.get(line);
      if (found) found.push(cell);
      else lines.set(line, [cell]);
    }
  for (const line of lines.values()) {
    const left = line.filter((cell) => withheld.has(cell));
    if (left.length === 0 || left.some((cell) => peopleOf(cell) >= SMALLEST_GROUP)) continue;
    const [smallest] = line
      .filter((cell) => peopleOf(cell) >= SMALLEST_GROUP)
      .sort((a, b) => peopleOf(a) - peopleOf(b));
    if (smallest !== undefined) withheld.add(smallest);
  }
  return withheld;
}
