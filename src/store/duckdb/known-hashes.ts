import type { DuckDBConnection } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { HashFilter } from '../hash-filter.ts';
import { transaction } from './transaction.ts';

const ALL = ['event_kept', 'event_fresh'].flatMap((table) => [
  `SELECT hash FROM ${table}`,
  `SELECT message_key FROM ${table} WHERE message_key IS NOT NULL`,
  `SELECT call_key FROM ${table} WHERE call_key IS NOT NULL`,
  `SELECT unnest(more_call_keys) FROM ${table} WHERE more_call_keys IS NOT NULL`,
]);
const ACTIVITIES = ['SELECT hash FROM activity_kept', 'SELECT hash FROM activity_fresh'];

/**
 * Which hashes (of events and activities, of messages and calls) the tables may hold, so that only what may be there
 * is looked for. Until the tables have been read once everything may be there.
 */
export class KnownHashes {
  readonly #filter = new HashFilter();
  #loaded = false;
  #stopped = false;

  /** False: surely not in the tables. */
  mayHave = (hash: bigint): boolean => !this.#loaded || this.#filter.has(hash);

  add(hash: bigint): void {
    this.#filter.add(hash);
  }

  /** Reads the tables; what is written meanwhile has to be added by `add`. Ends early after `stop`. */
  async load(connection: DuckDBConnection): Promise<void> {
    // At one moment: rows move from one table to the other.
    await transaction(connection, async () => {
      for (const select of [...ALL, ...ACTIVITIES]) await this.#read(connection, select);
    });
    this.#loaded = !this.#stopped;
  }

  async #read(connection: DuckDBConnection, select: string): Promise<void> {
    if (this.#stopped) return;
    const result = await connection.stream(select);
    // To its end, even when it is in vain: a result that is left half read keeps the file locked.
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      if (this.#stopped) continue;
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, 0);
      const bytes = duckdb.vector_get_data(vector, chunk.rowCount * 8);
      const halves = new Uint32Array(bytes.buffer, bytes.byteOffset, chunk.rowCount * 2);
      for (let i = 0; i < halves.length; i += 2) this.#filter.addHalves(halves[i] ?? 0, halves[i + 1] ?? 0);
    }
  }

  stop(): void {
    this.#stopped = true;
  }
}
