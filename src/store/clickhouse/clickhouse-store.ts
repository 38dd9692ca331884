import type { ReportRow, Sql } from '../../reports/sql.ts';
import type { DailyFigure } from '../../usage/daily-figure.ts';
import type { EventState } from '../../usage/event.ts';
import { storeHash } from '../../usage/identity.ts';
import type { PullRequest } from '../../usage/pull-request.ts';
import { CoalescingWriter } from '../coalescing-writer.ts';
import type { ControlRecord, DirectoryRow, Pricer, Store, WriteBatch, Written } from '../store.ts';
import { StoreUnavailable } from '../store.ts';
import { writeBatch } from './commit.ts';
import type { Connection } from './connection.ts';
import { ControlEntries, appendControl, readControl } from './control.ts';
import { replaceDirectory } from './directory.ts';
import { readObservations } from './observations.ts';
import { readSettled } from './placed-rows.ts';
import { runSql } from './query.ts';
import { Turns } from './turns.ts';
import { replaceFigures, writePullRequests } from './vendor-tables.ts';

/** A batch, and once its commit has run what came of it. */
interface Writing {
  batch: WriteBatch;
  incomplete: Written['incomplete'];
  failure: StoreUnavailable | null;
}

export interface ClickhouseStoreOptions {
  connection: Connection;
  price: Pricer;
}

const MAX_EVENTS_PER_COMMIT = 8192;
/** Commits that run at once; any number may, here or in other processes. */
const WRITERS = 2;
/** Of the connections reports get so many: commits must not wait for the others, nor ClickHouse do them all at once. */
const REPORTS = { atOnce: 8, waiting: 500 };

export class ClickhouseStore implements Store {
  readonly shared = true;
  readonly #connection: Connection;
  readonly #price: Pricer;
  readonly #control: ControlEntries;
  readonly #writers: readonly CoalescingWriter<Writing>[];
  #next = 0;
  readonly #reports = new Turns(REPORTS);
  #appended: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor({ connection, price }: ClickhouseStoreOptions) {
    this.#connection = connection;
    this.#price = price;
    this.#control = new ControlEntries(connection);
    this.#writers = Array.from(
      { length: WRITERS },
      () => new CoalescingWriter<Writing>({ commit: (items) => this.#commit(items), maxWeight: MAX_EVENTS_PER_COMMIT }),
    );
  }

  async write(batch: WriteBatch): Promise<Written> {
    this.#refuseClosed();
    const { events, activities, snapshots = [] } = batch;
    const weight = events.length + activities.length + snapshots.length;
    if (weight === 0) return { incomplete: [] };
    const writing: Writing = { batch, incomplete: [], failure: null };
    await this.#writers[this.#next++ % WRITERS]?.write(writing, weight);
    if (writing.failure !== null) throw writing.failure;
    return { incomplete: writing.incomplete };
  }

  async find(org: string, ids: readonly string[]): Promise<EventState[]> {
    this.#refuseClosed();
    const wanted = new Set(ids);
    const hashes = [...wanted].map((id) => storeHash(org, id));
    const found = [...(await readObservations(this.#connection, hashes)).values()].map(({ state }) => state);
    const settled = await readSettled(this.#connection, found);
    return found
      .map((state) => ({ ...state, ...settled.get(state.hash) }))
      .filter((state) => state.org === org && wanted.has(state.id));
  }

  async query(sql: Sql): Promise<ReportRow[]> {
    this.#refuseClosed();
    return await this.#reports.take(() => runSql(this.#connection, sql));
  }

  async readControl(): Promise<ControlRecord[]> {
    this.#refuseClosed();
    return await readControl(this.#control);
  }

  async appendControl(records: readonly ControlRecord[]): Promise<void> {
    this.#refuseClosed();
    // One after the other: those of one process need not be in each other's way.
    const appending = this.#appended.then(() => appendControl(this.#connection, this.#control, records));
    this.#appended = appending.catch(() => undefined);
    await appending;
  }

  async replaceDirectory(org: string, rows: readonly DirectoryRow[]): Promise<void> {
    this.#refuseClosed();
    await replaceDirectory(this.#connection, org, rows);
  }

  async replaceFigures(org: string, figures: readonly DailyFigure[]): Promise<void> {
    this.#refuseClosed();
    await replaceFigures(this.#connection, org, figures);
  }

  async writePullRequests(org: string, rows: readonly PullRequest[]): Promise<void> {
    this.#refuseClosed();
    await writePullRequests(this.#connection, org, rows);
  }

  /** Every shard must answer, since every shard takes a part of what is written. */
  async ready(): Promise<void> {
    this.#refuseClosed();
    await this.#connection.rows('SELECT count() FROM event_key WHERE key = 0');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([this.#appended, ...this.#writers.map((writer) => writer.drain())]);
    await this.#connection.close();
  }

  #refuseClosed(): void {
    if (this.#closed) throw new StoreUnavailable('the store is closed');
  }

  // Where the engine is out of reach it is so for all: the writer is not left to try each batch alone.
  async #commit(writings: readonly Writing[]): Promise<void> {
    const batch = {
      events: writings.flatMap(({ batch: { events } }) => events),
      activities: writings.flatMap(({ batch: { activities } }) => activities),
      snapshots: writings.flatMap(({ batch: { snapshots = [] } }) => snapshots),
    };
    try {
      const { incomplete } = await writeBatch(this.#connection, batch, this.#price);
      for (const each of writings)
        each.incomplete = (each.batch.snapshots ?? []).filter((snapshot) => incomplete.includes(snapshot));
    } catch (error) {
      for (const each of writings) each.failure = asUnavailable(error);
    }
  }
}

const asUnavailable = (error: unknown): StoreUnavailable =>
  error instanceof StoreUnavailable ? error : new StoreUnavailable('the write was not finished', { cause: error });
