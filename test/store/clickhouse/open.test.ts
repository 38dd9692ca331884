import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../../src/errors.ts';
import { sql } from '../../../src/reports/sql.ts';
import { openClickhouse } from '../../../src/store/clickhouse/open.ts';
import { TABLES } from '../../../src/store/clickhouse/schema.ts';
import type { Store } from '../../../src/store/store.ts';
import { eventId } from '../../../src/usage/identity.ts';
import { observe } from '../../../src/usage/merge.ts';
import { CLUSTER_USER } from '../../clickhouse/node.ts';
import { NOON } from '../../support/observations.ts';
import { askNode, clickhouseHosts, ownName } from '../../support/stores.ts';
import { CERTIFICATE, tlsProxy } from '../../support/tls-proxy.ts';

const price = () => ({ listMicros: null, cacheSavingsMicros: null });
const SECRET = encodeURIComponent(CLUSTER_USER.password);

let hosts: string[] = [];
beforeAll(async () => {
  hosts = await clickhouseHosts();
});

/** A name for a database, which is dropped after the test on every node. */
function databaseName(): string {
  const name = ownName();
  onTestFinished(async () => {
    for (const host of hosts) await askNode(host, `DROP DATABASE IF EXISTS ${name} SYNC`);
  });
  return name;
}

async function open(url: string): Promise<Store> {
  const store = await openClickhouse({ url, price });
  onTestFinished(() => store.close());
  return store;
}

/** Why it cannot be opened, and what is said to do; never with the password. */
async function refusal(url: string): Promise<string> {
  const error: unknown = await openClickhouse({ url, price }).then(
    (store) => store.close().then(() => null),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error(`no refusal: ${String(error)}`);
  const said = `${error.message}\n${error.hint ?? ''}\n${error.stack ?? ''}`;
  for (const secret of [CLUSTER_USER.password, SECRET, 'wrong-password']) expect(said).not.toContain(secret);
  return `${error.message}\n${error.hint ?? ''}`;
}

describe('opening', () => {
  it('makes the database for a user with a password', async () => {
    const store = await open(`clickhouse://${CLUSTER_USER.user}:${SECRET}@${hosts[0] ?? ''}/${databaseName()}`);
    await store.ready();
  });

  it('says who is not let in', async () => {
    const said = await refusal(`clickhouse://${CLUSTER_USER.user}:wrong-password@${hosts[0] ?? ''}/usage`);
    expect(said).toContain('does not let this user in');
    expect(said).toContain(`user ${CLUSTER_USER.user}`);
  });

  it('says what does not answer', async () => {
    expect(await refusal(`clickhouse://ada:wrong-password@127.0.0.1:1/usage`)).toMatch(
      /cannot use ClickHouse at http:\/\/127\.0\.0\.1:1 .*ECONNREFUSED[^]*Is it running/,
    );
    expect(await refusal(`clickhouse://ada@host.invalid/usage`)).toMatch(/host\.invalid:8123/);
  });

  it('goes on to the next node where the first does not answer', async () => {
    const store = await open(`clickhouse://127.0.0.1:1,${hosts[0] ?? ''}/${databaseName()}`);
    await store.ready();
  });

  it('refuses tables of another program', async () => {
    const name = databaseName();
    await askNode(hosts[0] ?? '', `CREATE DATABASE ${name}`);
    await askNode(hosts[0] ?? '', `CREATE TABLE ${name}.theirs (x Int8) ENGINE = MergeTree ORDER BY x`);
    expect(await refusal(`clickhouse://${hosts[0] ?? ''}/${name}`)).toContain('tables of another program');
  });

  it('refuses what a later release has made', async () => {
    const [host = ''] = hosts;
    const name = databaseName();
    await (await open(`clickhouse://${host}/${name}`)).close();
    await askNode(host, `INSERT INTO ${name}.revenium_node (version, shard, shards, layout) VALUES (99, 1, 1, '')`);
    expect(await refusal(`clickhouse://${host}/${name}`)).toMatch(/schema 99, this release knows up to \d+/);
  });

  it('brings tables to this release that lack a column', async () => {
    const [host = ''] = hosts;
    const name = databaseName();
    await (await open(`clickhouse://${host}/${name}`)).close();
    await askNode(host, `ALTER TABLE ${name}.observation DROP COLUMN seen_speed`);
    await askNode(
      host,
      `INSERT INTO ${name}.revenium_node (version, shard, shards, layout) VALUES (1, 1, 1, 'former')`,
    );
    const store = await open(`clickhouse://${host}/${name}`);
    await store.ready();
    const columns = await askNode(host, `SELECT name FROM system.columns WHERE database = '${name}'`);
    expect(columns).toContain('seen_speed');
  });

  it('may be done by several processes at the same time', async () => {
    const url = `clickhouse://${hosts[0] ?? ''}/${databaseName()}`;
    const stores = await Promise.all([open(url), open(url), open(url)]);
    await Promise.all(stores.map((store) => store.ready()));
  });
});

describe('a cluster', () => {
  it('must be known', async () => {
    expect(await refusal(`clickhouse://${hosts[0] ?? ''}/${databaseName()}?cluster=nowhere`)).toMatch(
      /no cluster nowhere[^]*system\.clusters/,
    );
  });

  it('without a Keeper has all its nodes named', async () => {
    expect(await refusal(`clickhouse://${hosts[0] ?? ''}/${databaseName()}?cluster=both`)).toMatch(
      /on 1 of the 2 nodes of both[^]*every node must be named/,
    );
  });

  it('keeps the number and the order of its shards', async () => {
    const name = databaseName();
    const url = `clickhouse://${hosts.join(',')}/${name}`;
    await (await open(`${url}?cluster=both`)).close();
    expect(await refusal(`${url}?cluster=first`)).toMatch(
      /made for 2 shards, and the cluster first has 1[^]*docs\/clickhouse\.md/,
    );
    expect(await refusal(url)).toMatch(/made for 2 shards, and no cluster is named/);
    expect(await refusal(`${url}?cluster=turned`)).toMatch(/what was shard \d of the cluster turned is now shard \d/);
    await (await open(`${url}?cluster=both`)).ready();
  });
});

it('moves to other shards as the documentation says', async () => {
  const [from, to] = [databaseName(), databaseName()];
  const [host = ''] = hosts;
  const old = await open(`clickhouse://${host}/${from}`);
  const calls = Array.from({ length: 50 }, (_, n) =>
    observe({
      org: 'acme',
      id: eventId(['test', n]),
      assistant: 'claude-code',
      source: 'telemetry',
      atMs: NOON + n,
      outputTokens: n,
      messageKey: BigInt(n % 40),
    }),
  );
  await old.write({ events: calls, activities: [] });
  const record = { kind: 'key', entityId: 'k', version: 1, org: 'acme', atMs: 1, author: 'server', data: { a: 1 } };
  await old.appendControl([record]);
  const moved = await open(`clickhouse://${hosts.join(',')}/${to}?cluster=both`);
  const documentation = readFileSync('docs/clickhouse.md', 'utf8');
  for (const { name } of TABLES) {
    expect(documentation).toContain(`\`${name}\``);
    await askNode(
      host,
      `INSERT INTO ${to}.${name} SELECT * FROM ${from}.${name} SETTINGS distributed_foreground_insert = 1, async_insert = 0`,
    );
  }
  const figures = sql`SELECT count(*) AS events, sum(output_tokens) AS tokens FROM usage_event WHERE counted`;
  expect(await moved.query(figures)).toEqual([{ events: 40, tokens: (50 * 49) / 2 - 45 }]);
  expect(await moved.query(figures)).toEqual(await old.query(figures));
  await moved.write({ events: calls, activities: [] });
  expect(await moved.query(figures)).toEqual(await old.query(figures));
  expect(await moved.readControl()).toEqual([record]);
});

describe('TLS', () => {
  // Node takes further authorities from the environment only when it starts.
  const script = `
    const { openClickhouse } = await import(${JSON.stringify(path.resolve('src/store/clickhouse/open.ts'))});
    try {
      const store = await openClickhouse({ url: process.argv[1], price: () => ({ listMicros: null, cacheSavingsMicros: null }) });
      await store.ready();
      await store.close();
      console.log('ready');
    } catch (error) {
      console.log(error.message);
    }`;
  const tried = async (url: string, env: Record<string, string>): Promise<string> => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, url], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    await new Promise((resolve) => child.on('close', resolve));
    return said.trim();
  };

  it('is spoken with clickhouses://, to whom it trusts alone', async () => {
    const port = await tlsProxy(hosts[0] ?? '');
    const url = `clickhouses://${CLUSTER_USER.user}:${SECRET}@localhost:${port}/${databaseName()}`;
    expect(await tried(url, { NODE_EXTRA_CA_CERTS: path.resolve(CERTIFICATE) })).toBe('ready');
    expect(await tried(url, {})).toMatch(/cannot use ClickHouse at https:\/\/localhost:\d+ .*self-signed certificate/);
  });
});
