import { UsageError } from '../../errors.ts';
import { isSafe } from '../../endpoint.ts';
import { retryAfterMs } from '../../otlp/retry.ts';
import type { CursorTrouble } from './api-error.ts';
import { CursorApiError, answered, malformed, unreachable } from './api-error.ts';
import type { RequestBudget } from './request-budget.ts';

export const CURSOR_API_URL = 'https://api.cursor.com';

export interface AdminApiOptions {
  /** The team's Admin API key. */
  apiKey: string;
  /** `CURSOR_API_BASE_URL`, for proxies and tests. */
  baseUrl?: string;
  /** Plain http to another machine is meant. */
  insecure?: boolean;
  budget: RequestBudget;
  /** How long one answer may take, its body included. */
  timeoutMs?: number;
  fetch: typeof fetch;
  sleep: (ms: number) => Promise<void>;
  now: () => number;
  /** Between 0 and 1. */
  random: () => number;
  signal: AbortSignal;
}

export interface Answer {
  body: unknown;
  /** The vendor's own clock, from the `Date` header; whole seconds. Null where a proxy took it out. */
  dateMs: number | null;
  /** Ours, when the answer's head was there. */
  nowMs: number;
}

/** Longer than this nobody waits inside a call; the next run comes again. */
const LONGEST_RETRY_AFTER_MS = 5 * 60_000;
/** Without Retry-After: 1, 2, 4 … seconds, which for a limit that is reset each minute must reach over one. */
const ATTEMPTS: Readonly<Partial<Record<CursorTrouble, number>>> = { limited: 8, away: 5, malformed: 3 };

/** Cursor's Admin API: one way to ask, with its limits kept and its passing troubles waited out. */
export class AdminApi {
  readonly #options: AdminApiOptions;
  readonly #base: URL;

  /** @throws UsageError for a base address that no key may be sent to */
  constructor(options: AdminApiOptions) {
    this.#options = options;
    this.#base = baseOf(options);
  }

  /** Waits for the budget and tries again where that helps. @throws CursorApiError, the signal's reason when aborted */
  async post(path: string, body: unknown): Promise<Answer> {
    for (let failures = 1; ; failures++) {
      try {
        return await this.#attempt(path, body);
      } catch (error) {
        if (!(error instanceof CursorApiError)) throw error;
        const waitMs = error.retryAfterMs ?? this.#backoffMs(failures);
        if (failures >= (ATTEMPTS[error.trouble] ?? 1) || waitMs > LONGEST_RETRY_AFTER_MS) throw error;
        await this.#options.sleep(waitMs);
      }
    }
  }

  #backoffMs(failures: number): number {
    const full = Math.min(60_000, 1000 * 2 ** (failures - 1));
    return Math.round(full * (0.75 + this.#options.random() / 2));
  }

  async #attempt(path: string, body: unknown): Promise<Answer> {
    const { budget, signal, timeoutMs = 60_000 } = this.#options;
    await budget.take();
    signal.throwIfAborted();
    const deadline = new Deadline(signal, timeoutMs);
    try {
      return await this.#ask(path, body, deadline.signal);
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof CursorApiError ? error : unreachable(this.#base.origin, error);
    } finally {
      deadline.clear();
    }
  }

  async #ask(path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    const { apiKey } = this.#options;
    const response = await this.#options.fetch(new URL(`.${path}`, this.#base), {
      method: 'POST',
      // A redirect is not followed: it would take the key to another host, and drop the body.
      redirect: 'manual',
      headers: {
        authorization: `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`,
        'content-type': 'application/json',
        accept: 'application/json',
      },
      body: JSON.stringify(body),
      signal,
    });
    const nowMs = this.#options.now();
    const text = await response.text();
    const { status, headers } = response;
    if (!response.ok)
      throw answered(
        { status, path, body: text, retryAfterMs: retryAfterMs(headers.get('retry-after'), nowMs) },
        apiKey,
      );
    const dateMs = Date.parse(headers.get('date') ?? '');
    return { body: parsed(text), dateMs: Number.isNaN(dateMs) ? null : dateMs, nowMs };
  }
}

/** Half a body is no JSON either. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed('it is not JSON', cause);
  }
}

function baseOf({ baseUrl = CURSOR_API_URL, insecure = false }: AdminApiOptions): URL {
  const url = URL.canParse(baseUrl) ? new URL(`${baseUrl.replace(/\/+$/, '')}/`) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`CURSOR_API_BASE_URL "${baseUrl}" is not a web address`);
  if (!insecure && !isSafe(url))
    throw new UsageError(`CURSOR_API_BASE_URL ${baseUrl} is not encrypted`, {
      hint: 'Use https://, or --insecure if you mean it.',
    });
  return url;
}

/** A signal that is also aborted after a time. Leaves nothing behind on the longer-lived one. */
class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #outer: AbortSignal;
  readonly #onAbort = (): void => this.#controller.abort(this.#outer.reason);

  constructor(outer: AbortSignal, ms: number) {
    this.#outer = outer;
    this.#timer = setTimeout(() => this.#controller.abort(new DOMException('no answer in time', 'TimeoutError')), ms);
    if (outer.aborted) this.#onAbort();
    else outer.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#onAbort);
  }
}
