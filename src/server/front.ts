import { randomUUID } from 'node:crypto';
import type { ServerOptions } from 'node:https';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { ServerError } from './errors.ts';

/** How the server meets the network. */
export interface FrontOptions {
  /** Proxies whose X-Forwarded-For is believed: addresses, ranges, or names such as `loopback`; none by default. */
  trustProxy?: string;
  /** PEM; without it plain HTTP is spoken. */
  tls?: { cert: Buffer; key: Buffer };
  /** Of one key, or of one address where no key is needed. */
  requestsPerMinute?: number;
  /** Open at once; more are closed at the door. */
  maxConnections?: number;
}

/** Generous: a whole company may share one ingest key, each machine sending once a minute. */
export const REQUESTS_PER_MINUTE = 60_000;
const MAX_CONNECTIONS = 20_000;
/** Headers must be there after so long, and an idle connection is closed: longer than common proxies keep theirs. */
const HEADERS_MS = 15_000;
const KEEP_ALIVE_MS = 75_000;

/** A request's id as a trusted proxy may have given it. */
const ID = /^[\w-]{1,64}$/;

type HttpOptions = FastifyServerOptions & { https: ServerOptions | null };

export function frontOf({ trustProxy, tls }: FrontOptions): HttpOptions {
  return {
    https: tls ? { ...tls, minVersion: 'TLSv1.2' } : null,
    trustProxy: trustProxy ?? false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestIdHeader: false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return trustProxy !== undefined && typeof given === 'string' && ID.test(given) ? given : randomUUID();
    },
  };
}

/** Limits what one key may ask for, names every request in its answer, and bounds connections. */
export async function limitRates(app: FastifyInstance, options: FrontOptions): Promise<void> {
  const { requestsPerMinute = REQUESTS_PER_MINUTE, maxConnections = MAX_CONNECTIONS } = options;
  app.server.maxConnections = maxConnections;
  app.server.headersTimeout = HEADERS_MS;
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    cache: 50_000,
    // After the caller is known; before a byte of the body is read.
    hook: 'onRequest',
    keyGenerator: ({ caller, ip }) => caller?.keyId ?? ip,
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    addHeadersOnExceeding: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
    },
    errorResponseBuilder: (_request, { max, ttl }) =>
      new ServerError('tooMany', `more than ${max} requests of this key in a minute; send this again later`, {
        retryAfterS: Math.max(1, Math.ceil(ttl / 1000)),
      }),
  });
}
