import { Chalk } from 'chalk';
import type { ChalkInstance } from 'chalk';
import type { Context } from './context.ts';

/** Colours where they are wanted. */
export const styleOf = ({ io }: Pick<Context, 'io'>): ChalkInstance => new Chalk({ level: io.color ? 1 : 0 });

/** Two columns, the first as wide as its widest; rows without a second part are left out. */
export function pairs(rows: readonly (readonly [label: string, value: string | null])[], indent = '  '): string[] {
  const shown = rows.filter((row): row is [string, string] => row[1] !== null);
  const width = Math.max(0, ...shown.map(([label]) => label.length));
  return shown.map(([label, value]) => `${indent}${label.padEnd(width)}  ${value}`);
}
