import { backoffMs, isRetryableStatus, retryAfterMs } from '../../../otlp/retry.ts';
import type { Alert } from './alert.ts';

export interface WebhookOptions {
  fetch: typeof fetch;
  sleep: (ms: number) => Promise<void>;
  now: () => number;
  /** Between 0 and 1. */
  random: () => number;
  /** How often one message is sent at most; 3. */
  attempts?: number;
}

const TIMEOUT_MS = 10_000;
const LONGEST_WAIT_MS = 60_000;

// Slack reads these three as markup of its own.
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A message as Slack, and what understands Slack's webhooks, wants it. */
export const messageOf = ({ title, text }: Pick<Alert, 'title' | 'text'>, org: string) => ({
  text: `${escaped(title)}\n${escaped(text)}`,
  blocks: [
    { type: 'section', text: { type: 'mrkdwn', text: `*${escaped(title)}*\n${escaped(text)}` } },
    { type: 'context', elements: [{ type: 'mrkdwn', text: `Revenium · ${escaped(org)}` }] },
  ],
});

/** Why a message was not taken; never the address, which is a secret. */
interface Refusal {
  problem: string;
  /** Nobody is there, or not now: another message fares no better, the same may later. */
  away: boolean;
}

/** Sends a message until it is taken: null. */
export async function sendMessage(url: string, message: object, options: WebhookOptions): Promise<Refusal | null> {
  const { attempts = 3, sleep, now, random } = options;
  let refusal: Refusal = { problem: 'not sent', away: true };
  for (let failures = 1; failures <= attempts; failures++) {
    const outcome = await tryOnce(url, message, options);
    if (outcome === null) return null;
    refusal = { problem: outcome.problem, away: outcome.again };
    if (!outcome.again || failures === attempts) break;
    const wait = retryAfterMs(outcome.retryAfter, now()) ?? backoffMs(failures, random);
    await sleep(Math.min(wait, LONGEST_WAIT_MS));
  }
  return refusal;
}

async function tryOnce(
  url: string,
  message: object,
  { fetch }: WebhookOptions,
): Promise<{ problem: string; again: boolean; retryAfter: string | null } | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      // An address that leads elsewhere was mistyped, or is somebody's attempt.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return null;
    const again = isRetryableStatus(response.status) || response.status === 500;
    return { problem: `answered ${response.status}`, again, retryAfter: response.headers.get('retry-after') };
  } catch {
    return { problem: 'no answer', again: true, retryAfter: null };
  }
}
