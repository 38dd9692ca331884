export interface Summary {
  from: string;
  to: string;
  previous: Summary;
}

/** A figure of a summary, a point or a row, whatever else it holds. */
export function figureOf(row: object | null | undefined, key: string): number | null {
  const value: unknown = row === null || row === undefined ? null : (row as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'number' ? value : null;
}

/** A text of a row. */
export function textOf(row: object, key: string): string | null {
  const value: unknown = (row as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'string' ? value : null;
}

export interface Point {
  label: string;
  /** Of what the point is, where points are divided. */
  key?: string | null;
  /** All that has no series of its own, together. */
  rest?: boolean;
  from: string;
  to: string;
  previous: object;
}

export interface Timeseries {
  from: string;
  to: string;
  tz: string;
  interval: string;
  points: readonly Point[];
}

/** A row of a list: its own key beside all figures. */
export type Row = Readonly<Record<string, unknown>>;

export interface Rows {
  from: string;
  to: string;
  rows: readonly Row[];
  /** Of a list that was asked for in part: where it goes on. */
  nextCursor?: string | null;
}

export const previousOf = (row: Row | object): object | null => {
  const { previous } = row as { previous?: unknown };
  return typeof previous === 'object' ? previous : null;
};
