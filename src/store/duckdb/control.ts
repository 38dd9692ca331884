import type { DuckDBConnection } from '@duckdb/node-api';
import { LIST, VARCHAR, listValue } from '@duckdb/node-api';
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
  const versions = await latestVersions(connection, records);
  for (const { kind, entityId, version } of records) {
    const entity = `${kind}\n${entityId}`;
    if ((versions.get(entity) ?? 0) >= version)
      throw new ControlConflict(`${kind} ${entityId} has a version ${version} already`);
    versions.set(entity, version);
  }
  const appender = await connection.createAppender('control');
  for (const { kind, entityId, version, org, atMs, author, data } of records) {
    appender.appendVarchar(kind);
    appender.appendVarchar(entityId);
    appender.appendBigInt(BigInt(version));
    appender.appendVarchar(org);
    appender.appendBigInt(BigInt(atMs));
    appender.appendVarchar(author);
    appender.appendVarchar(JSON.stringify(data));
    appender.endRow();
  }
  appender.closeSync();
}

async function latestVersions(
  connection: DuckDBConnection,
  records: readonly ControlRecord[],
): Promise<Map<string, number>> {
  const reader = await connection.runAndReadAll(
    'SELECT kind, entity_id, max(version) FROM control WHERE entity_id IN (SELECT unnest($1)) GROUP BY kind, entity_id',
    [listValue(records.map(({ entityId }) => entityId))],
    [LIST(VARCHAR)],
  );
  const rows = reader.getRowsJS() as [string, string, bigint][];
  return new Map(rows.map(([kind, entityId, version]) => [`${kind}\n${entityId}`, Number(version)]));
}
