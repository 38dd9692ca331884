import { isSafe } from '../../../endpoint.ts';
import { findServer } from '../../../server/data-directory.ts';
import { Failure, UsageError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import type { CommonOptions } from '../../table.ts';
import { dataDirectory } from './data.ts';

/** How every command but `start` finds the running server. */
export interface ConnectionOptions extends CommonOptions {
  endpoint?: string;
  apiKey?: string;
  /** The data directory of a server on this machine. */
  data?: string;
  insecure?: boolean;
}

export interface Connection {
  /** The organisation that the key acts for. */
  org: string;
  /** @throws Failure with the server's own words */
  call: (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<unknown>;
}

/** `--data` before other flags before the environment before a server on this machine. */
export async function connect(options: ConnectionOptions, context: Context): Promise<Connection> {
  const { url, key } = await address(options, context);
  const call: Connection['call'] = (method, path, body) => request(context, { url, key }, method, path, body);
  const { org } = (await call('GET', '/v2/sdk/resolve-key')) as { org: string };
  return { org, call };
}

/** The key of a server on this machine goes to that server and nowhere else. */
async function address(options: ConnectionOptions, context: Context): Promise<{ url: string; key: string }> {
  const url = options.endpoint ?? context.env.REVENIUM_ENDPOINT;
  if (options.data === undefined && url) return named(url, options, context);
  const directory = dataDirectory(options, context);
  const local = await findServer(directory);
  if (local) return { url: local.url, key: options.apiKey ?? local.key };
  throw new UsageError(`no server was named, and none is running from ${directory}`, {
    hint: 'Start one (revenium-server start), name its directory (--data DIR), or set REVENIUM_ENDPOINT and REVENIUM_API_KEY.',
  });
}

function named(url: string, options: ConnectionOptions, context: Context): { url: string; key: string } {
  const key = options.apiKey ?? context.env.REVENIUM_API_KEY;
  if (!URL.canParse(url)) throw new UsageError(`the endpoint "${url}" is not a web address`);
  if (!key)
    throw new UsageError(`no key for ${url}`, {
      hint: 'Set REVENIUM_API_KEY or give --api-key: an admin key of that server.',
    });
  if (!options.insecure && !isSafe(new URL(url)))
    throw new UsageError(`the endpoint ${url} is not encrypted`, {
      hint: 'Use https://, or --insecure if you mean it.',
    });
  return { url: url.replace(/\/+$/, ''), key };
}

async function request(
  { fetch, signal }: Context,
  { url, key }: { url: string; key: string },
  method: string,
  path: string,
  body: unknown,
): Promise<unknown> {
  let response: Response;
  try {
    // Joined as text: an endpoint may have a path of its own.
    response = await fetch(`${url}${path}`, {
      method,
      signal,
      headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw new Failure(`no answer from ${url}`, {
      cause,
      retryable: true,
      hint: 'Is the server running? revenium-server start',
    });
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer;
  const said = (answer as { error?: { message?: string } } | null)?.error?.message ?? response.statusText;
  throw new Failure(`${url} answered ${response.status}: ${said}`, { retryable: response.status === 503 });
}
