import { z } from 'zod';
import type { Figures } from '../../../reports/figures.ts';
import { FIGURES } from '../../../reports/figures.ts';
import type { Metric } from '../../../reports/metric.ts';
import { TRENDS, usageTrend } from '../../../reports/trend.ts';
import type { DateRange } from '../../../usage/dates.ts';

/** Parts that the answers of several reports have in common. */

export function figureSchema({ definition, unit, whenEmpty }: Metric) {
  const number = z.number().describe(`${definition} Unit: ${unit}.`);
  return whenEmpty === null ? number.nullable() : number;
}

export const figures = z.object(Object.fromEntries(FIGURES.map((metric) => [metric.key, figureSchema(metric)])));
export const span = z.object({ from: z.string(), to: z.string() });
export const period = z.object({ ...span.shape, ...figures.shape });
export const trend = z.enum(TRENDS).nullable().describe(usageTrend.definition);
export const missing = z
  .record(z.string(), z.string())
  .describe('What an answer could not be made of, and how to connect it; empty where nothing is missing');

export const shownSpan = ({ fromMs, toMs }: Pick<DateRange, 'fromMs' | 'toMs'>): z.infer<typeof span> => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});
export const shownFigures = (values: Figures): z.infer<typeof figures> => values;
export const shownTime = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Fields of an answer that say what they mean, from a report's metrics. */
export function described(metrics: readonly Metric[]) {
  const text = (key: string): string => {
    const metric = metrics.find((one) => one.key === key);
    if (!metric) throw new Error(`${key} has no definition`);
    return `${metric.definition} Unit: ${metric.unit}.`;
  };
  return {
    count: (key: string) => z.number().describe(text(key)),
    orNull: (key: string) => z.number().nullable().describe(text(key)),
  };
}
