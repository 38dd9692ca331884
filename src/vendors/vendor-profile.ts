import type { VendorTrouble } from './vendor-error.ts';
import { isObject } from './json-values.ts';

/** An answer that is none: what a vendor says of it. */
export interface Refusal {
  status: number;
  headers: Headers;
  body: string;
}

/** What differs from vendor to vendor in how its API is asked. */
export interface VendorProfile {
  /** For people: `Cursor`. */
  name: string;
  /** Its own address. */
  url: string;
  /** The environment variable that sets another: `CURSOR_API_BASE_URL`. */
  variable: string;
  /** What proves who asks, and what every request says. */
  headers: (key: string) => Readonly<Record<string, string>>;
  /** Requests that one key may send in a minute. */
  perMinute: number;
  hints: Readonly<Partial<Record<VendorTrouble, string>>>;
  /** Where a status means something else than usual. */
  troubleOf?: (refusal: Refusal) => VendorTrouble | null;
  /** Where an answer of 200 is none all the same. */
  troubleIn?: (body: unknown) => { trouble: VendorTrouble; said: string } | null;
  /** How long to wait, beyond `Retry-After`; null where the vendor does not say. */
  waitMs?: (refusal: Refusal, nowMs: number) => number | null;
}

export function troubleOf(refusal: Refusal, profile: VendorProfile): VendorTrouble {
  const { status } = refusal;
  const own = profile.troubleOf?.(refusal) ?? null;
  if (own) return own;
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 410) return 'expired';
  if (status === 429) return 'limited';
  if (status === 408 || status >= 500) return 'away';
  return 'invalid';
}

const words = (...parts: unknown[]): string | null => {
  const said = parts.filter((part): part is string => typeof part === 'string' && part !== '');
  return said.length === 0 ? null : [...new Set(said)].join(': ');
};

/** The vendor's own words: `{error, message}`, `{error: {type, message}}`, `{message}`. */
export function saidIn(body: string): string | null {
  try {
    const parsed: unknown = JSON.parse(body);
    if (!isObject(parsed)) return null;
    const { error, message } = parsed;
    return isObject(error) ? words(error.type, error.message) : words(error, message);
  } catch {
    return null;
  }
}
