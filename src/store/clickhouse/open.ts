import { Failure } from '../../errors.ts';
import type { Pricer, Store } from '../store.ts';
import { StoreUnavailable } from '../store.ts';
import type { Address } from './address.ts';
import { parseAddress, shownAddress } from './address.ts';
import { ClickhouseStore } from './clickhouse-store.ts';
import { readTopology } from './cluster.ts';
import { ClickhouseRefusal, Connection } from './connection.ts';
import { migrate } from './migrate.ts';

export interface ClickhouseOptions {
  /** `clickhouse://user:password@host:8123/database?cluster=name`, `clickhouses://` over TLS. */
  url: string;
  price: Pricer;
}

/** Whether a database URL is for this engine. */
export const isClickhouse = (url: string): boolean => /^clickhouses?:/i.test(url.trim());

/**
 * Connects, and makes or migrates the tables.
 * @throws UsageError for a URL that says nothing or too much
 * @throws Failure with what to do, for whatever keeps the database from being used now
 */
export async function openClickhouse({ url, price }: ClickhouseOptions): Promise<Store> {
  const address = parseAddress(url);
  let connection: Connection | null = null;
  try {
    const replicated = await prepare(address);
    connection = await Connection.open(address, address.database, replicated);
    await migrate(connection, address, await readTopology(connection, address.cluster));
    return new ClickhouseStore({ connection, price });
  } catch (error) {
    await connection?.close();
    throw error instanceof StoreUnavailable ? unusable(error, address) : error;
  }
}

/** Makes the database if it is not there. Answers whether its tables are to be replicated. */
async function prepare(address: Address): Promise<boolean> {
  const { database, cluster } = address;
  const connection = await Connection.open(address, null);
  try {
    const { keeper } = await readTopology(connection, cluster);
    const create = `CREATE DATABASE IF NOT EXISTS \`${database}\``;
    const there = await connection.rows(`SELECT 1 FROM system.databases WHERE name = '${database}'`);
    if (keeper && cluster !== null) await connection.command(`${create} ON CLUSTER \`${cluster}\``);
    else if (cluster !== null) await connection.everywhere(create);
    // A user may have been given this database and nothing else.
    else if (there.length === 0) await connection.command(create);
    return keeper;
  } finally {
    await connection.close();
  }
}

const AUTHENTICATION_FAILED = 516;
const ACCESS_DENIED = 497;

function unusable(cause: StoreUnavailable, address: Address): Failure {
  const where = shownAddress(address);
  const code = cause instanceof ClickhouseRefusal ? cause.code : 0;
  if (code === AUTHENTICATION_FAILED)
    return new Failure(`ClickHouse does not let this user in: ${where}`, {
      cause,
      hint: 'Check the user and the password in the database URL; signs like @ and / are written %40 and %2F.',
    });
  if (code === ACCESS_DENIED)
    return new Failure(`the user lacks a right on this database: ${where}`, {
      cause,
      hint: `GRANT SELECT, INSERT, CREATE, ALTER, DROP ON ${address.database}.* and SELECT ON system.* to it: docs/clickhouse.md.`,
    });
  return new Failure(`cannot use ClickHouse at ${where}: ${cause.message}`, {
    cause,
    hint: 'Is it running, and is this the port of its HTTP interface (8123, with TLS 8443)?',
    retryable: true,
  });
}
