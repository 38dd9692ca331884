import type { DuckDBConnection } from '@duckdb/node-api';
import { BIGINT, LIST, VARCHAR, listValue } from '@duckdb/node-api';
import type { Bucket } from '../../usage/snapshot.ts';
import { BUCKET_MS } from '../../usage/snapshot.ts';
import { EVENT_COLUMNS } from '../columns.ts';
import { EVENT_TABLES } from './names.ts';
import type { PlacedRow } from './table.ts';
import { rowsFound } from './table.ts';

/** Observed rows by the hours that their time lies in. */
export async function rowsInBuckets(connection: DuckDBConnection, buckets: readonly Bucket[]): Promise<PlacedRow[]> {
  const groups = new Map<string, { first: Bucket; hours: number[] }>();
  for (const bucket of buckets) {
    const key = `${bucket.assistant}:${bucket.org}:${bucket.reporter ?? ''}`;
    const group = groups.get(key);
    if (group) group.hours.push(bucket.bucketMs);
    else groups.set(key, { first: bucket, hours: [bucket.bucketMs] });
  }
  const placed: PlacedRow[] = [];
  for (const { first, hours } of groups.values()) {
    // The bounds let the engine pass over whole blocks of the table.
    const [from, to] = [Math.min(...hours), Math.max(...hours) + BUCKET_MS];
    placed.push(
      ...(await rowsFound(connection, EVENT_TABLES, EVENT_COLUMNS, async (table) => {
        const found = await connection.runAndReadAll(
          `SELECT rowid FROM ${table} WHERE at_ms >= $1 AND at_ms < $2
             AND at_ms - at_ms % ${BUCKET_MS} IN (SELECT unnest($3))
             AND org = $4 AND assistant = $5 AND coalesce(reporter, '') = $6 AND NOT derived`,
          [BigInt(from), BigInt(to), listValue(hours.map(BigInt)), first.org, first.assistant, first.reporter ?? ''],
          [BIGINT, BIGINT, LIST(BIGINT), VARCHAR, VARCHAR, VARCHAR],
        );
        return found.getRowsJS().map(([rowid]) => rowid as bigint);
      })),
    );
  }
  return placed;
}
