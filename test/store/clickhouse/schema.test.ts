import { describe, expect, it } from 'vitest';
import { TABLES, statements } from '../../../src/store/clickhouse/schema.ts';

/** A cluster with a Keeper is out of reach of the tests: what it is told is held here. */
const single = statements({ cluster: null, keeper: false }, 'usage');
const sharded = statements({ cluster: 'main', keeper: false }, 'usage');
const replicated = statements({ cluster: 'main', keeper: true }, 'usage');

describe('statements', () => {
  it('make plain tables on one node', () => {
    expect(single.join('\n')).not.toMatch(/ON CLUSTER|Replicated|Distributed/);
  });

  it('make a table on every shard, and a name for all of them', () => {
    for (const { name, shardBy } of TABLES) {
      const pattern = new RegExp(
        `CREATE OR REPLACE TABLE ${name} AS ${name}_local\\s+ENGINE = Distributed\\(\`main\`, usage, ${name}_local, ${shardBy}\\)`,
      );
      expect(sharded.filter((text) => pattern.test(text))).toHaveLength(1);
    }
    expect(sharded.join('\n')).not.toMatch(/ON CLUSTER|Replicated/);
  });

  it('reach every node, and copy themselves to replicas, where there is a Keeper', () => {
    for (const text of replicated) expect(text).toMatch(/^(CREATE|ALTER) [^(]+ ON CLUSTER `main` /);
    for (const { name } of TABLES) {
      const [made = ''] = replicated.filter((text) => text.includes(`CREATE TABLE IF NOT EXISTS ${name}_local`));
      expect(made).toMatch(/ENGINE = Replicated\w*MergeTree\(/);
    }
  });

  it('never leave a row to chance when the power fails', () => {
    const tables = single.filter((text) => /^CREATE TABLE IF NOT EXISTS (?!revenium_node)/.test(text));
    expect(tables).toHaveLength(TABLES.length);
    for (const text of tables) expect(text).toContain('fsync_after_insert = 1, fsync_part_directory = 1');
  });
});
