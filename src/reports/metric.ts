import type { ReportRow } from './sql.ts';
import type { Totals } from './totals.ts';

export type Unit = 'count' | 'tokens' | 'micro-dollars' | 'milliseconds' | 'ratio' | 'percent';

/** What a figure means. The same text is the tooltip, the documentation and the API's description. */
export interface Metric {
  /** The figure's name in every answer. */
  key: string;
  title: string;
  definition: string;
  unit: Unit;
  /** What is divided by, for averages and shares; null for sums and counts. */
  denominator: string | null;
  /** What stands where there is nothing to count or to divide by. */
  whenEmpty: 0 | null;
}

/** A metric that every group of usage has. */
export interface Figure extends Metric {
  of: (totals: Totals) => number | null;
}

/** A column of a report's row as a number; sums over nothing are 0. */
export function numberOf(row: ReportRow | undefined, name: string): number {
  const value = row?.[name] ?? 0;
  return typeof value === 'number' ? value : Number(value);
}

/** Null for null. */
export const numberOrNull = (row: ReportRow, name: string): number | null =>
  row[name] === null || row[name] === undefined ? null : Number(row[name]);

/** Null for null. */
export const textOf = (row: ReportRow, name: string): string | null => {
  const value = row[name] ?? null;
  return value === null ? null : String(value);
};

/** Null without a denominator. */
export const ratio = (amount: number, by: number): number | null => (by === 0 ? null : amount / by);

/** A ratio of something counted in whole units: tokens, milliseconds, micro-dollars. */
export const average = (amount: number, by: number): number | null => (by === 0 ? null : Math.round(amount / by));
