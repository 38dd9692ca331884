import type { EventState } from '../../usage/event.ts';
import type { ObservationInput } from '../../usage/merge.ts';
import type { UsageRow } from '../cursor/usage-row.ts';
import type { Places } from './cells.ts';
import { columnName } from './cells.ts';

/** What a file does not say of itself. */
export interface ImportHints {
  /** Whose usage it is, where the file names nobody: an e-mail. */
  user: string | null;
  /** Of totals without days; UTC days, the end exclusive. */
  period: { fromDay: number; toDay: number } | null;
  nowMs: number;
  /** Whose events are of an Anthropic API key, by the key's name: a person's, else the key's own. */
  actorOfKey: (name: string) => string;
}

/** One usage that a row speaks of. */
export type CsvUsage =
  /** A row of Cursor's; which of several alike it is, is only known beside them. */
  | { kind: 'cursor'; row: UsageRow; exact: boolean }
  | { kind: 'observed'; input: Omit<ObservationInput, 'org' | 'source'> }
  /** From our own export, as it was stored. */
  | { kind: 'stored'; state: Omit<EventState, 'org'> };

/** What of a row is worth saying though it is no fault. */
export type Remark =
  /** Of a product that is no coding assistant: left out. */
  | 'other-products'
  /** Cannot be known for the row that Cursor's API has. */
  | 'no-milliseconds'
  /** Its tokens do not add up to its total. */
  | 'totals-differ'
  /** The same day, person and model as a row before it, with other figures: the larger ones stand. */
  | 'repeated';

export interface ReadUsage {
  usages: readonly CsvUsage[];
  remark?: Remark;
}

export interface CsvFormat {
  /** `cursor-usage` */
  id: string;
  /** For people. */
  name: string;
  /** Totals without days: the period has to be said. */
  totals?: boolean;
  /** Whether a file with such a header names nobody, so that the user has to be said. */
  anonymous?: (names: ReadonlySet<string>) => boolean;
  /** Names of columns that are read, and of those that are left out on purpose. */
  known: readonly string[];
  /** By the names of a header's columns, as `columnName` gives them. */
  recognises: (names: ReadonlySet<string>) => boolean;
  /** @throws RowProblem, row by row */
  reader: (header: Header, hints: ImportHints) => (cells: readonly string[]) => ReadUsage;
}

export interface Header {
  titles: readonly string[];
  /** Decimals are written with a comma. */
  comma: boolean;
}

/** A format's columns, each with the names it has gone by. */
export type Columns<Column extends string> = Readonly<Record<Column, readonly string[]>>;

export function placesOf<Column extends string>(columns: Columns<Column>, titles: readonly string[]): Places<Column> {
  const names = titles.map(columnName);
  const place = (aliases: readonly string[]): number => names.findIndex((name) => aliases.includes(name));
  // Every key of `columns` is mapped, and no other.
  return Object.fromEntries(
    Object.entries<readonly string[]>(columns).map(([column, aliases]) => [column, place(aliases)]),
  ) as Places<Column>;
}

/** Whether a header has each of these columns under one of its names. */
export const hasAll = <Column extends string>(
  columns: Columns<Column>,
  needed: readonly Column[],
  names: ReadonlySet<string>,
): boolean => needed.every((column) => columns[column].some((name) => names.has(name)));

export const namesOf = (columns: Columns<string>): string[] => Object.values(columns).flat();
