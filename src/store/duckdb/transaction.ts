import type { DuckDBConnection } from '@duckdb/node-api';

/** All of the work or nothing. Rejects with what the work or the engine says. */
export async function transaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  try {
    await connection.run('BEGIN');
    const result = await work();
    await connection.run('COMMIT');
    return result;
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Changes nothing; to the engine it is a write. */
const TOUCH = 'DELETE FROM slice_stale WHERE false';

/**
 * A transaction in which a row found stays in its place (`rowid`) until the end. A checkpoint closes the gaps that
 * removed rows have left, and renumbers all rows after them, beside a transaction that has only read so far; beside
 * one that has written it does not.
 */
export function writeTransaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  return transaction(connection, async () => {
    await connection.run(TOUCH);
    return await work();
  });
}
