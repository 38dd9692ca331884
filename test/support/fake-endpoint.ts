import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeEndpoint {
  url: string;
  /** Every request: method, path, key, body. */
  requests: { method: string; path: string; key: string | undefined; body: string }[];
  /** Ids that a look-up finds, with the time of each, ISO 8601. */
  records: Map<string, string>;
  /** What to answer otherwise; return true where it has answered. */
  hook: (request: IncomingMessage, response: ServerResponse) => boolean;
  close: () => Promise<void>;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Logs {
  resourceLogs: { scopeLogs: { logRecords: { attributes: { key: string; value: { stringValue?: string } }[] }[] }[] }[];
}

function transactionIds(body: string): string[] {
  const logs = (JSON.parse(body) as Logs).resourceLogs.flatMap(({ scopeLogs }) => scopeLogs);
  const attributes = logs.flatMap(({ logRecords }) => logRecords).flatMap((record) => record.attributes);
  return attributes.flatMap(({ key, value }) => (key === 'transaction_id' ? [value.stringValue ?? ''] : []));
}

/**
 * An endpoint that takes one key and remembers test records, as far as setup has to do with one. For what the hook
 * leaves: key check, OTLP logs, look-up.
 */
export async function startFakeEndpoint(key = 'hak_acme_0123456789abcdef'): Promise<FakeEndpoint> {
  const fake: Omit<FakeEndpoint, 'url' | 'close'> = { requests: [], records: new Map(), hook: () => false };
  const respond = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    if (request.headers['x-api-key'] !== key) respond(response, 401, { message: 'unknown key' });
    else if (request.url === '/v2/sdk/resolve-key')
      respond(response, 200, { id: 'k1', org: 'acme', scope: 'ingest', email: null });
    else if (request.url === '/meter/v2/otlp/v1/logs') {
      const ids = transactionIds(body);
      for (const id of ids)
        fake.records.set(sha256(JSON.stringify(['test', id])), new Date(Date.UTC(2026, 10, 20)).toISOString());
      respond(response, 200, { processedEvents: ids.length });
    } else if (request.url === '/meter/v2/records/lookup') {
      const { ids } = JSON.parse(body) as { ids: string[] };
      const found = ids.flatMap((id) => {
        const at = fake.records.get(id);
        return at === undefined ? [] : [{ id, at, sources: ['telemetry'] }];
      });
      respond(response, 200, { records: found });
    } else respond(response, 404, { message: 'no such route' });
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const given = request.headers['x-api-key'];
      fake.requests.push({ method: request.method ?? '', path: request.url ?? '', key: given?.toString(), body });
      if (!fake.hook(request, response)) answer(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  // The tests set `hook` on what they get, which is the object that is asked.
  return Object.assign(fake, { url: `http://127.0.0.1:${port}`, close });
}

/** The part of Cursor's Admin API that tells whether a key is good; a team of two. */
export async function startFakeCursor(key = 'crsr_0123456789abcdef'): Promise<FakeEndpoint> {
  const fake = await startFakeEndpoint();
  const expected = `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
  fake.hook = (request, response) =>
    Boolean(
      response
        .writeHead(request.url === '/teams/members' && request.headers.authorization === expected ? 200 : 401)
        .end('{"teamMembers": [{}, {}]}'),
    );
  return fake;
}
