import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../../src/errors.ts';
import { parseAddress } from '../../../src/store/clickhouse/address.ts';
import { readTopology } from '../../../src/store/clickhouse/cluster.ts';
import { Connection } from '../../../src/store/clickhouse/connection.ts';

/** Replicas are out of reach of the tests: what they answer, and why, is played here. */
async function replicas(): Promise<{ connection: Connection; inserted: () => number; lag: (reads: number) => void }> {
  let [busy, inserted, lagging] = [0, 0, 0];
  const server = createServer((request, response) => {
    const refuse = (code: number, name: string): void => {
      response.writeHead(500, { 'x-clickhouse-exception-code': code });
      response.end(`Code: ${code}. DB::Exception: not now. (${name}) (version 26.7)`);
    };
    request.resume().on('end', () => {
      if (!request.url?.includes('INSERT')) {
        if (lagging-- > 0) refuse(289, 'REPLICA_IS_NOT_IN_QUORUM');
        else response.end('[1]\n');
      } else if (busy > 0) refuse(286, 'UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE');
      else {
        busy++;
        setTimeout(() => {
          busy--;
          inserted++;
          response.end();
        }, 10);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = parseAddress(`clickhouse://127.0.0.1:${(server.address() as AddressInfo).port}/usage?cluster=main`);
  const connection = await Connection.open(address, 'usage', true);
  onTestFinished(() => connection.close());
  return { connection, inserted: () => inserted, lag: (reads) => (lagging = reads) };
}

const TABLE = { name: 'event_key', columns: ['key', 'hash'] };

it('writes what replicas refuse for the moment because another insert is on its way', async () => {
  const { connection, inserted } = await replicas();
  const other = { ...TABLE, name: 'observation' };
  const inserts = Array.from({ length: 8 }, (_, n) => connection.insert(n % 2 === 0 ? TABLE : other, Buffer.alloc(16)));
  await Promise.all(inserts);
  expect(inserted()).toBe(8);
});

it('asks again where a replica lags behind', async () => {
  const { connection, lag } = await replicas();
  lag(3);
  expect(await connection.rows('SELECT 1')).toEqual([[1]]);
});

it('refuses a cluster whose replicas would each be written to', async () => {
  const nodes = (internal: number) => [
    [1, 1, internal],
    [1, 1, internal],
    [2, 1, internal],
  ];
  const cluster = (internal: number) =>
    ({
      rows: (query: string) => Promise.resolve(query.includes('system.clusters') ? nodes(internal) : [[1]]),
    }) as unknown as Connection;
  await expect(readTopology(cluster(0), 'main')).rejects.toThrow(Failure);
  expect(await readTopology(cluster(1), 'main')).toEqual({ cluster: 'main', keeper: true, shards: 2, nodes: 3 });
});
