import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { onTestFinished } from 'vitest';

export const CERTIFICATE = 'fixtures/tls/cert.pem';

/** TLS in front of a plain port; answers its own port. The certificate is nobody's: `CERTIFICATE` must be trusted. */
export async function tlsProxy(host: string): Promise<number> {
  const [name = '', port = ''] = host.split(':');
  const options = { cert: readFileSync(CERTIFICATE), key: readFileSync('fixtures/tls/key.pem') };
  const server = createServer(options, (client) => {
    const behind = connect(Number(port), name);
    client.pipe(behind).pipe(client);
    client.on('error', () => behind.destroy());
    behind.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  // A TCP server's address is of this form.
  return (server.address() as AddressInfo).port;
}
