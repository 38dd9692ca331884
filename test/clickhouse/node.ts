import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { binaries } from './build.ts';

/** A ClickHouse of its own process, on loopback. */
export interface ClickhouseNode {
  /** `127.0.0.1:8123`, whatever the port. */
  host: string;
  /** As `kill -9` does. */
  kill: () => Promise<void>;
  /** Once more with the same files and ports; resolves when it answers. */
  start: () => Promise<void>;
  /** Ends it and removes its files. */
  close: () => Promise<void>;
}

export const CLUSTER_USER = { user: 'revenium', password: 'p@ss/word:1%' };

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

// As a user's profile may have it, and some releases had it by default.
const PROFILE = '<http_write_exception_in_output_format>1</http_write_exception_in_output_format>';

const USERS = `<clickhouse><profiles><default>${PROFILE}</default></profiles><quotas><default/></quotas><users>
${[
  ['default', ''],
  [CLUSTER_USER.user, CLUSTER_USER.password],
]
  .map(
    ([name = '', password = '']) =>
      `<${name}><password>${xml(password)}</password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></${name}>`,
  )
  .join('\n')}
</users></clickhouse>`;

const shard = (port: number): string => `<shard><replica><host>127.0.0.1</host><port>${port}</port></replica></shard>`;

/** Clusters over two nodes: both, the same in another order, the first alone. */
function configuration(tcpPorts: readonly number[], users: string): string {
  const clusters = { both: tcpPorts, turned: tcpPorts.toReversed(), first: tcpPorts.slice(0, 1) };
  const servers = Object.entries(clusters).map(([name, ports]) => `<${name}>${ports.map(shard).join('')}</${name}>`);
  return `<clickhouse>
  <logger><level>none</level></logger>
  <remote_servers>${servers.join('')}</remote_servers>
  <users_config>${users}</users_config>
  <background_pool_size>2</background_pool_size>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <mark_cache_size>67108864</mark_cache_size>
</clickhouse>`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Nodes that know each other; the clusters are `both`, `turned` and `first`. */
export async function startNodes(count: number): Promise<ClickhouseNode[]> {
  const http = await Promise.all(Array.from({ length: count }, freePort));
  const tcp = await Promise.all(Array.from({ length: count }, freePort));
  const nodes = http.map((port, i) => clickhouseNode(port, tcp[i] ?? 0, tcp));
  await Promise.all(nodes.map(({ start }) => start()));
  return nodes;
}

const LISTEN = `SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP;
  SELECT sleepEachRow(1) FROM numbers(1000000) FORMAT Null
  SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 1000000000000, max_execution_time = 0`;

function clickhouseNode(httpPort: number, tcpPort: number, tcpPorts: readonly number[]): ClickhouseNode {
  const directory = mkdtempSync(path.join(tmpdir(), 'revenium-clickhouse-'));
  const files = { data: path.join(directory, 'data'), users: path.join(directory, 'users.xml') };
  mkdirSync(files.data);
  writeFileSync(files.users, USERS);
  const config = path.join(directory, 'config.xml');
  writeFileSync(config, configuration(tcpPorts, files.users));
  const host = `127.0.0.1:${httpPort}`;
  let running: { child: ChildProcess; ended: Promise<void> } | null = null;
  const start = async (): Promise<void> => {
    const { host: program, library } = binaries();
    const ports = [`--http_port=${httpPort}`, `--tcp_port=${tcpPort}`, '--listen_host=127.0.0.1'];
    const args = [library, `--config-file=${config}`, `--path=${files.data}`, ...ports, `--query=${LISTEN}`];
    const child = spawn(program, args, { cwd: directory, stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
    running = { child, ended };
    await answers(`http://${host}/ping`, () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ClickHouse ended: ${said}`);
    });
  };
  const kill = async (): Promise<void> => {
    running?.child.kill('SIGKILL');
    await running?.ended;
    running = null;
  };
  const close = async (): Promise<void> => {
    await kill();
    rmSync(directory, { recursive: true, force: true });
  };
  return { host, start, kill, close };
}

async function answers(url: string, check: () => void): Promise<void> {
  for (;;) {
    check();
    const ok = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    await delay(50);
  }
}
