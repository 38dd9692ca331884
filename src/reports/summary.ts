import type { DateRange } from '../usage/dates.ts';
import type { Figures } from './figures.ts';
import { figuresFrom } from './figures.ts';
import { totalsBy, wholeOf } from './grouped.ts';
import type { Trend } from './trend.ts';
import { trendOf } from './trend.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';

export interface PeriodFigures {
  range: DateRange;
  figures: Figures;
}

export interface Summary extends PeriodFigures {
  /** The period before: of equal length, ending where this one starts. */
  previous: PeriodFigures;
  trend: Trend | null;
}

/** All figures of a period and of the one before it. */
export async function summary(question: Question): Promise<Summary> {
  const usage = await openUsage(question);
  const totals = await totalsBy(usage);
  const [present, before] = [wholeOf(totals, 0), wholeOf(totals, 1)];
  return {
    range: usage.period.range,
    figures: figuresFrom(present),
    previous: { range: usage.period.previous, figures: figuresFrom(before) },
    trend: trendOf(present, before),
  };
}
