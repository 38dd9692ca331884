import { StoreUnavailable } from '../store.ts';
import type { Database } from './database.ts';

/** What DuckDB says when it will do nothing more until its file is opened anew: after a full disk, or a defect. */
const FATAL = /^(?:FATAL|INTERNAL) Error|database has been invalidated/;

/** Whether the engine has given its database up. */
export function isFatal(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (FATAL.test(at.message)) return true;
  return false;
}

/** After an attempt to open the file that failed there is no other for so long. */
const REST_MS = 1000;

interface Opened {
  database: Database;
  uses: number;
  /** Aborted once the engine has given it up. */
  lost: AbortController;
  /** Called once a lost one is used no more. */
  onUnused: (() => void) | null;
}

const opened = (database: Database): Opened => ({
  database,
  uses: 0,
  lost: new AbortController(),
  onUnused: null,
});

/** Keeps the database open, and opens it again where the engine has given it up: what was committed is in the file. */
export class Engine {
  readonly #open: () => Promise<Database>;
  readonly #onLost: (error: unknown) => void;
  #current: Opened;
  #reopening: Promise<void> | null = null;
  #closed = false;

  private constructor(first: Database, open: () => Promise<Database>, onLost: (error: unknown) => void) {
    this.#open = open;
    this.#onLost = onLost;
    this.#current = opened(first);
  }

  /** `onLost` hears of each time that the engine has given the database up. @throws what `open` throws */
  static async start(open: () => Promise<Database>, onLost: (error: unknown) => void): Promise<Engine> {
    return new Engine(await open(), open, onLost);
  }

  /**
   * `lost` is aborted if the engine gives the database up meanwhile: work must not wait then for anything that waits
   * for the next one, which is opened once this one is used no more.
   * @throws StoreUnavailable after `close`, and while the file cannot be opened again; else what `work` throws
   */
  async use<T>(work: (database: Database, lost: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreUnavailable('the store is closed');
    if (this.#current.lost.signal.aborted) await (this.#reopening ??= this.#reopen(this.#current));
    const current = this.#current;
    current.uses++;
    try {
      return await work(current.database, current.lost.signal);
    } catch (error) {
      if (isFatal(error)) this.#lose(current, error);
      throw error;
    } finally {
      if (--current.uses === 0) current.onUnused?.();
    }
  }

  /** Refuses what comes later; reports that run are waited for. */
  async close(lastWork: (database: Database) => Promise<void>): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#reopening?.catch(() => undefined);
    const { database, lost } = this.#current;
    if (!lost.signal.aborted) await lastWork(database).catch(() => undefined);
    await database.close();
  }

  #lose(current: Opened, error: unknown): void {
    if (current.lost.signal.aborted) return;
    current.lost.abort();
    this.#onLost(error);
  }

  // One attempt for all who wait. A failed one stands for a while, so that requests do not keep the disk busy with it.
  async #reopen(lost: Opened): Promise<void> {
    try {
      if (lost.uses > 0) await new Promise<void>((resolve) => (lost.onUnused = resolve));
      await lost.database.close();
      this.#current = opened(await this.#open());
      this.#reopening = null;
    } catch (cause) {
      setTimeout(() => (this.#reopening = null), REST_MS).unref();
      throw new StoreUnavailable('the database cannot be opened again', { cause });
    }
  }
}
