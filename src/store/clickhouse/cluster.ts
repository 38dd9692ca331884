import { Failure } from '../../errors.ts';
import type { Connection } from './connection.ts';
import { ClickhouseRefusal } from './connection.ts';
import type { Layout } from './schema.ts';

/** What a cluster is, by its own account. */
export interface Topology extends Layout {
  shards: number;
  /** All nodes. */
  nodes: number;
}

const SINGLE: Topology = { cluster: null, keeper: false, shards: 1, nodes: 1 };

/** @throws Failure where the cluster cannot hold this database */
export async function readTopology(connection: Connection, cluster: string | null): Promise<Topology> {
  if (cluster === null) return SINGLE;
  const nodes = await connection.rows<[number, number, number]>(
    `SELECT shard_num, shard_weight, internal_replication FROM system.clusters WHERE cluster = '${cluster}' ORDER BY shard_num`,
  );
  const shards = new Set(nodes.map(([shard]) => shard)).size;
  if (shards === 0)
    throw new Failure(`ClickHouse knows no cluster ${cluster}`, {
      hint: 'SELECT DISTINCT cluster FROM system.clusters lists those that it knows; remote_servers in its configuration defines them.',
    });
  if (nodes.some(([, weight]) => weight !== 1))
    throw new Failure(`the shards of the cluster ${cluster} have weights other than 1`, {
      hint: 'Events are dealt to shards evenly, by their ids: remove the weights, or name another cluster.',
    });
  // Else the table of all shards writes each row to every replica, and each copies it to the others.
  const replicated = nodes.filter(([shard]) => nodes.filter(([other]) => other === shard).length > 1);
  if (replicated.some(([, , internal]) => internal !== 1))
    throw new Failure(
      `the replicas of the cluster ${cluster} are each written to, instead of copying from each other`,
      {
        hint: 'Say <internal_replication>true</internal_replication> in each shard of its definition (remote_servers).',
      },
    );
  const keeper = await hasKeeper(connection);
  if (!keeper && nodes.length > shards)
    throw new Failure(`the cluster ${cluster} has replicas but no Keeper to keep them alike`, {
      hint: 'Configure a ClickHouse Keeper (zookeeper, distributed_ddl, macros) or a cluster with one replica a shard.',
    });
  return { cluster, keeper, shards, nodes: nodes.length };
}

/** The table of the Keeper's nodes is there only where one is configured. */
async function hasKeeper(connection: Connection): Promise<boolean> {
  try {
    await connection.rows("SELECT 1 FROM system.zookeeper WHERE path = '/' LIMIT 1");
    return true;
  } catch (error) {
    if (error instanceof ClickhouseRefusal) return false;
    throw error;
  }
}
