import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { EventState } from '../../usage/event.ts';
import { EVENT_COLUMNS } from '../columns.ts';
import { eventOf } from '../rows.ts';
import { storeHash } from '../../usage/identity.ts';
import type { ReportRow, Sql } from '../../reports/sql.ts';
import type { ControlRecord, Pricer, Store, WriteBatch, Written } from '../store.ts';
import { ControlConflict, StoreUnavailable } from '../store.ts';
import { writeBatch } from './commit.ts';
import { appendControl, readControl } from './control.ts';
import { ConnectionPool } from './pool.ts';
import { runSql } from './query.ts';
import { rowsBy } from './table.ts';
import { CoalescingWriter } from './writer.ts';

/** Work for the one writing connection; each runs in the transaction of its commit. */
type Work = (connection: DuckDBConnection) => Promise<void>;
/** A batch, and once it is committed what came of it. */
interface Writing extends Written {
  batch: WriteBatch;
}
type Item = Writing | { work: Work };

export interface DuckdbStoreOptions {
  instance: DuckDBInstance;
  /** The only connection that writes. */
  writing: DuckDBConnection;
  price: Pricer;
  /** How many reports may run at once; more would starve ingest on a small machine. */
  readers: number;
}

const MAX_EVENTS_PER_COMMIT = 8192;

export class DuckdbStore implements Store {
  readonly #options: DuckdbStoreOptions;
  readonly #writer: CoalescingWriter<Item>;
  readonly #readers: ConnectionPool;
  #closed = false;

  constructor(options: DuckdbStoreOptions) {
    this.#options = options;
    this.#readers = new ConnectionPool(options.instance, options.readers);
    this.#writer = new CoalescingWriter<Item>({
      commit: (items) => this.#commit(items),
      maxWeight: MAX_EVENTS_PER_COMMIT,
      onIdle: () => this.#checkpoint(),
    });
  }

  async write(batch: WriteBatch): Promise<Written> {
    const { events, activities, snapshots = [] } = batch;
    const weight = events.length + activities.length + snapshots.length;
    const writing: Writing = { batch, incomplete: [] };
    if (weight > 0) await this.#enqueue(writing, weight);
    return { incomplete: writing.incomplete };
  }

  async find(org: string, ids: readonly string[]): Promise<EventState[]> {
    const wanted = new Set(ids);
    const hashes = ids.map((id) => storeHash(org, id));
    const rows = await this.#readers.use((connection) =>
      rowsBy(connection, 'usage_event', EVENT_COLUMNS, 'hash', hashes),
    );
    return rows.map(eventOf).filter((event) => event.org === org && wanted.has(event.id) && !event.derived);
  }

  query(sql: Sql): Promise<ReportRow[]> {
    return this.#readers.use((connection) => runSql(connection, sql));
  }

  readControl(): Promise<ControlRecord[]> {
    return this.#readers.use(readControl);
  }

  appendControl(records: readonly ControlRecord[]): Promise<void> {
    return this.#enqueue({ work: (connection) => appendControl(connection, records) }, 1);
  }

  async ready(): Promise<void> {
    if (this.#closed) throw new StoreUnavailable('the store is closed');
    await this.#enqueue({ work: async (connection) => void (await connection.run('SELECT 1')) }, 1);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writer.drain();
    await this.#readers.close();
    await this.#options.writing.run('CHECKPOINT').catch(() => undefined);
    this.#options.writing.closeSync();
    this.#options.instance.closeSync();
  }

  #enqueue(item: Item, weight: number): Promise<void> {
    if (this.#closed) return Promise.reject(new StoreUnavailable('the store is closed'));
    return this.#writer.write(item, weight);
  }

  async #commit(items: readonly Item[]): Promise<void> {
    const { writing, price } = this.#options;
    const writings = items.flatMap((item) => ('batch' in item ? [item] : []));
    const batch = {
      events: writings.flatMap(({ batch: { events } }) => events),
      activities: writings.flatMap(({ batch: { activities } }) => activities),
      snapshots: writings.flatMap(({ batch: { snapshots = [] } }) => snapshots),
    };
    await transaction(writing, async () => {
      if (writings.length > 0) {
        const { incomplete } = await writeBatch(writing, batch, price);
        for (const each of writings)
          each.incomplete = (each.batch.snapshots ?? []).filter((snapshot) => incomplete.includes(snapshot));
      }
      for (const item of items) if ('work' in item) await item.work(writing);
    });
  }

  // The write-ahead log is folded into the file when nobody waits for a commit.
  async #checkpoint(): Promise<void> {
    await this.#options.writing.run('CHECKPOINT').catch(() => undefined);
  }
}

/** Errors of the engine become `StoreUnavailable`; our own pass through. */
async function transaction(connection: DuckDBConnection, work: () => Promise<void>): Promise<void> {
  try {
    await connection.run('BEGIN');
    await work();
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    if (error instanceof ControlConflict) throw error;
    throw new StoreUnavailable('the database did not take the write', { cause: error });
  }
}
