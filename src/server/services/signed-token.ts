import { createHmac, timingSafeEqual } from 'node:crypto';

/** A value that a browser carries for us and cannot change. */
export function sign(secret: string, purpose: string, value: object): string {
  const body = Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${body}.${macOf(secret, purpose, body)}`;
}

/** The value, of the type that was signed for this purpose; null for what we did not sign. */
export function verified<T extends object>(secret: string, purpose: string, token: string): T | null {
  const [body = '', mac = '', ...rest] = token.split('.');
  if (rest.length > 0 || !same(mac, macOf(secret, purpose, body))) return null;
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as T;
}

const macOf = (secret: string, purpose: string, body: string): string =>
  createHmac('sha256', secret).update(`${purpose}\n${body}`).digest('base64url');

/** Compares two texts in a time that does not tell where they differ. */
export function same(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

/** Tells one password from another, and nothing else about it. */
export const fingerprint = (secret: string, password: string): string => macOf(secret, 'password', password);
