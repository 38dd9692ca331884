import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { openClickhouse } from '../../src/store/clickhouse/open.ts';
import { openDuckdb } from '../../src/store/duckdb/open.ts';
import type { Pricer, Store } from '../../src/store/store.ts';
import { ownDirectory } from './temp-dir.ts';

/** The stores that every test of the store, and every report, has to pass on. */
export interface StoreKind {
  name: string;
  /** A database of its own, empty; for several tests, since making one takes a second or two. */
  create: () => Promise<TestDatabase>;
  /** How often a property is tried that takes a dozen writes; one of ClickHouse's is durable after tens of fsyncs. */
  runs: number;
}

export interface TestDatabase {
  /** `--database`; null for the embedded one. */
  url: string | null;
  /** May be opened again after it was closed; one that is reached by URL also before. */
  open: (price?: Pricer) => Promise<Store>;
  remove: () => Promise<void>;
}

const unpriced: Pricer = () => ({ listMicros: null, cacheSavingsMicros: null });

/** The nodes of this test run; the first who asks waits for their start. */
export async function clickhouseHosts(): Promise<string[]> {
  const answer = await fetch(inject('clickhouse'));
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as string[];
}

/** What a node answers to a statement. */
export async function askNode(host: string, statement: string): Promise<string> {
  const answer = await fetch(`http://${host}/`, { method: 'POST', body: statement });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text.trimEnd();
}

export const ownName = (): string => `test_${randomBytes(6).toString('hex')}`;

export async function clickhouseDatabase(cluster: 'both' | null): Promise<TestDatabase & { url: string }> {
  const hosts = (await clickhouseHosts()).slice(0, cluster === null ? 1 : 2);
  const name = ownName();
  const url = `clickhouse://${hosts.join(',')}/${name}${cluster === null ? '' : `?cluster=${cluster}`}`;
  return {
    url,
    open: (price = unpriced) => openClickhouse({ url, price }),
    remove: async () => {
      for (const host of hosts) await askNode(host, `DROP DATABASE IF EXISTS ${name} SYNC`);
    },
  };
}

async function duckdbDatabase(): Promise<TestDatabase> {
  const directory = ownDirectory();
  return {
    url: null,
    open: (price = unpriced) => openDuckdb({ directory: directory.path, price }),
    remove: async () => directory.remove(),
  };
}

export const STORES: readonly StoreKind[] = [
  { name: 'DuckDB', create: duckdbDatabase, runs: 30 },
  { name: 'ClickHouse on one node', create: () => clickhouseDatabase(null), runs: 8 },
  { name: 'ClickHouse on two shards', create: () => clickhouseDatabase('both'), runs: 4 },
];
