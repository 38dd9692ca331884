import type { ReportRow, Sql } from './sql.ts';

export type Unit = 'count' | 'tokens' | 'micro-dollars' | 'milliseconds';

/** What a figure means. The same text is the tooltip, the documentation and the API's description. */
export interface Metric {
  /** The figure's name in every answer. */
  key: string;
  title: string;
  definition: string;
  unit: Unit;
  /** What is divided by, for averages and shares; null for sums and counts. An empty denominator gives null. */
  denominator: string | null;
}

/** A metric that is one aggregate over the counted events of a group. */
export interface Aggregate extends Metric {
  /** An SQL aggregate that every engine reads alike. */
  select: Sql;
}

/** A column of a report's row as a number; sums over nothing are 0. */
export function numberOf(row: ReportRow | undefined, name: string): number {
  const value = row?.[name] ?? 0;
  return typeof value === 'number' ? value : Number(value);
}

/** Rounded to an integer; null without a denominator. */
export const ratio = (amount: number, by: number): number | null => (by === 0 ? null : Math.round(amount / by));

/** What a report's rows are grouped by: the value of a column, or the number of a bucket. */
export type GroupKey = string | number | null;

/** The column `grp` of a grouped report. */
export function groupKeyOf(row: ReportRow): GroupKey {
  const { grp = null } = row;
  return typeof grp === 'boolean' ? String(grp) : grp;
}
