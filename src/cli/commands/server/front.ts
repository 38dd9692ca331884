import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { isLoopback } from '../../../endpoint.ts';
import { Failure, UsageError } from '../../../errors.ts';
import type { FrontOptions } from '../../../server/front.ts';

export interface FrontFlags {
  host: string;
  tlsCert?: string;
  tlsKey?: string;
  trustProxy?: string;
  rateLimit: number;
  insecure: boolean;
}

/**
 * How the server meets the network. Keys and figures cross it in the clear without TLS: an address that other
 * machines reach needs certificates, or the explicit word that somebody else encrypts.
 */
export async function frontOptions(flags: FrontFlags): Promise<FrontOptions> {
  const { host, tlsCert, tlsKey, trustProxy, rateLimit, insecure } = flags;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new UsageError('--tls-cert and --tls-key go together', { hint: 'Give both files, or neither.' });
  if (tlsCert === undefined && !insecure && !isLoopback(host === '::1' ? '[::1]' : host))
    throw new UsageError(`${host} is reached by other machines, and what they send would not be encrypted`, {
      hint: 'Give --tls-cert and --tls-key; or --insecure where a proxy in front encrypts, or the network is your own.',
    });
  const tls = tlsCert !== undefined && tlsKey !== undefined ? await readTls(tlsCert, tlsKey) : undefined;
  return {
    requestsPerMinute: rateLimit,
    ...(trustProxy === undefined ? {} : { trustProxy: checkProxies(trustProxy) }),
    ...(tls ? { tls } : {}),
  };
}

async function readTls(certFile: string, keyFile: string): Promise<{ cert: Buffer; key: Buffer }> {
  const read = (file: string): Promise<Buffer> =>
    readFile(file).catch((cause: unknown) => {
      throw new UsageError(`cannot read ${file}: ${(cause as Error).message}`, { cause });
    });
  const [cert, key] = await Promise.all([read(certFile), read(keyFile)]);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw new Failure(`${certFile} and ${keyFile} are not a certificate and its key: ${(cause as Error).message}`, {
      cause,
      hint: 'Both must be PEM, the key without a passphrase.',
    });
  }
  return { cert, key };
}

const PROXY = /^(?:loopback|linklocal|uniquelocal|[\da-f:.]+(?:\/\d{1,3})?)$/i;

function checkProxies(list: string): string {
  const proxies = list.split(',').map((one) => one.trim());
  for (const proxy of proxies)
    if (!PROXY.test(proxy))
      throw new UsageError(`--trust-proxy: "${proxy}" is no address`, {
        hint: 'Write addresses or ranges (10.0.0.0/8), or loopback, linklocal, uniquelocal, comma-separated.',
      });
  return proxies.join(',');
}
