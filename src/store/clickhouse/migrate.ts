import { hash } from 'node:crypto';
import { Failure } from '../../errors.ts';
import type { Address } from './address.ts';
import { shownAddress } from './address.ts';
import type { Topology } from './cluster.ts';
import type { Connection } from './connection.ts';
import { ClickhouseRefusal } from './connection.ts';
import { PLACE_TABLE, SCHEMA_VERSION, statements } from './schema.ts';

/** What a shard remembers of how it was set up. */
interface Remembered {
  /** Its present number in the cluster. */
  shard: number;
  was: { shard: number; shards: number; version: number; layout: string };
}

/**
 * Makes the tables, or brings them to this release's; a database that is as it should be is only looked at. Several
 * processes may do so at once.
 * @throws Failure where the database is another program's, newer, or dealt to other shards
 */
export async function migrate(connection: Connection, address: Address, topology: Topology): Promise<void> {
  const all = statements(topology, address.database);
  const layout = hash('sha256', all.join(';')).slice(0, 16);
  const made = await isMade(connection, address);
  if (made) {
    const nodes = await remembered(connection, topology);
    refuseMoved(nodes, topology);
    const known = nodes.length === topology.shards && nodes.every(({ was }) => was.layout === layout);
    if (known && (await reached(connection, address, topology)) === topology.nodes) return;
  }
  for (const statement of all) await onEveryNode(connection, topology, statement);
  await refuseUnreached(connection, address, topology);
  await remember(connection, topology, layout);
}

/** Two processes that replace a view at the same moment may be in each other's way: once more, then. */
async function onEveryNode(connection: Connection, { cluster, keeper }: Topology, statement: string): Promise<void> {
  const run = (): Promise<void> =>
    cluster !== null && !keeper ? connection.everywhere(statement) : connection.command(statement);
  await run().catch((error: unknown) => {
    if (error instanceof ClickhouseRefusal) return run();
    throw error;
  });
}

async function isMade(connection: Connection, { database }: Address): Promise<boolean> {
  const tables = await connection.rows<[string]>(`SELECT name FROM system.tables WHERE database = '${database}'`);
  const names = tables.map(([name]) => name);
  if (names.includes(PLACE_TABLE)) return true;
  if (names.length === 0) return false;
  throw new Failure(`the database ${database} holds tables of another program`, {
    hint: 'Name a database of its own in the URL; it is made if it is not there.',
  });
}

/** The newest memory of each shard, of those that have one. */
async function remembered(connection: Connection, { cluster }: Topology): Promise<Remembered[]> {
  const from = cluster === null ? PLACE_TABLE : `cluster('${cluster}', currentDatabase(), ${PLACE_TABLE})`;
  const rows = await connection.rows<[number, number, number, number, string]>(
    `SELECT greatest(shardNum(), 1) AS present, argMax(shard, at), argMax(shards, at), max(version), argMax(layout, at)
     FROM ${from} GROUP BY present`,
  );
  return rows.map(([present, shard, shards, version, layout]) => ({
    shard: present,
    was: { shard, shards, version, layout },
  }));
}

function refuseMoved(nodes: readonly Remembered[], { cluster, shards }: Topology): void {
  for (const { shard, was } of nodes) {
    if (was.version > SCHEMA_VERSION)
      throw new Failure(`the database has schema ${was.version}, this release knows up to ${SCHEMA_VERSION}`, {
        hint: 'Use the release that wrote it, or a later one.',
      });
    if (was.shards === shards && was.shard === shard) continue;
    const now = cluster === null ? 'no cluster is named' : `the cluster ${cluster} has ${shards}`;
    const what =
      was.shards === shards
        ? `what was shard ${was.shard} of the cluster ${cluster ?? ''} is now shard ${shard}`
        : `the database was made for ${was.shards} ${was.shards === 1 ? 'shard' : 'shards'}, and ${now}`;
    throw new Failure(what, {
      hint: 'Events are dealt to shards by their ids. Restore the former definition of the cluster, or copy the data into a new database: docs/clickhouse.md says how.',
    });
  }
}

/** On how many nodes the tables are. */
async function reached(connection: Connection, { database }: Address, { cluster }: Topology): Promise<number> {
  const from = cluster === null ? 'system.tables' : `clusterAllReplicas('${cluster}', system, tables)`;
  const [[count] = ['0']] = await connection.rows<[string]>(
    `SELECT count() FROM ${from} WHERE database = '${database}' AND name = '${PLACE_TABLE}'`,
  );
  return Number(count);
}

/** Without a Keeper only the nodes that the address names are reached. */
async function refuseUnreached(connection: Connection, address: Address, topology: Topology): Promise<void> {
  const count = await reached(connection, address, topology);
  if (count === topology.nodes) return;
  throw new Failure(
    `the tables are on ${count} of the ${topology.nodes} nodes of ${topology.cluster ?? ''}: ${shownAddress(address)}`,
    {
      hint: 'Without a Keeper every node must be named: clickhouse://user:password@one:8123,two:8123/database?cluster=name',
    },
  );
}

async function remember(connection: Connection, { cluster, shards }: Topology, layout: string): Promise<void> {
  const table =
    cluster === null ? PLACE_TABLE : `FUNCTION cluster('${cluster}', currentDatabase(), ${PLACE_TABLE}, shard - 1)`;
  await connection.command(
    `INSERT INTO ${table} (version, shard, shards, layout)
     SELECT ${SCHEMA_VERSION}, toUInt32(number), ${shards}, '${layout}' FROM numbers(1, ${shards})`,
  );
}
