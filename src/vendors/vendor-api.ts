import { UsageError } from '../errors.ts';
import { isSafe } from '../endpoint.ts';
import { cleanText } from '../otlp/attributes.ts';
import { networkCode, retryAfterMs } from '../otlp/retry.ts';
import { maskKeys } from '../secrets.ts';
import { Deadline } from './deadline.ts';
import type { RequestBudget } from './request-budget.ts';
import type { VendorTrouble } from './vendor-error.ts';
import { VendorError, malformed } from './vendor-error.ts';
import type { Refusal, VendorProfile } from './vendor-profile.ts';
import { saidIn, troubleOf } from './vendor-profile.ts';

export interface VendorApiOptions {
  /** The organisation's admin key. */
  apiKey: string;
  /** Another address than the vendor's own, for proxies and tests. */
  baseUrl?: string;
  /** Plain http to another machine is meant. */
  insecure?: boolean;
  /** One for all that asks with the same key. */
  budget: RequestBudget;
  /** How long one answer may take, its body included. */
  timeoutMs?: number;
  /** The longest that is waited inside one call; 5 minutes. */
  longestWaitMs?: number;
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

/** Names may repeat: that is how vendors take lists. */
export type Query = readonly (readonly [name: string, value: string])[];

interface Question {
  method: 'GET' | 'POST';
  path: string;
  query: Query;
  body?: unknown;
}

/** Longer than this nobody waits inside a call; the next run comes again. */
const LONGEST_WAIT_MS = 5 * 60_000;
/** Of each trouble by itself. Without Retry-After: 1, 2, 4 … seconds, which for a limit that is reset each minute must reach over one. */
const ATTEMPTS: Readonly<Partial<Record<VendorTrouble, number>>> = { limited: 8, away: 5, malformed: 3 };

/** A vendor's API: one way to ask, with its limits kept and its passing troubles waited out. */
export class VendorApi {
  readonly profile: VendorProfile;
  readonly #options: VendorApiOptions;
  readonly #base: URL;

  /** @throws UsageError for a base address that no key may be sent to */
  constructor(profile: VendorProfile, options: VendorApiOptions) {
    this.profile = profile;
    this.#options = options;
    this.#base = baseOf(profile, options);
  }

  /** Waits for the budget and tries again where that helps. @throws VendorError, the signal's reason when aborted */
  get(path: string, query: Query = []): Promise<Answer> {
    return this.#persist({ method: 'GET', path, query });
  }

  /** As `get`. */
  post(path: string, body: unknown): Promise<Answer> {
    return this.#persist({ method: 'POST', path, query: [], body });
  }

  async #persist(question: Question): Promise<Answer> {
    const { longestWaitMs = LONGEST_WAIT_MS } = this.#options;
    const seen = new Map<VendorTrouble, number>();
    for (let failures = 1; ; failures++) {
      try {
        return await this.#attempt(question);
      } catch (error) {
        if (!(error instanceof VendorError)) throw error;
        const waitMs = error.retryAfterMs ?? this.#backoffMs(failures);
        const attempts = (seen.get(error.trouble) ?? 0) + 1;
        seen.set(error.trouble, attempts);
        if (attempts >= (ATTEMPTS[error.trouble] ?? 1) || waitMs > longestWaitMs) throw error;
        await this.#options.sleep(waitMs);
      }
    }
  }

  #backoffMs(failures: number): number {
    const full = Math.min(60_000, 1000 * 2 ** (failures - 1));
    return Math.round(full * (0.75 + this.#options.random() / 2));
  }

  async #attempt(question: Question): Promise<Answer> {
    const { budget, signal, timeoutMs = 60_000 } = this.#options;
    await budget.take();
    signal.throwIfAborted();
    const deadline = new Deadline(signal, timeoutMs);
    try {
      return await this.#ask(question, deadline.signal);
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof VendorError ? error : this.#unreachable(error);
    } finally {
      deadline.clear();
    }
  }

  async #ask({ method, path, query, body }: Question, signal: AbortSignal): Promise<Answer> {
    const { apiKey } = this.#options;
    const url = new URL(`.${path}`, this.#base);
    for (const [name, value] of query) url.searchParams.append(name, value);
    const response = await this.#options.fetch(url, {
      method,
      // A redirect is not followed: it would take the key to another host, and drop the body.
      redirect: 'manual',
      headers: {
        ...this.profile.headers(apiKey),
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
    });
    const nowMs = this.#options.now();
    const text = await response.text();
    const { status, headers } = response;
    if (!response.ok) throw this.#refused(path, { status, headers, body: text }, nowMs);
    const dateMs = Date.parse(headers.get('date') ?? '');
    const parsed = this.#parsed(text);
    const inner = this.profile.troubleIn?.(parsed) ?? null;
    if (inner) throw this.#refused(path, { status, headers, body: text }, nowMs, inner);
    return { body: parsed, dateMs: Number.isNaN(dateMs) ? null : dateMs, nowMs };
  }

  #refused(
    path: string,
    refusal: Refusal,
    nowMs: number,
    inner?: { trouble: VendorTrouble; said: string },
  ): VendorError {
    const { name, hints, waitMs } = this.profile;
    const why = inner?.said ?? saidIn(refusal.body);
    const trouble = inner?.trouble ?? troubleOf(refusal, this.profile);
    const hint = hints[trouble];
    const said = why === null ? '' : `: ${maskKeys(cleanText(why), [this.#options.apiKey])}`;
    return new VendorError(`${name} answered ${refusal.status} to ${path}${said}`, trouble, {
      retryAfterMs: retryAfterMs(refusal.headers.get('retry-after'), nowMs) ?? waitMs?.(refusal, nowMs) ?? null,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  #unreachable(cause: unknown): VendorError {
    const code = networkCode(cause);
    return new VendorError(`${this.#base.origin} cannot be reached${code === null ? '' : ` (${code})`}`, 'away', {
      cause,
      hint: `Check the network, and ${this.profile.variable} if it is set.`,
    });
  }

  /** Half a body is no JSON either. */
  #parsed(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw malformed(this.profile.name, 'it is not JSON', cause);
    }
  }
}

function baseOf({ url: own, variable }: VendorProfile, { baseUrl = own, insecure = false }: VendorApiOptions): URL {
  const url = URL.canParse(baseUrl) ? new URL(`${baseUrl.replace(/\/+$/, '')}/`) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new UsageError(`${variable} "${baseUrl}" is not a web address`);
  if (!insecure && !isSafe(url))
    throw new UsageError(`${variable} ${baseUrl} is not encrypted`, {
      hint: 'Use https://, or --insecure if you mean it.',
    });
  return url;
}
