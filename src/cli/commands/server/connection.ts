import type { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
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
  url: string;
  /** The organisation that the key acts for. */
  org: string;
  /** @throws Failure with the server's own words */
  call: (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<unknown>;
  /** Sends a file, read only as fast as it is taken. @throws Failure as `call` */
  upload: (path: string, file: Readable) => Promise<unknown>;
  /** An answer that may be too long to hold. @throws Failure as `call` */
  download: (path: string) => Promise<Response>;
}

/** `--data` before other flags before the environment before a server on this machine. */
export async function connect(options: ConnectionOptions, context: Context): Promise<Connection> {
  const { url, key } = await address(options, context);
  const ask = (path: string, init: RequestInit): Promise<Response> => request(context, { url, key }, path, init);
  const call: Connection['call'] = async (method, path, body) =>
    await (
      await ask(path, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
    ).json();
  const upload: Connection['upload'] = async (path, file) => {
    // `duplex` is known to every fetch that can send a stream, and missing from its type here. Without the other two a
    // copy of all that was sent is kept, for a redirect or a second try.
    const body = ReadableStream.from(file);
    const init = { method: 'POST', body, duplex: 'half', window: null, redirect: 'error' } as RequestInit;
    const answer: unknown = await (await ask(path, { ...init, headers: { 'content-type': 'text/csv' } })).json();
    // What took long was answered before it was done.
    const late = (answer as { error?: { message?: string } } | null)?.error;
    if (late) throw new Failure(`${url} says: ${late.message ?? 'it failed'}`);
    return answer;
  };
  const { org } = (await call('GET', '/v2/sdk/resolve-key')) as { org: string };
  return { url, org, call, upload, download: (path) => ask(path, {}) };
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
  path: string,
  init: RequestInit,
): Promise<Response> {
  let response: Response;
  try {
    // Joined as text: an endpoint may have a path of its own.
    response = await fetch(`${url}${path}`, { ...init, signal, headers: { ...init.headers, 'x-api-key': key } });
  } catch (cause) {
    throw new Failure(`no answer from ${url}`, {
      cause,
      retryable: true,
      hint: 'Is the server running? revenium-server start',
    });
  }
  if (response.ok) return response;
  const answer: unknown = await response.json().catch(() => null);
  const said = (answer as { error?: { message?: string } } | null)?.error?.message ?? response.statusText;
  throw new Failure(`${url} answered ${response.status}: ${said}`, { retryable: response.status === 503 });
}
