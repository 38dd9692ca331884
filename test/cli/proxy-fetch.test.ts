import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { proxyFetch } from '../../src/cli/proxy-fetch.ts';
import type { FakeEndpoint } from '../support/fake-endpoint.ts';
import { startFakeEndpoint } from '../support/fake-endpoint.ts';

let endpoint: FakeEndpoint;
let asked: string[];
/** A proxy that takes every tunnel to the endpoint. */
const proxy = createServer();
const sockets = new Set<Socket>();
proxy.on('connection', (socket) => sockets.add(socket));
proxy.on('connect', (request, socket) => {
  asked.push(request.url ?? '');
  const { port } = new URL(endpoint.url);
  const upstream = connect(Number(port), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    upstream.pipe(socket).pipe(upstream);
  });
});

let address: string;
beforeEach(async () => {
  asked = [];
  endpoint = await startFakeEndpoint();
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => proxy.close(resolve));
  await endpoint.close();
});

const direct: typeof fetch = () => Promise.reject(new Error('went direct'));

describe('fetch', () => {
  it('is node’s own without a proxy', () => {
    expect(proxyFetch({}, direct)).toBe(direct);
    expect(proxyFetch({ HTTPS_PROXY: '' }, direct)).toBe(direct);
  });

  it.each(['HTTP_PROXY', 'http_proxy'])('goes through the proxy that %s names', async (name) => {
    const response = await proxyFetch({ [name]: address }, direct)('http://usage.example.com/v2/sdk/resolve-key', {
      headers: { 'x-api-key': 'hak_acme_0123456789abcdef' },
    });
    expect(await response.json()).toMatchObject({ org: 'acme' });
    expect(asked).toEqual(['usage.example.com:80']);
  });

  it('leaves this machine’s own servers, and those that NO_PROXY names, alone', async () => {
    const through = proxyFetch({ HTTP_PROXY: address, NO_PROXY: 'usage.invalid' }, direct);
    expect((await through(`${endpoint.url}/v2/sdk/resolve-key`)).status).toBe(401);
    await expect(through('http://usage.invalid/')).rejects.toThrow();
    expect(asked).toEqual([]);
  });
});
