import { BoundedMap } from './bounded-map.ts';
import type { PriceRow } from './price-table.ts';
import type { Assistant } from './event.ts';

/** Which rows of the price table a model's name means. */
export type RowsOf<Row> = (assistant: Assistant, model: string) => readonly Row[];

interface Entry<Row> {
  source: PriceRow;
  row: Row;
  patterns: readonly RegExp[];
}

// Model names come from the wire. The longest known (Bedrock profile ARNs) stay under 160 characters.
const MAX_LENGTH = 200;
const REMEMBERED = 2_000;

/**
 * A function from assistant and model name to rows, most specific first: rows of that exact name, else with such an
 * alias, else with a matching pattern. Which of them holds on a day is for the caller. `make` turns a row of the
 * table into what is wanted of it, once.
 */
export function matchRows<Row>(rows: readonly PriceRow[], make: (row: PriceRow) => Row): RowsOf<Row> {
  const entries = rows
    .toSorted(bySpecificity)
    .map((source) => ({ source, row: make(source), patterns: regexes(source) }));
  // "auto" or "default" are models of Cursor alone; elsewhere they are settings.
  const foreign = entries.filter(({ source }) => source.provider !== 'cursor');
  const known = { cursor: remembering(entries), others: remembering(foreign) };
  return (assistant, model) => (assistant === 'cursor' ? known.cursor(model) : known.others(model));
}

function remembering<Row>(entries: readonly Entry<Row>[]): (model: string) => readonly Row[] {
  const cache = new BoundedMap<string, readonly Row[]>(REMEMBERED);
  return (model) => (model.length > MAX_LENGTH ? [] : cache.getOr(model, () => lookUp(entries, model)));
}

function lookUp<Row>(entries: readonly Entry<Row>[], model: string): readonly Row[] {
  const name = model.trim().replace(/\[1m\]$/i, '');
  for (const candidate of [name, cloudModel(name)]) {
    if (candidate === null) continue;
    for (const matches of [byName, byAlias, byPattern]) {
      const found = entries.filter((entry) => matches(entry, candidate));
      if (found.length > 0) return found.map((entry) => entry.row);
    }
  }
  return [];
}

const byName = (entry: Entry<unknown>, name: string): boolean => entry.source.model === name;
const byAlias = (entry: Entry<unknown>, name: string): boolean => entry.source.aliases.includes(name);
const byPattern = (entry: Entry<unknown>, name: string): boolean =>
  entry.patterns.some((pattern) => pattern.test(name));

/** The model of a Bedrock id or profile ARN (`us.anthropic.claude-…-v1:0`) or of `anthropic/claude-…`. */
function cloudModel(name: string): string | null {
  const match = /^(?:arn:[^/]*\/)?(?:[a-z-]{2,10}\.)?anthropic[./]([^/]*)$/.exec(name);
  return match?.[1]?.replace(/-v\d+(?::\d+)?$/, '') ?? null;
}

/** `gpt-5.1-codex-max` before `gpt-5.1-codex`, whose pattern takes `-max` for an effort. */
const bySpecificity = (a: PriceRow, b: PriceRow): number =>
  b.model.length - a.model.length || longestPattern(b) - longestPattern(a);

const longestPattern = (row: PriceRow): number => Math.max(0, ...row.patterns.map((pattern) => pattern.length));

const regexes = (row: PriceRow): RegExp[] => [
  ...row.patterns.map((source) => new RegExp(source)),
  ...(row.patternsIgnoreCase ?? []).map((source) => new RegExp(source, 'i')),
];
