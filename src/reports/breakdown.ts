import type { DateRange } from '../usage/dates.ts';
import { previous } from '../usage/dates.ts';
import { cost } from './cost.ts';
import type { Figures } from './figures.ts';
import { figuresBy } from './figures.ts';
import type { Filter } from './filter.ts';
import type { Query } from './sql.ts';
import { raw } from './sql.ts';

/** What usage can be broken down by, and the column that says it. */
export const DIMENSIONS = { model: 'model', project: 'project', user: 'actor', agent: 'agent' } as const;
export type Dimension = keyof typeof DIMENSIONS;

export interface BreakdownRow {
  /** Null: the events that do not say. */
  key: string | null;
  figures: Figures;
  /** The same key in the period before; null where it had no events. */
  previous: Figures | null;
}

/** The figures of every model, project, person or agent with events in the period, dearest first. */
export async function breakdown(
  query: Query,
  filter: Filter,
  range: DateRange,
  dimension: Dimension,
): Promise<BreakdownRow[]> {
  const column = raw(DIMENSIONS[dimension]);
  const [present, before] = await Promise.all([
    figuresBy(query, filter, range, column),
    figuresBy(query, filter, previous(range), column),
  ]);
  return [...present]
    .map(([key, figures]) => ({ key: key === null ? null : String(key), figures, previous: before.get(key) ?? null }))
    .sort((a, b) => costOf(b) - costOf(a) || (String(a.key) < String(b.key) ? -1 : 1));
}

const costOf = ({ figures }: BreakdownRow): number => figures[cost.key] ?? 0;
