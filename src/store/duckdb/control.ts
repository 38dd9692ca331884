import type { DuckDBConnection } from '@duckdb/node-api';
import type { ControlRecord } from '../store.ts';
import { ControlConflict } from '../store.ts';

type ControlRow = [string, string, bigint, string, bigint, string, string];

export async function readControl(connection: DuckDBConnection): Promise<ControlRecord[]> {
  const reader = await connection.runAndReadAll(
    'SELECT kind, entity_id, version, org, at_ms, author, data FROM control ORDER BY at_ms, kind, entity_id, version',
  );
  return (reader.getRowsJS() as ControlRow[]).map(([kind, entityId, version, org, atMs, author, data]) => ({
    kind,
    entityId,
    version: Number(version),
    org,
    atMs: Number(atMs),
    author,
    data: JSON.parse(data) as Record<string, unknown>,
  }));
}

export async function appendControl(connection: DuckDBConnection, records: readonly ControlRecord[]): Promise<void> {
  for (const r of records) {
    const key = { kind: r.kind, id: r.entityId, version: BigInt(r.version) };
    const there = await connection.runAndReadAll(
      'SELECT 1 FROM control WHERE kind = $kind AND entity_id = $id AND version >= $version LIMIT 1',
      key,
    );
    if (there.currentRowCount > 0)
      throw new ControlConflict(`${r.kind} ${r.entityId} has a version ${r.version} already`);
    await connection.run('INSERT INTO control VALUES ($kind, $id, $version, $org, $at, $author, $data)', {
      ...key,
      org: r.org,
      at: BigInt(r.atMs),
      author: r.author,
      data: JSON.stringify(r.data),
    });
  }
}
