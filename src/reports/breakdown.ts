import { costOf } from './figures/cost.ts';
import type { Dimension } from './group.ts';
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
  totals: Totals;
  /** The same key in the period before; null where it had no events. */
  previous: Totals | null;
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
    const before = may ? groups.get({ period: 1, bucket: 0, key })?.totals : undefined;
    return {
      key,
      unusedSeats: false,
      totals,
      previous: before ?? null,
      trend: may ? trendOf(totals, before) : null,
      lastMs: totals.lastMs,
    };
  });
  rows.sort((a, b) => costOf(b.totals) - costOf(a.totals) || (String(a.key) < String(b.key) ? -1 : 1));
  return { rows: [...rows, ...unusedRow(unusedSeatMicros, days)], suppressed: present.length - shown.length };
}

function unusedRow([now, before]: readonly [number, number], days: number): BreakdownRow[] {
  if (now === 0 && before === 0) return [];
  const totals = (unusedSeatMicros: number): Totals => ({ ...NO_TOTALS, days, unusedSeatMicros });
  return [{ key: null, unusedSeats: true, totals: totals(now), previous: totals(before), trend: null, lastMs: null }];
}
