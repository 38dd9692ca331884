import { defaultDataDirectory, findServer } from '../../../server/data-directory.ts';
import { Failure, UsageError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import type { CommonOptions } from '../../table.ts';

/** How every command but `start` finds the running server. */
export interface ConnectionOptions extends CommonOptions {
  endpoint?: string;
  apiKey?: string;
  /** The data directory of a server on this machine. */
  data?: string;
}

export interface Connection {
  /** The organisation that the key acts for. */
  org: string;
  /** @throws Failure with the server's own words */
  call: (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<unknown>;
}

/** Flags before the environment before a server on this machine. */
export async function connect(options: ConnectionOptions, context: Context): Promise<Connection> {
  const { url, key } = await address(options, context);
  const call: Connection['call'] = (method, path, body) => request(context, { url, key }, method, path, body);
  const { org } = (await call('GET', '/v2/sdk/resolve-key')) as { org: string };
  return { org, call };
}

async function address(options: ConnectionOptions, context: Context): Promise<{ url: string; key: string }> {
  const url = options.endpoint ?? context.env.REVENIUM_ENDPOINT;
  const key = options.apiKey ?? context.env.REVENIUM_API_KEY;
  if (options.data === undefined && url && key) return { url, key };
  const directory = options.data ?? defaultDataDirectory(context);
  const local = await findServer(directory);
  if (local) return { url: url ?? local.url, key: key && options.data === undefined ? key : local.key };
  throw new UsageError(`no server was named, and none is running from ${directory}`, {
    hint: 'Start one (revenium-server start), name its directory (--data DIR), or set REVENIUM_ENDPOINT and REVENIUM_API_KEY.',
  });
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
    response = await fetch(new URL(path, url), {
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
