import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import type { ClickhouseNode } from './node.ts';
import { startNodes } from './node.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the hosts of two nodes, `["127.0.0.1:8123", …]`, which are started for the first who asks. */
    clickhouse: string;
  }
}

/** One pair of nodes for a whole test run, if any test needs it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<ClickhouseNode[]> | null = null;
  const server = createServer((_, response) => {
    starting ??= startNodes(2);
    starting.then(
      (nodes) => response.end(JSON.stringify(nodes.map(({ host }) => host))),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server's address is of this form.
  const { port } = server.address() as AddressInfo;
  project.provide('clickhouse', `http://127.0.0.1:${port}`);
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const nodes = await starting?.catch(() => []);
    await Promise.all((nodes ?? []).map((node) => node.close()));
  };
}
