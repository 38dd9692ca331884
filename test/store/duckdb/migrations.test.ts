import { hash } from 'node:crypto';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it, onTestFinished } from 'vitest';
import { raw } from '../../../src/reports/sql.ts';
import { MIGRATIONS } from '../../../src/store/duckdb/migrations.ts';
import { openDuckdb } from '../../../src/store/duckdb/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { eventId } from '../../../src/usage/identity.ts';
import { observe } from '../../../src/usage/merge.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NOON = Date.UTC(2026, 10, 20, 12);

async function open(directory: string): Promise<Store> {
  const store = await openDuckdb({ directory, price: () => ({ listMicros: 7, cacheSavingsMicros: 1 }) });
  onTestFinished(() => store.close());
  return store;
}

/** Calls of several days and tiers, some of which count for nothing, and a key. */
async function filled(directory: string): Promise<void> {
  const store = await open(directory);
  const events = Array.from({ length: 40 }, (_, n) =>
    observe({
      ...{
        org: n % 3 === 0 ? 'other' : 'acme',
        id: eventId(['test', n]),
        assistant: 'claude-code',
        source: 'telemetry',
      },
      ...{ atMs: NOON + n * 7_200_000, tier: n % 2 === 0 ? 'pro' : null, status: n % 5 === 0 ? 'test' : 'ok' },
      ...{ sessionId: `s${n % 4}`, outputTokens: n },
    }),
  );
  await store.write({ events, activities: [] });
  const data = { scope: 'admin' };
  await store.appendControl([{ kind: 'key', entityId: 'k', version: 1, org: 'acme', atMs: 1, author: 'server', data }]);
  await store.close();
}

const all = async (connection: DuckDBConnection, sql: string) => (await connection.runAndReadAll(sql)).getRowsJS();

/** The same content in a file of an earlier schema. */
async function asOf(schema: number, from: string): Promise<string> {
  const directory = tempDir();
  const instance = await DuckDBInstance.create(path.join(directory, 'usage.duckdb'));
  const connection = await instance.connect();
  await connection.run('CREATE TABLE schema_version (version BIGINT NOT NULL)');
  for (const [i, statements] of MIGRATIONS.slice(0, schema).entries())
    for (const statement of [...statements, `INSERT INTO schema_version VALUES (${i + 1})`])
      await connection.run(statement);
  await connection.run(`ATTACH '${path.join(from, 'usage.duckdb')}' AS newest (READ_ONLY)`);
  const tables = await all(connection, `SELECT table_name FROM duckdb_tables() WHERE database_name = 'usage'`);
  for (const [table] of tables as [string][])
    if (table !== 'schema_version')
      await connection.run(`INSERT INTO usage.${table} BY NAME SELECT * FROM newest.${table}`);
  connection.closeSync();
  instance.closeSync();
  return directory;
}

/** Every table's rows, and what reports see. */
async function content(directory: string): Promise<Record<string, string[]>> {
  const store = await open(directory);
  const tables = await store.query(raw(`SELECT table_name AS name FROM duckdb_tables() WHERE NOT internal`));
  const views = ['usage_event', 'usage_slice', 'activity', 'first_seen'];
  const found: Record<string, string[]> = {};
  for (const name of [...tables.map((row) => String(row.name)), ...views].sort()) {
    // Text: bytes and lists are in no report.
    const rows = await store.query(raw(`SELECT CAST(t AS VARCHAR) AS line FROM ${name} AS t`));
    found[name] = rows.map(({ line }) => String(line)).sort();
  }
  await store.close();
  return found;
}

it.each(Array.from({ length: MIGRATIONS.length - 1 }, (_, i) => i + 1))(
  'brings a file of schema %i to what this release would have made of it',
  async (schema) => {
    const directory = tempDir();
    await filled(directory);
    const older = await asOf(schema, directory);
    const [now, migrated] = [await content(directory), await content(older)];
    expect(migrated).toEqual(now);
    expect(now.schema_version).toHaveLength(MIGRATIONS.length);
    expect(now.usage_kind?.length).toBeGreaterThan(1);
    // Once more changes nothing.
    expect(await content(older)).toEqual(now);
  },
);

it('leaves every step as it was when files were made by it', () => {
  // A change belongs into a step of its own, whose print is added here.
  const prints = MIGRATIONS.map((statements) => hash('sha256', statements.join(';').replace(/\s+/g, ' ')).slice(0, 12));
  expect(prints).toEqual(['3a377be80a2a', '6b8a01b36752']);
});
