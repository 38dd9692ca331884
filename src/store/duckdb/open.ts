import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Pricer, Store } from '../store.ts';
import { StoreUnavailable } from '../store.ts';
import { DuckdbStore } from './duckdb-store.ts';
import { ForeignDatabase, migrate } from './schema.ts';

export interface DuckdbOptions {
  /** Data directory; made if absent (0700). The database is `usage.duckdb` in it. */
  directory: string;
  price: Pricer;
  /** DuckDB's own bound, e.g. `1GB`. */
  memoryLimit?: string;
  threads?: number;
  readers?: number;
}

/** What the engine says on Unix and on Windows. */
const IN_USE = /conflicting lock|used by another process/i;

/** Another process has the database open. */
export class DatabaseInUse extends StoreUnavailable {}

/**
 * Opens or creates the embedded database.
 * @throws DatabaseInUse by another process
 * @throws StoreUnavailable the directory or the file cannot be read or written
 * @throws ForeignDatabase the file is not ours or is newer than this release
 */
export async function openDuckdb(options: DuckdbOptions): Promise<Store> {
  const file = path.join(options.directory, 'usage.duckdb');
  let instance: DuckDBInstance;
  try {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    instance = await DuckDBInstance.create(file, {
      memory_limit: options.memoryLimit ?? '1GB',
      threads: String(options.threads ?? 2),
      // A checkpoint inside a COMMIT stalls ingest for seconds; ours run when idle.
      checkpoint_threshold: '256MB',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      enable_external_access: 'false',
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const Refusal = IN_USE.test(reason) ? DatabaseInUse : StoreUnavailable;
    throw new Refusal(`cannot open ${file}: ${reason}`, { cause: error });
  }
  const writing = await instance.connect();
  try {
    await migrate(writing);
  } catch (error) {
    writing.closeSync();
    instance.closeSync();
    if (error instanceof ForeignDatabase) throw error;
    throw new StoreUnavailable(`cannot prepare ${file}`, { cause: error });
  }
  return new DuckdbStore({ instance, writing, price: options.price, readers: options.readers ?? 2 });
}
