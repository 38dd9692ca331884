import type { DuckDBConnection } from '@duckdb/node-api';
import type { DailyFigure } from '../../usage/daily-figure.ts';
import type { EventState } from '../../usage/event.ts';
import { EVENT_COLUMNS } from '../columns.ts';
import { eventOf } from '../rows.ts';
import type { PullRequest } from '../../usage/pull-request.ts';
import { storeHash } from '../../usage/identity.ts';
import type { ReportRow, Sql } from '../../reports/sql.ts';
import type { Backup, ControlRecord, DirectoryRow, Pricer, Store, WriteBatch, Written } from '../store.ts';
import type { Source } from '../remembered-queries.ts';
import { RememberedQueries } from '../remembered-queries.ts';
import { ControlConflict, StoreUnavailable } from '../store.ts';
import { writeBatch } from './commit.ts';
import { appendControl, readControl } from './control.ts';
import type { Database } from './database.ts';
import { replaceDirectory } from './directory.ts';
import type { Engine } from './engine.ts';
import { isFatal } from './engine.ts';
import { openCopy } from './copies.ts';
import { daysBefore, forgetDay } from './retention.ts';
import { Housework, foldIn } from './housework.ts';
import { RowsMoving } from './keeper.ts';
import { EVENT_TABLES } from './names.ts';
import { runSql } from './query.ts';
import { rowsBy } from './table.ts';
import { transaction, writeTransaction } from './transaction.ts';
import { replaceFigures, writePullRequests } from './vendor-tables.ts';
import { CoalescingWriter } from '../coalescing-writer.ts';

/** Work for the one writing connection; each runs in the transaction of its commit. */
type Work = (connection: DuckDBConnection, database: Database) => Promise<AfterCommit>;
/** Called once the commit is done, before anything else. */
type AfterCommit = (() => void) | undefined | void;
/** A batch, and once it is committed what came of it. */
interface Writing extends Written {
  batch: WriteBatch;
}
type Item = Writing | { work: Work; changes: readonly Source[] };

export interface DuckdbStoreOptions {
  engine: Engine;
  price: Pricer;
}

const MAX_EVENTS_PER_COMMIT = 8192;

/** Reports that name one of these read what is made from the events. */
const SLICED = /\b(?:usage_slice|first_seen)\b/;

export class DuckdbStore implements Store {
  readonly #options: DuckdbStoreOptions;
  readonly #writer: CoalescingWriter<Item>;
  readonly #housework: Housework;
  readonly #remembered = new RememberedQueries((sql) => this.#ask(sql));
  /** Of events that were written. */
  #kinds = 0;
  /** The last commit was not taken by the engine. */
  #failing = false;
  #closed = false;

  constructor(options: DuckdbStoreOptions) {
    this.#options = options;
    this.#writer = new CoalescingWriter<Item>({
      commit: (items) => this.#commit(items),
      maxWeight: MAX_EVENTS_PER_COMMIT,
      isOutage: isFatal,
      onIdle: () => void this.#housework.whenIdle(),
    });
    this.#housework = new Housework(options.engine, (work) => this.#writer.between(work));
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
    // Rows are found in two steps, between which they must neither move nor be renumbered.
    const rows = await this.#options.engine.use(({ gate, readers }) =>
      gate.together(() =>
        readers.use((connection) =>
          transaction(connection, () => rowsBy(connection, EVENT_TABLES, EVENT_COLUMNS, 'hash', hashes)),
        ),
      ),
    );
    return rows
      .map(({ row }) => eventOf(row))
      .filter((event) => event.org === org && wanted.has(event.id) && !event.derived);
  }

  query(sql: Sql): Promise<ReportRow[]> {
    return this.#remembered.query(sql);
  }

  async #ask(sql: Sql): Promise<ReportRow[]> {
    if (sql.parts.some((part) => SLICED.test(part))) await this.#housework.refreshSlices();
    return await this.#read((connection) => runSql(connection, sql));
  }

  readControl(): Promise<ControlRecord[]> {
    return this.#read(readControl);
  }

  appendControl(records: readonly ControlRecord[]): Promise<void> {
    return this.#enqueue({ work: (connection) => appendControl(connection, records), changes: [] }, 1);
  }

  replaceDirectory(org: string, rows: readonly DirectoryRow[]): Promise<void> {
    return this.#enqueue({ work: (connection) => replaceDirectory(connection, org, rows), changes: ['directory'] }, 1);
  }

  async replaceFigures(org: string, figures: readonly DailyFigure[]): Promise<void> {
    if (figures.length === 0) return;
    const work: Work = (connection) => replaceFigures(connection, org, figures);
    await this.#enqueue({ work, changes: ['figures'] }, figures.length);
  }

  async writePullRequests(org: string, rows: readonly PullRequest[]): Promise<void> {
    if (rows.length === 0) return;
    const work: Work = (connection) => writePullRequests(connection, org, rows);
    await this.#enqueue({ work, changes: ['pullRequests'] }, rows.length);
  }

  async forgetBefore(day: number): Promise<void> {
    // Day by day: others write in between.
    for (const gone of await this.#read((connection) => daysBefore(connection, day))) {
      const work: Work = (connection, { slices, keeper }) => forgetDay(connection, gone, slices, keeper);
      await this.#enqueue({ work, changes: ['usage', 'figures', 'pullRequests'] }, 1);
    }
  }

  async backup(): Promise<Backup> {
    return await openCopy(await this.#housework.copy());
  }

  async ready(): Promise<void> {
    const work: Work = async (connection) => void (await connection.run('SELECT 1'));
    await this.#enqueue({ work, changes: [] }, 1);
    const hasRoom = !this.#failing || (await this.#options.engine.use((database) => database.hasRoom()));
    if (!hasRoom) throw new StoreUnavailable('the disk is full');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writer.drain();
    await this.#housework.stop();
    await this.#options.engine.close((database) => foldIn(database));
  }

  #read<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.#options.engine.use(({ readers }) => readers.use(work));
  }

  #enqueue(item: Item, weight: number): Promise<void> {
    if (this.#closed) return Promise.reject(new StoreUnavailable('the store is closed'));
    return this.#writer.write(item, weight);
  }

  async #commit(items: readonly Item[]): Promise<void> {
    try {
      await this.#options.engine.use((database) => this.#write(database, items));
      if (items.some((item) => 'batch' in item)) this.#failing = false;
    } catch (error) {
      this.#failing ||= error instanceof StoreUnavailable;
      // It may have been written all the same.
      this.#remembered.changed('kinds');
      throw error;
    } finally {
      const changes = items.flatMap((item) => ('batch' in item ? (['usage'] as const) : item.changes));
      for (const source of new Set(changes)) this.#remembered.changed(source);
    }
  }

  async #write(database: Database, items: readonly Item[]): Promise<void> {
    try {
      await this.#writeOnce(database, items);
    } catch (error) {
      if (!(error instanceof RowsMoving)) throw error;
      await database.keeper.settled();
      await this.#writeOnce(database, items);
    }
  }

  async #writeOnce(database: Database, items: readonly Item[]): Promise<void> {
    const { writing: connection, known, keeper, slices } = database;
    const { price } = this.#options;
    const writings = items.flatMap((item) => ('batch' in item ? [item] : []));
    const batch = {
      events: writings.flatMap(({ batch: { events } }) => events),
      activities: writings.flatMap(({ batch: { activities } }) => activities),
      snapshots: writings.flatMap(({ batch: { snapshots = [] } }) => snapshots),
    };
    keeper.commitBegins();
    const committed = await committing(connection, async () => {
      const { beforeRemoval } = keeper;
      const done = await writeBatch({ connection, known, price, beforeRemoval }, batch);
      const marked = await slices.mark(connection, done.touched);
      const after = [marked];
      for (const item of items)
        if ('work' in item) after.push((await item.work(connection, database)) ?? (() => undefined));
      return { ...done, after };
    });
    for (const act of committed.after) act();
    if (slices.kinds !== this.#kinds) this.#remembered.changed('kinds');
    this.#kinds = slices.kinds;
    keeper.added(committed.added);
    for (const each of writings)
      each.incomplete = (each.batch.snapshots ?? []).filter((snapshot) => committed.incomplete.includes(snapshot));
    if (keeper.isDue) void this.#housework.keep();
  }
}

/** Errors of the engine become `StoreUnavailable`; our own pass through. */
async function committing<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  try {
    return await writeTransaction(connection, work);
  } catch (error) {
    if (error instanceof ControlConflict || error instanceof RowsMoving) throw error;
    throw new StoreUnavailable('the database did not take the write', { cause: error });
  }
}
