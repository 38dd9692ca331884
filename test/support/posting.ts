import { Agent, request } from 'node:http';

/** One client with a connection of its own: the answer's status, or null where the connection broke. */
export function postAlone(url: string, key: string, body: Buffer): Promise<number | null> {
  return new Promise((resolve) => {
    const sent = request(url, {
      method: 'POST',
      agent: new Agent({ keepAlive: false }),
      headers: { 'x-api-key': key, 'content-type': 'application/json', 'content-length': body.length },
    });
    sent.on('response', (response) => {
      // An answer counts once it is whole.
      response.resume().on('end', () => resolve(response.statusCode ?? null));
      response.on('error', () => resolve(null));
    });
    sent.on('error', () => resolve(null));
    sent.end(body);
  });
}
