import type { Figures } from './figures.ts';
import { figuresFrom } from './figures.ts';
import type { Dimension } from './group.ts';
import { nameOf } from './group.ts';
import { totalsBy } from './grouped.ts';
import type { Totals } from './totals.ts';
import { NO_TOTALS } from './totals.ts';
import type { Trend } from './trend.ts';
import { trendOf } from './trend.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';
import { shownGroups } from './small-groups.ts';

export interface BreakdownRow {
  /** Null: the events that do not say, or the row of unused seats. */
  key: string | null;
  /** The row that stands for seats without events. */
  unusedSeats: boolean;
  figures: Figures;
  /** The same key in the period before; null where it had no events. */
  previous: Figures | null;
  trend: Trend | null;
  lastMs: number | null;
}

export interface Breakdown {
  rows: BreakdownRow[];
  /** Groups of so few people that they are left out of the organisation's view. */
  suppressed: number;
}

export interface BreakdownOptions {
  by: Dimension;
  /** Leave out groups of fewer than five people. */
  anonymous?: boolean;
}

/** The figures of every model, project, person … with events in the period, dearest first. */
export async function breakdown(question: Question, { by, anonymous = false }: BreakdownOptions): Promise<Breakdown> {
  const usage = await openUsage(question);
  const [{ groups, unusedSeatMicros, days }, [isShown, wasShown]] = await Promise.all([
    totalsBy(usage, { by }),
    anonymous ? shownGroups(question, by) : [null, null],
  ]);
  const present = [...groups.values()].filter(({ period }) => period === 0);
  const shown = isShown ? present.filter(({ key }) => isShown.has(key)) : present;
  const rows: BreakdownRow[] = shown.map(({ key, totals }) => {
    const may = wasShown === null || wasShown.has(key);
    const before = may ? groups.get(nameOf({ period: 1, bucket: 0, key }))?.totals : undefined;
    return {
      key,
      unusedSeats: false,
      figures: figuresFrom(totals),
      previous: before ? figuresFrom(before) : null,
      trend: may ? trendOf(totals, before) : null,
      lastMs: totals.lastMs,
    };
  });
  rows.sort(
    (a, b) => (b.figures.costMicros ?? 0) - (a.figures.costMicros ?? 0) || (String(a.key) < String(b.key) ? -1 : 1),
  );
  return { rows: [...rows, ...unusedRow(unusedSeatMicros, days)], suppressed: present.length - shown.length };
}

function unusedRow([now, before]: readonly [number, number], days: number): BreakdownRow[] {
  if (now === 0 && before === 0) return [];
  const figures = (unusedSeatMicros: number): Figures => {
    const totals: Totals = { ...NO_TOTALS, days, unusedSeatMicros };
    return figuresFrom(totals);
  };
  return [
    { key: null, unusedSeats: true, figures: figures(now), previous: figures(before), trend: null, lastMs: null },
  ];
}
