import { stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import { makeDirectory } from '../../make-directory.ts';
import { StoreUnavailable } from '../store.ts';
import { removeCopies } from './copies.ts';
import { Gate } from './gate.ts';
import { Keeper } from './keeper.ts';
import { KnownHashes } from './known-hashes.ts';
import { ConnectionPool } from './pool.ts';
import { ForeignDatabase, migrate } from './schema.ts';
import { SliceTable } from './slice-table.ts';

export interface DatabaseOptions {
  /** Data directory; made if absent (0700). The database is `usage.duckdb` in it. */
  directory: string;
  /** DuckDB's own bound, e.g. `1GB`. */
  memoryLimit?: string;
  threads?: number;
  /** How many reports may run at once; more would starve ingest on a small machine. */
  readers?: number;
  /** How many new rows wait before they are moved to where they stay. */
  freshRows?: number;
}

/** The database file, opened. */
export interface Database {
  file: string;
  /** The only connection that writes. */
  writing: DuckDBConnection;
  readers: ConnectionPool;
  known: KnownHashes;
  slices: SliceTable;
  keeper: Keeper;
  /** Slices and moves may run side by side; a checkpoint runs without them. */
  gate: Gate;
  /** Folds the write-ahead log into the file. */
  checkpoint: () => Promise<void>;
  /** Bytes of the write-ahead log. */
  logBytes: () => Promise<number>;
  /** Whether the disk has room for a checkpoint: one that fails makes the engine unusable. */
  hasRoom: () => Promise<boolean>;
  /** Waits for running reports. A second call does nothing. */
  close: () => Promise<void>;
}

/** What the engine says on Unix and on Windows. */
const IN_USE = /conflicting lock|used by another process/i;

const FULL = /space|could not write|out of memory/i;
/** What it says of a file that it cannot read, whoever made it that way. */
const DAMAGED = /not a valid DuckDB database|corrupt|checksum|replaying WAL|Serialization Error|INTERNAL Error/i;

/** Another process has the database open. */
export class DatabaseInUse extends StoreUnavailable {}

export const databaseFile = (directory: string): string => path.join(directory, 'usage.duckdb');

/**
 * Opens or creates the file and brings it to this release's schema.
 * @throws DatabaseInUse by another process
 * @throws StoreUnavailable the directory or the file cannot be read or written
 * @throws ForeignDatabase the file is not ours or is newer than this release
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const file = databaseFile(options.directory);
  const instance = await openFile(file, options);
  await removeCopies(options.directory).catch(() => undefined);
  const writing = await instance.connect();
  try {
    await migrate(writing);
    return await equip(file, instance, writing, options);
  } catch (error) {
    writing.closeSync();
    instance.closeSync();
    if (error instanceof ForeignDatabase) throw error;
    throw new StoreUnavailable(`cannot prepare ${file}`, { cause: error });
  }
}

async function equip(
  file: string,
  instance: DuckDBInstance,
  writing: DuckDBConnection,
  options: DatabaseOptions,
): Promise<Database> {
  const [slicing, keeping, loading] = [await instance.connect(), await instance.connect(), await instance.connect()];
  const readers = new ConnectionPool(instance, options.readers ?? 2);
  const slices = await SliceTable.open(slicing);
  const keeper = await Keeper.open(keeping, options.freshRows);
  const known = new KnownHashes();
  // Nobody waits for it: until it is done, commits look for everything in the tables.
  const loaded = known.load(loading).catch(() => undefined);
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    known.stop();
    await Promise.all([loaded, readers.close(), keeper.settled()]);
    for (const connection of [writing, slicing, keeping, loading]) connection.closeSync();
    instance.closeSync();
  };
  return {
    file,
    writing,
    readers,
    known,
    slices,
    keeper,
    gate: new Gate(),
    checkpoint: async () => void (await keeping.run('CHECKPOINT')),
    logBytes: () => sizeOf(`${file}.wal`),
    hasRoom: () => hasRoom(file),
    close,
  };
}

async function openFile(file: string, options: DatabaseOptions): Promise<DuckDBInstance> {
  try {
    await makeDirectory(options.directory);
    return await DuckDBInstance.create(file, {
      memory_limit: options.memoryLimit ?? '1GB',
      threads: String(options.threads ?? 2),
      // A checkpoint inside a COMMIT would hold ingest up; ours run beside it.
      checkpoint_threshold: '8GB',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      enable_external_access: 'false',
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    if (DAMAGED.test(reason) && !FULL.test(reason))
      throw new ForeignDatabase(`${file} is damaged, or no database: ${reason}`, { cause: error });
    const Refusal = IN_USE.test(reason) ? DatabaseInUse : StoreUnavailable;
    throw new Refusal(`cannot open ${file}: ${reason}`, { cause: error });
  }
}

const RESERVE_BYTES = 4 << 20;

async function hasRoom(file: string): Promise<boolean> {
  try {
    const [{ bavail, bsize }, log] = await Promise.all([statfs(path.dirname(file)), sizeOf(`${file}.wal`)]);
    return log === 0 || bavail * bsize > log * 1.5 + RESERVE_BYTES;
  } catch {
    return true;
  }
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
