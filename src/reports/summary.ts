import type { DateRange } from '../usage/dates.ts';
import { previous } from '../usage/dates.ts';
import type { Figures } from './figures.ts';
import { figuresOf } from './figures.ts';
import type { Filter } from './filter.ts';
import type { Query } from './sql.ts';

export interface PeriodFigures {
  range: DateRange;
  figures: Figures;
}

export interface Summary extends PeriodFigures {
  /** The period before: of equal length, ending where this one starts. */
  previous: PeriodFigures;
}

/** All figures of a period and of the one before it. */
export async function summary(query: Query, filter: Filter, range: DateRange): Promise<Summary> {
  const whole = async (period: DateRange): Promise<PeriodFigures> => {
    const bucket = { startMs: period.fromMs, endMs: period.toMs, label: '' };
    const [figures = {}] = await figuresOf(query, filter, period, [bucket]);
    return { range: period, figures };
  };
  const [present, before] = await Promise.all([whole(range), whole(previous(range))]);
  return { ...present, previous: before };
}
