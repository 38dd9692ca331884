import type { DuckDBConnection } from '@duckdb/node-api';
import { ACTIVITY_TABLES, EVENT_TABLES } from './names.ts';
import type { Place } from './table.ts';
import { transaction } from './transaction.ts';

/** As many as DuckDB puts into one row group: those are written to the file at once, not to the log first. */
const ROW_GROUP = 122_880;

/** Rows that a commit wants to remove are just being moved: it has to be tried again afterwards. */
export class RowsMoving extends Error {
  override readonly name = 'RowsMoving';
}

/**
 * Moves new rows to where they stay. The engine's checkpoint holds up all who write to the table that it is busy
 * with; since new rows only ever go to a small one, that takes no time. What is moved is put in an order that packs
 * well: an organisation's lane side by side.
 */
export class Keeper {
  readonly #connection: DuckDBConnection;
  readonly #limit: number;
  #fresh: number;
  #moving: Promise<void> | null = null;
  /** Rows were being moved when the commit that is under way began: where it finds them is where they were. */
  #wasMoving = false;

  private constructor(connection: DuckDBConnection, fresh: number, limit: number) {
    this.#connection = connection;
    this.#limit = limit;
    this.#fresh = fresh;
  }

  /** `connection` is for the keeper alone. */
  static async open(connection: DuckDBConnection, limit = ROW_GROUP): Promise<Keeper> {
    const counts = [EVENT_TABLES[0], ACTIVITY_TABLES[0]].map((table) => `(SELECT count(*) FROM ${table})`);
    const reader = await connection.runAndReadAll(`SELECT ${counts.join(' + ')}`);
    return new Keeper(connection, Number(reader.getRowsJS()[0]?.[0]), limit);
  }

  /** So many new rows have been committed. */
  added(rows: number): void {
    this.#fresh += rows;
  }

  get isDue(): boolean {
    return this.#fresh >= this.#limit && this.#moving === null;
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
    const fresh = this.#fresh;
    this.#moving = transaction(this.#connection, async () => {
      await this.#moveRows(EVENT_TABLES, 'org, day, lane, at_ms, hash');
      await this.#moveRows(ACTIVITY_TABLES, 'org, day, session_id, at_ms, hash');
    })
      .then(() => void (this.#fresh -= fresh))
      .finally(() => (this.#moving = null));
    return this.#moving;
  }

  async #moveRows([from, to]: readonly [string, string], order: string): Promise<void> {
    await this.#connection.run(`INSERT INTO ${to} SELECT * FROM ${from} ORDER BY ${order}`);
    await this.#connection.run(`DELETE FROM ${from}`);
  }
}
