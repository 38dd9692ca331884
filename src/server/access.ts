import type { FastifyRequest } from 'fastify';
import { checkBrowser, checkHost, sessionCookieOf } from './browser.ts';
import { ServerError } from './errors.ts';
import type { People } from './people.ts';
import type { ClockSecret } from './services/clock-secret.ts';
import type { Caller, Scope } from './services/keys.ts';
import { SCOPES } from './services/keys.ts';

/**
 * The one place that decides who may call what. Every route declares its rule in `config.access`; a route without one
 * does not start.
 */
export type Access =
  /** Anybody: liveness, the API's description. */
  | { kind: 'public' }
  /** Any valid key whose scope is one of these; the organisation is the key's own. A browser's session never counts. */
  | { kind: 'key'; scopes: readonly Scope[] }
  /** A key, or a session, of the organisation in the path with at least this scope. */
  | {
      kind: 'organization';
      atLeast: Scope;
      /** False where only a key will do. */
      sessions?: boolean;
    }
  /** The operator's key. */
  | {
      kind: 'operator';
      /** True where a caller on this machine needs none: for what names nobody. */
      locally?: boolean;
    }
  /** An admin's key, or the secret of whoever starts things by the clock. A browser's session never counts. */
  | { kind: 'clock' };

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Who calls; null on public routes only. */
    caller: Caller | null;
  }
}

const BEARER = /^Bearer\s+(\S+)$/i;

/** The key that a request brings; null without one. */
export function keyOf(request: FastifyRequest): string | null {
  const header = request.headers['x-api-key'];
  if (typeof header === 'string' && header !== '') return header.trim();
  return BEARER.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

// What a proxy on this machine passes on comes from elsewhere.
const isLocal = ({ ip, headers }: FastifyRequest): boolean =>
  (ip === '::1' || /^(?:::ffff:)?127\./.test(ip)) &&
  headers.forwarded === undefined &&
  headers['x-forwarded-for'] === undefined;

export type Known = Pick<People, 'keys' | 'sessions' | 'publicUrl'> & {
  /** CRON_SECRET; null: there is none. */
  cronSecret?: ClockSecret | null;
};

/** @throws ServerError `unauthenticated`, `forbidden`, `notFound` (an organisation that is not the caller's), `tooMany` */
export function authorize(request: FastifyRequest, access: Access, people: Known): Caller | null {
  if (access.kind === 'public' || (access.kind === 'clock' && isClock(request, people))) return null;
  const caller = callerByKey(request, people) ?? callerBySession(request, access, people);
  if (caller === null) {
    if (access.kind === 'operator' && access.locally && isLocal(request)) {
      checkHost(request, people.publicUrl);
      return null;
    }
    throw new ServerError('unauthenticated', 'an API key is needed, as x-api-key or as a bearer token');
  }
  if (access.kind === 'clock') requireScope(caller, ['admin']);
  if (access.kind === 'key') requireScope(caller, access.scopes);
  if (access.kind === 'operator' && !caller.operator)
    throw new ServerError('forbidden', "this needs the operator's key");
  if (access.kind === 'organization') requireOrganization(caller, request.params as { org_id: string }, access.atLeast);
  return caller;
}

/** @throws ServerError `unauthenticated` for a key that is none */
export function callerByKey(request: FastifyRequest, { keys }: Pick<Known, 'keys'>): Caller | null {
  const key = keyOf(request);
  if (key === null) return null;
  const caller = keys.resolve(key);
  if (!caller) throw new ServerError('unauthenticated', 'this API key is unknown or revoked');
  return caller;
}

function callerBySession(request: FastifyRequest, access: Access, { sessions, publicUrl }: Known): Caller | null {
  if (access.kind !== 'organization' || access.sessions === false) return null;
  const token = sessionCookieOf(request, publicUrl);
  if (token === null) return null;
  const session = sessions.resolve(token);
  if (!session) throw new ServerError('unauthenticated', 'this session is over: sign in again');
  checkBrowser(request, publicUrl);
  return session.caller;
}

/** As a bearer token alone. A key is none of the tries: whoever has one is not slowed by those who guess. */
function isClock({ headers, ip }: FastifyRequest, { keys, cronSecret }: Known): boolean {
  const [, given] = BEARER.exec(headers.authorization ?? '') ?? [];
  if (!cronSecret || given === undefined || keys.resolve(given)) return false;
  return cronSecret.is(given, ip);
}

function requireScope(caller: Caller, scopes: readonly Scope[]): void {
  if (!scopes.includes(caller.scope))
    throw new ServerError(
      'forbidden',
      `a key of scope ${caller.scope} may not do this; it needs ${scopes.join(' or ')}`,
    );
}

function requireOrganization(caller: Caller, { org_id: org }: { org_id: string }, atLeast: Scope): void {
  // The same answer whether the organisation exists or not.
  if (caller.org !== org && !caller.operator) throw new ServerError('notFound', 'no such organisation for this key');
  if (SCOPES.indexOf(caller.scope) < SCOPES.indexOf(atLeast))
    requireScope(caller, SCOPES.slice(SCOPES.indexOf(atLeast)));
}

/** The caller of a route that is not public. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new ServerError('unauthenticated', 'an API key is needed');
  return request.caller;
}
