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
