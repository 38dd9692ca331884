import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { StoreUnavailable } from '../store.ts';

/** What one reading may take, waiting for its turn not counted, and how many may wait. */
export interface PoolLimits {
  workMs: number;
  waiting: number;
}

const LIMITS: PoolLimits = { workMs: 60_000, waiting: 500 };

/** A fixed number of reading connections; whoever comes later waits in order. */
export class ConnectionPool {
  readonly #instance: DuckDBInstance;
  readonly #free: DuckDBConnection[] = [];
  readonly #waiting: ((connection: DuckDBConnection | null) => void)[] = [];
  readonly #size: number;
  readonly #limits: PoolLimits;
  #open = 0;
  #closed = false;

  constructor(instance: DuckDBInstance, size: number, limits = LIMITS) {
    this.#instance = instance;
    this.#size = size;
    this.#limits = limits;
  }

  async use<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#take();
    const { workMs } = this.#limits;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      connection.interrupt();
    }, workMs);
    try {
      return await work(connection);
    } catch (error) {
      const message = late ? `the database took longer than ${workMs / 1000} s` : 'the database did not answer';
      throw new StoreUnavailable(message, { cause: error });
    } finally {
      clearTimeout(timer);
      this.#give(connection);
    }
  }

  /** Waits for running work, then closes; work that waits is refused. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const refuse of this.#waiting.splice(0)) refuse(null);
    while (this.#free.length < this.#open) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const connection of this.#free.splice(0)) connection.closeSync();
  }

  async #take(): Promise<DuckDBConnection> {
    if (this.#closed) throw new StoreUnavailable('the store is closed');
    const free = this.#free.pop();
    if (free) return free;
    if (this.#open < this.#size) {
      this.#open++;
      return this.#connect();
    }
    if (this.#waiting.length >= this.#limits.waiting)
      throw new StoreUnavailable('too many reports are waiting for the database');
    const given = await new Promise<DuckDBConnection | null>((resolve) => this.#waiting.push(resolve));
    if (!given) throw new StoreUnavailable('the store is closed');
    return given;
  }

  async #connect(): Promise<DuckDBConnection> {
    try {
      return await this.#instance.connect();
    } catch (error) {
      this.#open--;
      throw new StoreUnavailable('the database did not answer', { cause: error });
    }
  }

  #give(connection: DuckDBConnection): void {
    const next = this.#waiting.shift();
    if (next) next(connection);
    else this.#free.push(connection);
  }
}
