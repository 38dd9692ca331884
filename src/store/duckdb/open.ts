import type { Pricer, Store } from '../store.ts';
import type { DatabaseOptions } from './database.ts';
import { openDatabase } from './database.ts';
import { DuckdbStore } from './duckdb-store.ts';
import { Engine } from './engine.ts';

export interface DuckdbOptions extends DatabaseOptions {
  price: Pricer;
  /** Hears of troubles that no request is told of. */
  warn?: (message: string, error: unknown) => void;
}

/**
 * Opens or creates the embedded database.
 * @throws DatabaseInUse by another process
 * @throws StoreUnavailable the directory or the file cannot be read or written
 * @throws ForeignDatabase the file is not ours or is newer than this release
 */
export async function openDuckdb({ price, warn, ...options }: DuckdbOptions): Promise<Store> {
  const engine = await Engine.start(
    () => openDatabase(options),
    (error) => warn?.('the engine has given the database up; it will be opened again', error),
  );
  return new DuckdbStore({ engine, price });
}
