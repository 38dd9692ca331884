import type { DuckDBConnection } from '@duckdb/node-api';
import { ACTIVITY_TABLES, EVENT_TABLES } from './names.ts';
import type { Place } from './table.ts';
import { writeTransaction } from './transaction.ts';

/** Rows of DuckDB's row groups: whole ones are written to the file at once, not to the log first. */
const ROW_GROUP = 122_880;

/** Rows that a commit wants to remove are just being moved: it has to be tried again afterwards. */
export class RowsMoving extends Error {
  override readonly name = 'RowsMoving';
}

/** Numbers of rows. */
export interface RowCounts {
  events: number;
  activities: number;
}

/**
 * Moves new rows to where they stay. The engine's checkpoint holds up all who write to the table that it is busy
 * with; since new rows only ever go to a small one, that takes no time. What is moved is put in an order that packs
 * well: an organisation's lane side by side. It always fills whole row groups: a checkpoint makes neighbours that are
 * not full into fewer, which means writing hundreds of thousands of rows again while everybody waits.
 */
export class Keeper {
  readonly #connection: DuckDBConnection;
  readonly #portion: number;
  readonly #fresh: RowCounts;
  #moving: Promise<void> | null = null;
  /** Rows were being moved when the commit that is under way began: where it finds them is where they were. */
  #wasMoving = false;

  private constructor(connection: DuckDBConnection, fresh: RowCounts, portion: number) {
    this.#connection = connection;
    this.#fresh = fresh;
    this.#portion = portion;
  }

  /** `connection` is for the keeper alone; `portion` rows are moved at once, or so many times that. */
  static async open(connection: DuckDBConnection, portion = ROW_GROUP): Promise<Keeper> {
    const events = await countOf(connection, EVENT_TABLES[0]);
    const activities = await countOf(connection, ACTIVITY_TABLES[0]);
    return new Keeper(connection, { events, activities }, portion);
  }

  /** So many new rows have been committed. */
  added({ events, activities }: RowCounts): void {
    this.#fresh.events += events;
    this.#fresh.activities += activities;
  }

  get isDue(): boolean {
    return this.#moving === null && Math.max(this.#fresh.events, this.#fresh.activities) >= this.#portion;
  }

  /** To be called before a commit opens its transaction. */
  commitBegins(): void {
    this.#wasMoving = this.#moving !== null;
  }

  /** @throws RowsMoving where the commit has found some of these before they were moved; see `settled` */
  readonly beforeRemoval = (places: readonly Place[]): void => {
    if (this.#wasMoving && places.some(({ table }) => table === EVENT_TABLES[0]))
      throw new RowsMoving('these rows are being moved');
  };

  /** Resolves when none are being moved. */
  async settled(): Promise<void> {
    await this.#moving?.catch(() => undefined);
  }

  /** To be called between two commits. */
  move(): Promise<void> {
    // Counted anew each time: rows that are amended or forgotten while they are new go without a word. What is
    // committed before the counting counts twice until the next.
    const before = { ...this.#fresh };
    this.#fresh.events = 0;
    this.#fresh.activities = 0;
    this.#moving = writeTransaction(this.#connection, async () => ({
      events: await this.#moveRows(EVENT_TABLES, 'org, day, lane, at_ms, hash'),
      activities: await this.#moveRows(ACTIVITY_TABLES, 'org, day, session_id, at_ms, hash'),
    }))
      .then(
        (left) => this.added(left),
        (error: unknown) => {
          this.added(before);
          throw error;
        },
      )
      .finally(() => (this.#moving = null));
    return this.#moving;
  }

  /** Moves the oldest rows; answers how many. */
  async #moveRows([from, to]: readonly [string, string], order: string): Promise<number> {
    const fresh = await countOf(this.#connection, from);
    if (fresh < this.#portion) return 0;
    const begun = (await rowsOfLastGroup(this.#connection, to)) % this.#portion;
    const rows = Math.floor((begun + fresh) / this.#portion) * this.#portion - begun;
    const next = `SELECT rowid FROM ${from} ORDER BY rowid LIMIT 1 OFFSET ${rows}`;
    const [[end] = []] = (await this.#connection.runAndReadAll(next)).getRowsJS() as [bigint?][];
    const oldest = end === undefined ? '' : `WHERE rowid < ${end}`;
    await this.#connection.run(`INSERT INTO ${to} SELECT * FROM ${from} ${oldest} ORDER BY ${order}`);
    await this.#connection.run(`DELETE FROM ${from} ${oldest}`);
    return fresh - rows;
  }
}

async function countOf(connection: DuckDBConnection, table: string): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${table}`);
  return Number(reader.getRowsJS()[0]?.[0]);
}

async function rowsOfLastGroup(connection: DuckDBConnection, table: string): Promise<number> {
  const reader = await connection.runAndReadAll(
    `SELECT sum(count) FROM pragma_storage_info('${table}')
     WHERE column_name = 'day' AND segment_type <> 'VALIDITY' GROUP BY row_group_id ORDER BY row_group_id DESC LIMIT 1`,
  );
  return Number(reader.getRowsJS()[0]?.[0] ?? 0);
}
