import type { DuckDBConnection } from '@duckdb/node-api';
import { BIGINT, LIST, UBIGINT, listValue } from '@duckdb/node-api';
import type { Kind } from '../kinds.ts';
import { kindKey } from '../kinds.ts';
import type { ColumnReader } from '../rows.ts';
import { SLICE_KEYS, SLICE_MEASURES, slicesOf } from '../slices.ts';
import { StaleDays } from '../stale-days.ts';
import { appendRows } from './table.ts';
import { transaction } from './transaction.ts';

/** Lanes' days made anew in one transaction. */
const LANES_AT_ONCE = 20_000;
/** Events of whole days made anew in one transaction: what the engine has to hold at once. */
const EVENTS_AT_ONCE = 250_000;

/** Days made anew together, or one day in several parts. */
interface Span {
  first: number;
  last: number;
  parts: number;
}

function spansOf(days: readonly number[], eventsOf: (day: number) => number): Span[] {
  const spans: Span[] = [];
  let events = 0;
  for (const day of days) {
    const span = spans[spans.length - 1];
    events += eventsOf(day);
    if (span?.last === day - 1 && events <= EVENTS_AT_ONCE) span.last = day;
    else {
      events = eventsOf(day);
      spans.push({ first: day, last: day, parts: Math.ceil((events + 1) / EVENTS_AT_ONCE) });
    }
  }
  return spans;
}

const COLUMNS = [...SLICE_KEYS, ...SLICE_MEASURES].join(', ');

const KIND_READERS: readonly ColumnReader<Kind>[] = [
  { column: { name: 'org', kind: 'text' }, read: ({ org }) => org },
  { column: { name: 'day', kind: 'integer' }, read: ({ day }) => day },
  { column: { name: 'assistant', kind: 'text' }, read: ({ assistant }) => assistant },
  { column: { name: 'tier', kind: 'text', nullable: true }, read: ({ tier }) => tier },
  { column: { name: 'granularity', kind: 'text' }, read: ({ granularity }) => granularity },
];

/** Runs work at a moment when no commit is under way. */
type BetweenCommits = (work: () => void) => Promise<void>;

/**
 * Keeps the table `usage_slice` equal to the slices of all events, by making those anew whose lanes were written to.
 * Which these are is known exactly in memory, and by day on disk: a mark is written with the first event of a day
 * and taken back once its slices are right, so that after a crash the marked days are made anew as a whole.
 */
export class SliceTable {
  readonly #connection: DuckDBConnection;
  #stale = new StaleDays();
  /** All that are in the table `usage_kind`, which keeps those too that no event has any more. */
  readonly #kinds: Set<string>;
  /** Numbers the marks, so that those of later writes outlive a refresh. */
  #mark: number;
  /** Days with a mark of this number. */
  #marked = new Set<number>();
  #round: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  private constructor(connection: DuckDBConnection, mark: number, kinds: Set<string>) {
    this.#connection = connection;
    this.#mark = mark;
    this.#kinds = kinds;
  }

  /** `connection` is for this table alone. */
  static async open(connection: DuckDBConnection): Promise<SliceTable> {
    const reader = await connection.runAndReadAll('SELECT day, max(mark) FROM slice_stale GROUP BY day');
    const rows = reader.getRowsJS() as [bigint, bigint][];
    const mark = 1 + rows.reduce((most, [, last]) => Math.max(most, Number(last)), 0);
    const kinds = await connection.runAndReadAll('SELECT org, day, assistant, tier, granularity FROM usage_kind');
    const known = (kinds.getRowObjectsJS() as (Omit<Kind, 'day'> & { day: bigint })[]).map((kind) =>
      kindKey({ ...kind, day: Number(kind.day) }),
    );
    const table = new SliceTable(connection, mark, new Set(known));
    table.#stale.addWhole(rows.map(([day]) => Number(day)));
    return table;
  }

  /** Rises with each kind of events that is new. */
  get kinds(): number {
    return this.#kinds.size;
  }

  get isStale(): boolean {
    return !this.#stale.isEmpty;
  }

  /**
   * Marks what is touched in the writer's open transaction. The function returned is to be called once that is
   * committed, before anything else is done.
   */
  async mark(writing: DuckDBConnection, touched: StaleDays): Promise<() => void> {
    const days = touched.days().filter((day) => !this.#marked.has(day));
    if (days.length > 0)
      await writing.run(
        `INSERT INTO slice_stale SELECT unnest($1), ${this.#mark}`,
        [listValue(days.map(BigInt))],
        [LIST(BIGINT)],
      );
    const kinds = new Map(touched.kinds.map((kind) => [kindKey(kind), kind]));
    for (const key of kinds.keys()) if (this.#kinds.has(key)) kinds.delete(key);
    await appendRows(writing, 'usage_kind', KIND_READERS, [...kinds.values()]);
    return () => {
      for (const day of days) this.#marked.add(day);
      for (const key of kinds.keys()) this.#kinds.add(key);
      this.#stale.addAll(touched);
    };
  }

  /** Resolves when all that was committed before the call is in the table. */
  async refresh(between: BetweenCommits): Promise<void> {
    if (this.#round === null && this.#stale.isEmpty) return;
    // A round that runs has begun before; all who come meanwhile share the next.
    await (this.#round === null ? this.#start(between) : (this.#next ??= this.#after(this.#round, between)));
  }

  async #after(round: Promise<void>, between: BetweenCommits): Promise<void> {
    await round.catch(() => undefined);
    this.#next = null;
    await (this.#round ?? this.#start(between));
  }

  #start(between: BetweenCommits): Promise<void> {
    const round = this.#rebuild(between).finally(() => (this.#round = null));
    this.#round = round;
    return round;
  }

  async #rebuild(between: BetweenCommits): Promise<void> {
    let stale = new StaleDays();
    let mark = 0;
    await between(() => {
      [stale, this.#stale] = [this.#stale, stale];
      mark = this.#mark++;
      this.#marked = new Set();
    });
    try {
      await this.#rebuildWhole(stale.wholeDays());
      for (const group of stale.laneGroups(LANES_AT_ONCE)) await this.#rebuildLanes(group);
      await this.#connection.run(`DELETE FROM slice_stale WHERE mark <= ${mark}`);
    } catch (error) {
      this.#stale.addAll(stale);
      throw error;
    }
  }

  async #rebuildWhole(days: readonly number[]): Promise<void> {
    if (days.length === 0) return;
    const reader = await this.#connection.runAndReadAll(
      'SELECT day, count(*) FROM usage_event WHERE day IN (SELECT unnest($1)) GROUP BY day',
      [listValue(days.map(BigInt))],
      [LIST(BIGINT)],
    );
    const counts = new Map((reader.getRowsJS() as [bigint, bigint][]).map(([day, n]) => [Number(day), Number(n)]));
    for (const span of spansOf(days, (day) => counts.get(day) ?? 0)) await this.#rebuildSpan(span);
  }

  async #rebuildSpan({ first, last, parts }: Span): Promise<void> {
    for (let part = 0; part < parts; part++) {
      const inPart = parts === 1 ? '' : ` AND lane % ${parts} = ${part}`;
      await transaction(this.#connection, async () => {
        const wanted = `day BETWEEN ${first} AND ${last}`;
        await this.#connection.run(`DELETE FROM usage_slice WHERE ${wanted}${inPart}`);
        await this.#insert(`day BETWEEN ${first - 1} AND ${last}${inPart}`, wanted);
      });
    }
  }

  async #rebuildLanes(group: readonly { day: number; lane: bigint }[]): Promise<void> {
    const connection = this.#connection;
    await connection.run(
      'CREATE OR REPLACE TEMP TABLE wanted AS SELECT unnest($1) AS day, unnest($2) AS lane',
      [listValue(group.map(({ day }) => BigInt(day))), listValue(group.map(({ lane }) => lane))],
      [LIST(BIGINT), LIST(UBIGINT)],
    );
    const first = group[0]?.day ?? 0;
    const last = group[group.length - 1]?.day ?? 0;
    await transaction(connection, async () => {
      await connection.run(
        'DELETE FROM usage_slice USING wanted WHERE usage_slice.day = wanted.day AND usage_slice.lane = wanted.lane',
      );
      await this.#insert(
        `day BETWEEN ${first - 1} AND ${last} AND lane IN (SELECT lane FROM wanted)`,
        '(day, lane) IN (SELECT (day, lane) FROM wanted)',
      );
    });
  }

  async #insert(lookedAt: string, wanted: string): Promise<void> {
    const events = `(SELECT * FROM usage_event WHERE ${lookedAt})`;
    await this.#connection.run(`INSERT INTO usage_slice (${COLUMNS}) ${slicesOf(events, wanted)}`);
  }
}
