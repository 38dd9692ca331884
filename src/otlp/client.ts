import { gzipSync } from 'node:zlib';
import { isSafe } from '../endpoint.ts';
import { Failure, UsageError } from '../errors.ts';
import { maskKeys } from '../secrets.ts';
import { cleanText } from './attributes.ts';
import { backoffMs, isRetryableError, isRetryableStatus, networkCode, retryAfterMs } from './retry.ts';

export interface SendOptions {
  /** Without the path: `https://api.revenium.ai`. */
  endpoint: string;
  apiKey: string;
  /** Plain http to another machine is meant. */
  insecure?: boolean;
  gzip?: boolean;
  /** How often a batch is sent at most; 6. */
  attempts?: number;
  /** How long one answer may take; 30 s. */
  timeoutMs?: number;
  fetch: typeof fetch;
  sleep: (ms: number) => Promise<void>;
  now: () => number;
  /** Between 0 and 1. */
  random: () => number;
  signal: AbortSignal;
}

export interface Delivered {
  /** What the endpoint says it took; null where it does not say. */
  processedEvents: number | null;
  /** Records that it refused; sending them again is of no use. */
  rejected: { count: number; message: string };
}

/** A batch that was not taken. `retryable`: the endpoint was away for as long as we tried, later may do. */
export class DeliveryError extends Failure {
  /** The HTTP status; null where there was no answer, or none of an endpoint. */
  readonly status: number | null;

  constructor(message: string, status: number | null, options: ConstructorParameters<typeof Failure>[1]) {
    super(message, options);
    this.status = status;
  }
}

/** Longer than this nobody waits in a command; the batch is sent by the next run. */
const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

export function logsUrl(endpoint: string, insecure = false): URL {
  const base = endpoint.replace(/\/+$/, '');
  const url = URL.canParse(base) ? new URL(`${base}/meter/v2/otlp/v1/logs`) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new UsageError(`the endpoint "${endpoint}" is not a web address`);
  if (!insecure && !isSafe(url))
    throw new UsageError(`the endpoint ${endpoint} is not encrypted`, {
      hint: 'Use https://, or --insecure if you mean it.',
    });
  return url;
}

/**
 * Sends one batch (from `encodeLogs`) until it is taken or there is no point in sending it again.
 * @throws UsageError for an endpoint that no key may be sent to, DeliveryError, and the signal's reason when aborted
 */
export async function sendLogs(batch: string, options: SendOptions): Promise<Delivered> {
  const url = logsUrl(options.endpoint, options.insecure);
  const request = requestOf(batch, options);
  const attempts = options.attempts ?? 6;
  for (let failures = 1; ; failures++) {
    const outcome = await attempt(url, request, options);
    if ('delivered' in outcome) return outcome.delivered;
    const waitMs = outcome.retryAfterMs ?? backoffMs(failures, options.random);
    if (!outcome.error.retryable || failures >= attempts || waitMs > LONGEST_RETRY_AFTER_MS) throw outcome.error;
    await options.sleep(waitMs);
  }
}

function requestOf(batch: string, { apiKey, gzip = false }: SendOptions): RequestInit {
  const headers = { 'content-type': 'application/json', 'x-api-key': apiKey };
  // A redirect is not followed: it would take the key to another host.
  return gzip
    ? { method: 'POST', redirect: 'manual', headers: { ...headers, 'content-encoding': 'gzip' }, body: packed(batch) }
    : { method: 'POST', redirect: 'manual', headers, body: batch };
}

/** In half the time of the usual level, for a tenth more bytes. */
const packed = (batch: string): Buffer<ArrayBuffer> => gzipSync(batch, { level: 3 });

type Outcome = { delivered: Delivered } | { error: DeliveryError; retryAfterMs: number | null };

async function attempt(url: URL, request: RequestInit, options: SendOptions): Promise<Outcome> {
  const { signal, timeoutMs = 30_000 } = options;
  signal.throwIfAborted();
  // By hand: in Node 20 every AbortSignal.any stays with a signal that lives as long as the process.
  const within = new AbortController();
  const stop = (): void => within.abort(signal.reason);
  const timer = setTimeout(() => within.abort(new DOMException('no answer in time', 'TimeoutError')), timeoutMs);
  signal.addEventListener('abort', stop);
  try {
    const response = await options.fetch(url, { ...request, signal: within.signal });
    const answer = await response.text();
    if (response.ok && isPage(answer)) return { error: notAnEndpoint(url, response.status), retryAfterMs: null };
    if (response.ok) return { delivered: deliveredOf(answer, options.apiKey) };
    const waitMs = retryAfterMs(response.headers.get('retry-after'), options.now());
    return { error: refusal(url, response.status, answer, options.apiKey), retryAfterMs: waitMs };
  } catch (cause) {
    signal.throwIfAborted();
    const code = networkCode(cause);
    const message = `${url.origin} cannot be reached${code === null ? '' : ` (${code})`}`;
    const error = new DeliveryError(message, null, {
      cause,
      retryable: isRetryableError(cause),
      hint: 'Check the endpoint and that the server is running.',
    });
    return { error, retryAfterMs: null };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** A web site, a login page or a proxy answers for every path; nothing was taken there. */
const isPage = (answer: string): boolean => /^\s*</.test(answer);

const notAnEndpoint = ({ origin }: URL, status: number): DeliveryError =>
  new DeliveryError(`${origin} answered ${status} with a web page: nothing takes telemetry there`, null, {
    hint: 'Check the endpoint, and whether a proxy or a login stands before it.',
  });

const HINTS = new Map<number, string>([
  [401, 'Check the API key.'],
  [403, 'The API key may not send usage data; it needs the scope "ingest".'],
  [404, 'Nothing takes telemetry there: check the endpoint.'],
  [413, 'Send smaller batches: --batch-size.'],
]);

function refusal(url: URL, status: number, answer: string, apiKey: string): DeliveryError {
  const { message } = membersOf(answer);
  const why = typeof message === 'string' ? `: ${printable(message, apiKey)}` : '';
  const hint = status >= 300 && status < 400 ? 'The endpoint has moved: give its new address.' : HINTS.get(status);
  return new DeliveryError(`${url.origin} answered ${status}${why}`, status, {
    retryable: isRetryableStatus(status),
    ...(hint === undefined ? {} : { hint }),
  });
}

function deliveredOf(answer: string, apiKey: string): Delivered {
  const { processedEvents, partialSuccess } = membersOf(answer);
  const { rejectedLogRecords, errorMessage } = isRecord(partialSuccess) ? partialSuccess : {};
  return {
    processedEvents: typeof processedEvents === 'number' ? processedEvents : null,
    rejected: {
      count: Number(rejectedLogRecords ?? 0) || 0,
      message: typeof errorMessage === 'string' ? printable(errorMessage, apiKey) : '',
    },
  };
}

/** What somebody else wrote, fit for a terminal and without the key. */
const printable = (text: string, apiKey: string): string => maskKeys(cleanText(text), [apiKey]);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** An answer that is no JSON object says nothing. */
function membersOf(answer: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(answer);
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
