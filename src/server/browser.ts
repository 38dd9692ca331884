import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CookieSerializeOptions } from '@fastify/cookie';
import { ServerError } from './errors.ts';

/** What a browser sends by itself is held against where it says that it comes from. */

const LOOPBACK_NAME = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;
const LOOPBACK_ADDRESS = /^(?:::1|(?:::ffff:)?127\..*)$/;

/** The name in a Host header, without its port. */
export const hostName = (host: string): string => host.replace(/:\d+$/, '');

/**
 * Over loopback only this machine's own names are answered, and the address that the server was told to have: any
 * other is a page of somebody else's that has pointed its name here.
 */
export function isOwnHost(host: string, remoteAddress: string, publicUrl: URL | null): boolean {
  if (LOOPBACK_NAME.test(hostName(host))) return true;
  if (publicUrl) return host === publicUrl.host || hostName(host) === publicUrl.hostname;
  return !LOOPBACK_ADDRESS.test(remoteAddress);
}

/** Whether a browser's request comes from a page of this server. */
export function isOwnOrigin(
  headers: { origin?: string | undefined; 'sec-fetch-site'?: string | string[] | undefined },
  host: string,
): boolean {
  if (headers.origin !== undefined) return URL.canParse(headers.origin) && new URL(headers.origin).host === host;
  return headers['sec-fetch-site'] === 'same-origin';
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** @throws ServerError `forbidden` for a request that only looks as if the signed-in person had made it */
export function checkBrowser(request: FastifyRequest, publicUrl: URL | null): void {
  checkHost(request, publicUrl);
  if (!READING.has(request.method) && !isOwnOrigin(request.headers, request.host))
    throw new ServerError('forbidden', 'with a session, changes are taken from pages of this server only');
}

/** @throws ServerError `forbidden` */
export function checkHost({ host, socket }: FastifyRequest, publicUrl: URL | null): void {
  if (!isOwnHost(host, socket.remoteAddress ?? '', publicUrl))
    throw new ServerError(
      'forbidden',
      'this server is not known under that name: start it with --public-url, the address that browsers use',
    );
}

const isEncrypted = (request: FastifyRequest, publicUrl: URL | null): boolean =>
  request.protocol === 'https' || publicUrl?.protocol === 'https:';

// The prefix makes browsers refuse the cookie from anybody but this very host, over TLS.
const NAME = 'revenium_session';
const nameFor = (encrypted: boolean): string => (encrypted ? `__Host-${NAME}` : NAME);

export const sessionCookieOf = (request: FastifyRequest, publicUrl: URL | null): string | null =>
  request.cookies[nameFor(isEncrypted(request, publicUrl))] ?? null;

const optionsFor = (encrypted: boolean): CookieSerializeOptions => ({
  path: '/',
  httpOnly: true,
  sameSite: 'strict',
  secure: encrypted,
});

export function setSessionCookie(
  reply: FastifyReply,
  publicUrl: URL | null,
  { token, expiresAtMs }: { token: string; expiresAtMs: number },
): void {
  const encrypted = isEncrypted(reply.request, publicUrl);
  reply.setCookie(nameFor(encrypted), token, { ...optionsFor(encrypted), expires: new Date(expiresAtMs) });
}

export function clearSessionCookie(reply: FastifyReply, publicUrl: URL | null): void {
  const encrypted = isEncrypted(reply.request, publicUrl);
  reply.clearCookie(nameFor(encrypted), optionsFor(encrypted));
}
