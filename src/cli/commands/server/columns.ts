import type { Context } from '../../context.ts';
import { print } from '../../output.ts';

/** Rows under a heading, each column as wide as its widest cell. */
export function printColumns(
  context: Context,
  heading: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): void {
  const table = [heading, ...rows.map((row) => row.map((cell) => (cell === null || cell === '' ? '–' : String(cell))))];
  const widths = heading.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  for (const row of table)
    print(
      context,
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

/** The day of a time; nothing for an open end. */
export const dayOf = (time: string | null): string => time?.slice(0, 10) ?? '';
