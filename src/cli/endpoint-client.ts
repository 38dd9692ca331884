import { z } from 'zod';
import { networkCode } from '../otlp/retry.ts';
import type { Context } from './context.ts';

/** Whom to ask, and as whom. */
export interface Access {
  /** `https://api.revenium.ai` */
  endpoint: string;
  apiKey: string;
}

type World = Pick<Context, 'fetch' | 'signal' | 'now'>;

export type KeyCheck =
  | { state: 'accepted'; org: string | null; scope: string | null; email: string | null; clockSkewMs: number | null }
  /** 401 or 403. */
  | { state: 'refused'; status: number }
  /** 404: an endpoint that knows no key check. */
  | { state: 'not-offered' }
  /** Any other status: it is there, but cannot say now. */
  | { state: 'failing'; status: number }
  | { state: 'unreachable'; why: string };

/** Of one that answers 200 and something else: a web site, or a proxy's page. Follows the endpoint's name. */
export const NO_ENDPOINT = 'answers, but not as a metering endpoint does';

/** Of our own server's scopes those that may not send. */
export const isReadOnlyScope = (scope: string | null): boolean => scope === 'member' || scope === 'manager';

const TIMEOUT_MS = 10_000;

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name server does not answer',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
  ECONNRESET: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; NODE_EXTRA_CA_CERTS can name one to trust',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed; NODE_EXTRA_CA_CERTS can name one to trust',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** Why nobody could be asked. */
export const inWords = (error: unknown): string => {
  const code = networkCode(error);
  const known = code === null ? undefined : WORDS[code];
  return known ?? code ?? (error instanceof Error ? error.message : String(error));
};

async function request(
  { endpoint, apiKey }: Access,
  path: string,
  world: World,
  init: RequestInit = {},
): Promise<Response> {
  const headers = { 'x-api-key': apiKey, ...(init.body ? { 'content-type': 'application/json' } : {}) };
  const signal = AbortSignal.any([world.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  // A redirect is not followed: it would take the key to another host.
  return await world.fetch(endpoint + path, { ...init, headers, signal, redirect: 'manual' });
}

const resolved = z.object({
  org: z.string().nullish().catch(null),
  scope: z.string().nullish().catch(null),
  email: z.string().nullish().catch(null),
});

/** The server's clock against ours, as exactly as the whole seconds of a Date header allow; null within that. */
function skewOf(response: Response, before: number, after: number): number | null {
  const server = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(server)) return null;
  if (server + 1000 < before) return server + 1000 - before;
  return server > after ? server - after : 0;
}

/** What a key is good for. An endpoint may answer more or less than ours does: what is there is read. */
export async function checkKey(access: Access, world: World): Promise<KeyCheck> {
  const before = world.now();
  try {
    const response = await request(access, '/v2/sdk/resolve-key', world);
    const after = world.now();
    const text = await response.text();
    if (response.status === 401 || response.status === 403) return { state: 'refused', status: response.status };
    if (response.status === 404) return { state: 'not-offered' };
    const answer = response.status === 200 ? resolved.safeParse(parse(text)) : null;
    if (!answer?.success) return { state: 'failing', status: response.status };
    const { org, scope, email } = answer.data;
    const clockSkewMs = skewOf(response, before, after);
    return { state: 'accepted', org: org ?? null, scope: scope ?? null, email: email ?? null, clockSkewMs };
  } catch (error) {
    world.signal.throwIfAborted();
    return { state: 'unreachable', why: inWords(error) };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const lookup = z.object({
  records: z.array(z.object({ id: z.string(), at: z.iso.datetime(), sources: z.array(z.string()).catch([]) })),
});

export interface FoundRecord {
  id: string;
  atMs: number;
  /** `telemetry`, `backfill`, … */
  sources: string[];
}

/**
 * Which of these records (ids of 64 hex digits, at most 1000) the server has; null: it offers no look-up, or cannot
 * answer now. A key needs no scope beyond ingest for this: it answers only about ids that the caller names.
 */
export async function lookUpRecords(
  ids: readonly string[],
  access: Access,
  world: World,
): Promise<FoundRecord[] | null> {
  try {
    const init = { method: 'POST', body: JSON.stringify({ ids }) };
    const response = await request(access, '/meter/v2/records/lookup', world, init);
    const answer = lookup.safeParse(parse(await response.text()));
    if (response.status !== 200 || !answer.success) return null;
    return answer.data.records.map(({ id, at, sources }) => ({ id, atMs: Date.parse(at), sources }));
  } catch {
    world.signal.throwIfAborted();
    return null;
  }
}
