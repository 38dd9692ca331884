import { cleanText } from '../../otlp/attributes.ts';
import { networkCode } from '../../otlp/retry.ts';
import { Failure } from '../../errors.ts';
import { maskKeys } from '../../secrets.ts';
import { isObject } from './usage-row.ts';

/**
 * `unauthorized` and `forbidden` ask for a person; `limited`, `away`, `malformed` and `moving` (rows came or went while
 * they were read) pass by themselves; `invalid` is for a request that will never do.
 */
export type CursorTrouble = 'unauthorized' | 'forbidden' | 'limited' | 'invalid' | 'away' | 'malformed' | 'moving';

const PASSING: readonly CursorTrouble[] = ['limited', 'away', 'malformed', 'moving'];

interface CursorApiErrorOptions {
  hint?: string;
  cause?: unknown;
  /** How long Cursor asks to wait. */
  retryAfterMs?: number | null;
}

export class CursorApiError extends Failure {
  readonly trouble: CursorTrouble;
  readonly retryAfterMs: number | null;

  constructor(message: string, trouble: CursorTrouble, options: CursorApiErrorOptions = {}) {
    const { retryAfterMs = null, ...rest } = options;
    super(message, { ...rest, retryable: PASSING.includes(trouble) });
    this.trouble = trouble;
    this.retryAfterMs = retryAfterMs;
  }
}

const HINTS: Readonly<Partial<Record<CursorTrouble, string>>> = {
  unauthorized:
    'Give a team Admin API key (Cursor dashboard, Settings, API Keys): revenium-cursor setup --cursor-api-key …',
  forbidden: "The Admin API needs a team's admin key, and on some plans Enterprise; a personal key will not do.",
};

function troubleOf(status: number): CursorTrouble {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 429) return 'limited';
  if (status === 408 || status >= 500) return 'away';
  return 'invalid';
}

/** Two shapes: `{error, message}`, and `{code, message}` where the code says nothing. */
function said(body: string): string | null {
  try {
    const parsed: unknown = JSON.parse(body);
    if (!isObject(parsed)) return null;
    const parts = [parsed.error, parsed.message].filter((part) => typeof part === 'string' && part !== '');
    return parts.length === 0 ? null : [...new Set(parts)].join(': ');
  } catch {
    return null;
  }
}

export interface ErrorAnswer {
  status: number;
  path: string;
  body: string;
  retryAfterMs: number | null;
}

export function answered({ status, path, body, retryAfterMs }: ErrorAnswer, apiKey: string): CursorApiError {
  const why = said(body);
  const trouble = troubleOf(status);
  const hint = HINTS[trouble];
  const message = `Cursor answered ${status} to ${path}${why === null ? '' : `: ${maskKeys(cleanText(why), [apiKey])}`}`;
  return new CursorApiError(message, trouble, { retryAfterMs, ...(hint === undefined ? {} : { hint }) });
}

export const malformed = (what: string, cause?: unknown): CursorApiError =>
  new CursorApiError(`Cursor's answer cannot be used: ${what}`, 'malformed', { cause });

export function unreachable(origin: string, cause: unknown): CursorApiError {
  const code = networkCode(cause);
  return new CursorApiError(`${origin} cannot be reached${code === null ? '' : ` (${code})`}`, 'away', {
    cause,
    hint: 'Check the network, and CURSOR_API_BASE_URL if it is set.',
  });
}
