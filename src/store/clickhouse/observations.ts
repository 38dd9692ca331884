import type { EventState } from '../../usage/event.ts';
import type { Connection } from './connection.ts';
import type { Observed } from './observation.ts';
import { OBSERVATION_TABLE, observationsSql, readObservation, writeObservation } from './observation.ts';
import { RowBinary } from './row-binary.ts';

/** Resolves when they are durable. */
export async function insertObservations(connection: Connection, events: readonly EventState[]): Promise<void> {
  const rows = new RowBinary(events.length * 512);
  for (const event of events) writeObservation(rows, event);
  await connection.insert(OBSERVATION_TABLE, rows.bytes);
}

/** Those that there are, by their hashes. */
export async function readObservations(
  connection: Connection,
  hashes: readonly bigint[],
): Promise<Map<bigint, Observed>> {
  if (hashes.length === 0) return new Map();
  const rows = await connection.rows(observationsSql(hashes));
  return new Map(rows.map(readObservation).map((each) => [each.state.hash, each]));
}

/** How often something was written of each, where it is more than once: the rest has nothing but that in it. */
export async function writtenAgain(connection: Connection, hashes: readonly bigint[]): Promise<bigint[]> {
  if (hashes.length === 0) return [];
  const rows = await connection.rows<[string]>(
    `SELECT hash FROM observation WHERE hash IN (${hashes.join(', ')}) GROUP BY hash HAVING sum(inserts) > 1`,
  );
  return rows.map(([hash]) => BigInt(hash));
}
