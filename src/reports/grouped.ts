import type { Figures } from './figures.ts';
import { NO_FIGURES, figuresFrom } from './figures.ts';
import type { GroupId, Grouping } from './group.ts';
import { groupIdOf, sessionsQuery, sumsQuery } from './group.ts';
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

/** Groups by what they stand for. */
class Groups {
  /** By period, bucket and key: a text made of all three would cost more than what is looked up. */
  readonly #known: [present: Map<number, ByKey>, before: Map<number, ByKey>] = [new Map(), new Map()];
  readonly #all: Group[] = [];

  get({ period, bucket, key }: GroupId): Group | undefined {
    return this.#known[period === 0 ? 0 : 1].get(bucket)?.get(key);
  }

  /** In the order in which they came. */
  values(): IterableIterator<Group> {
    return this.#all.values();
  }

  add(group: Group): void {
    const buckets = this.#known[group.period === 0 ? 0 : 1];
    const keys = buckets.get(group.bucket);
    if (keys) keys.set(group.key, group);
    else buckets.set(group.bucket, new Map([[group.key, group]]));
    this.#all.push(group);
  }
}
type ByKey = Map<string | null, Group>;

export interface GroupedTotals {
  groups: Pick<Groups, 'get' | 'values'>;
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
  const groups = new Groups();
  const groupFor = ({ period, bucket, key }: GroupId): Totals => {
    const found = groups.get({ period, bucket, key });
    if (found) return found.totals;
    const totals: Totals = { ...NO_TOTALS, days };
    groups.add({ period, bucket, key, totals });
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

const SUM_COLUMNS = (Object.keys(SUMS) as (keyof typeof SUMS)[]).map((name) => [name, `s_${name}`] as const);

function addSums(totals: Totals, row: ReportRow): void {
  for (const [name, column] of SUM_COLUMNS) totals[name] = numberOf(row, column);
  totals.firstMs = numberOrNull(row, 's_firstMs');
  totals.lastMs = numberOrNull(row, 's_lastMs');
}

/** The whole of a period: with the seats that nobody used. */
export function wholeOf({ groups, unusedSeatMicros, days }: GroupedTotals, period: 0 | 1): Totals {
  const found = groups.get({ period, bucket: 0, key: null })?.totals ?? { ...NO_TOTALS, days };
  return { ...found, unusedSeatMicros: unusedSeatMicros[period] };
}

/** The figures of one group; those of nothing where it has no events. */
export function figuresOf({ groups }: GroupedTotals, id: GroupId): Figures {
  const found = groups.get(id);
  return found ? figuresFrom(found.totals) : NO_FIGURES;
}
