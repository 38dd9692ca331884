import { utcDay } from '../../usage/days.ts';
import type { EventState } from '../../usage/event.ts';
import type { Connection } from './connection.ts';
import type { Observed } from './observation.ts';
import type { PlacedRow } from './placed-row.ts';
import { ROW_TABLE, writePlacedRow } from './placed-row.ts';
import { RowBinary } from './row-binary.ts';

/** Resolves when they are durable. */
export async function insertPlacedRows(connection: Connection, placed: readonly PlacedRow[]): Promise<void> {
  const rows = new RowBinary(placed.length * 512);
  for (const row of placed) writePlacedRow(rows, row);
  await connection.insert(ROW_TABLE, rows.bytes);
}

/** The places of events as observed, by the table's key. */
function placesSql(states: readonly EventState[]): string {
  const orgs = [...new Set(states.map(({ org }) => org))];
  const hexed = orgs.map((org) => `unhex('${Buffer.from(org).toString('hex')}')`);
  const days = new Set(states.map(({ atMs }) => utcDay(atMs)));
  const hashes = states.map(({ hash }) => hash);
  return `org IN (${hexed.join(', ')}) AND day IN (${[...days].join(', ')}) AND place IN (${hashes.join(', ')}) AND slot = 0`;
}

/** Under which revision each row stands where it belongs, by hash. */
export async function settledRevisions(
  connection: Connection,
  rows: readonly Observed[],
): Promise<Map<bigint, bigint>> {
  if (rows.length === 0) return new Map();
  const found = await connection.rows<[string, string]>(
    `SELECT place, max(revision) FROM event_row WHERE ${placesSql(rows.map(({ state }) => state))}
     GROUP BY place, day HAVING NOT argMax(void, revision)`,
  );
  return new Map(found.map(([place, revision]) => [BigInt(place), BigInt(revision)]));
}

export type Settled = Pick<EventState, 'counted' | 'listMicros' | 'cacheSavingsMicros'>;

/** What became of events, by hash. */
export async function readSettled(
  connection: Connection,
  states: readonly EventState[],
): Promise<Map<bigint, Settled>> {
  if (states.length === 0) return new Map();
  const found = await connection.rows<[string, boolean, string | null, string | null]>(
    `SELECT place, counted, list_micros, cache_savings_micros FROM event_row FINAL
     WHERE ${placesSql(states)} AND NOT void`,
  );
  const micros = (text: string | null): number | null => (text === null ? null : Number(text));
  return new Map(
    found.map(([place, counted, list, savings]) => [
      BigInt(place),
      { counted, listMicros: micros(list), cacheSavingsMicros: micros(savings) },
    ]),
  );
}
