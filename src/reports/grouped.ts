import type { Figures } from './figures.ts';
import { NO_FIGURES, figuresFrom } from './figures.ts';
import type { GroupId, Grouping } from './group.ts';
import { groupIdOf, nameOf, sessionsQuery, sumsQuery } from './group.ts';
import { numberOf, numberOrNull } from './metric.ts';
import { peopleAndSeats } from './people-and-seats.ts';
import { QUARTER_MS } from './period.ts';
import type { ReportRow } from './sql.ts';
import type { Totals } from './totals.ts';
import { NO_TOTALS, SUMS } from './totals.ts';
import type { Usage } from './usage.ts';

export interface Group extends GroupId {
  totals: Totals;
}

export interface GroupedTotals {
  groups: ReadonlyMap<string, Group>;
  /** Of the period, and of the one before: in no group, but in the whole. */
  unusedSeatMicros: readonly [number, number];
  /** Length of the period. */
  days: number;
}

/** Everything that is counted, of every group that has events, in both periods. */
export async function totalsBy(usage: Usage, grouping: Grouping = {}): Promise<GroupedTotals> {
  const run = (sql: Parameters<typeof usage.context.query>[0]): Promise<ReportRow[]> => usage.context.query(sql);
  const [{ people, seats }, sums, sessions] = await Promise.all([
    peopleAndSeats(usage, grouping),
    run(sumsQuery(usage, grouping)),
    run(sessionsQuery(usage, grouping)),
  ]);
  const days = (usage.period.quarters * QUARTER_MS) / 86_400_000;
  const groups = new Map<string, Group>();
  const groupFor = (id: GroupId): Totals => {
    const name = nameOf(id);
    const found = groups.get(name);
    if (found) return found.totals;
    const totals: Totals = { ...NO_TOTALS, days };
    groups.set(name, { ...id, totals });
    return totals;
  };
  const each = (rows: readonly ReportRow[], set: (totals: Totals, row: ReportRow) => void): void => {
    for (const row of rows) {
      const id = groupIdOf(row, grouping);
      if (id) set(groupFor(id), row);
    }
  };
  each(sums, addSums);
  each(sessions, (totals, row) => (totals.sessionIds = numberOf(row, 'sessions')));
  each(people, (totals, row) => {
    totals.people = numberOf(row, 'people');
    totals.activeDays = numberOf(row, 'days');
  });
  for (const share of seats.shares) {
    const totals = groupFor(share);
    totals.seatMicros = share.micros;
    totals.assumedSeatMicros = share.assumedMicros;
  }
  return { groups, unusedSeatMicros: seats.unused, days };
}

function addSums(totals: Totals, row: ReportRow): void {
  for (const name of Object.keys(SUMS) as (keyof typeof SUMS)[]) totals[name] = numberOf(row, `s_${name}`);
  totals.firstMs = numberOrNull(row, 's_firstMs');
  totals.lastMs = numberOrNull(row, 's_lastMs');
}

/** The whole of a period: with the seats that nobody used. */
export function wholeOf({ groups, unusedSeatMicros, days }: GroupedTotals, period: 0 | 1): Totals {
  const found = groups.get(nameOf({ period, bucket: 0, key: null }))?.totals ?? { ...NO_TOTALS, days };
  return { ...found, unusedSeatMicros: unusedSeatMicros[period] };
}

/** The figures of one group; those of nothing where it has no events. */
export function figuresOf({ groups }: GroupedTotals, id: GroupId): Figures {
  const found = groups.get(nameOf(id));
  return found ? figuresFrom(found.totals) : NO_FIGURES;
}
