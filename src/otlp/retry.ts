/** When to send again, and after how long: the one policy for what goes to an OTLP endpoint. */

/** By the protocol only these may be sent again; everything else is final. */
export const isRetryableStatus = (status: number): boolean => [429, 502, 503, 504].includes(status);

const RETRYABLE_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** The code of a failed fetch, which wraps what happened in causes; null where there is none. */
export function networkCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error.name === 'TimeoutError') return 'ETIMEDOUT';
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : networkCode(error.cause);
}

/** A connection that broke, timed out or found nobody yet. Unknown hosts and bad certificates stay what they are. */
export const isRetryableError = (error: unknown): boolean => RETRYABLE_CODES.has(networkCode(error) ?? '');

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** After the n-th failure (from 1): doubling, between half and all of it, so that clients do not march in step. */
export function backoffMs(failures: number, random: () => number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  return Math.round(full / 2 + (random() * full) / 2);
}

/** `Retry-After`: seconds, or an HTTP date. Null where absent or unreadable; never negative. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Without letters it is no HTTP date, though Date.parse would take it for one.
  const at = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
