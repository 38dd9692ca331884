import { isSafe } from '../endpoint.ts';
import { UsageError } from '../errors.ts';
import type { Answers, AssistantSetup, Field } from './assistant-setup.ts';

/** The checks that flags, environment, files and prompts all pass. Each gives the value as it is to be written. */

export const DEFAULT_ENDPOINT = 'https://api.revenium.ai';
export const DEFAULT_SYNC_INTERVAL = 5;

// Control characters cannot be written on a line of an env file, and a lone surrogate cannot be written at all.
const isWritable = (text: string): boolean => !/[\p{Cc}\p{Cs}]/u.test(text);

function label(what: string, value: string): string {
  const text = value.trim();
  if (!isWritable(text)) throw new UsageError(`the ${what} contains a character that cannot be written`);
  if (text.length > 255) throw new UsageError(`the ${what} is longer than 255 characters`);
  return text;
}

const OTHER_KEYS: readonly (readonly [pattern: RegExp, owner: string])[] = [
  [/^sk-ant-/, 'Anthropic'],
  [/^sk-/, 'OpenAI'],
  [/^AIza/, 'Google'],
  [/^gh[a-z]_|^github_pat_/, 'GitHub'],
];

function key(what: string, value: string): string {
  const text = value.trim();
  if (!/^[\x21-\x7e]{8,512}$/.test(text))
    throw new UsageError(`the ${what} is not a key: 8 or more characters without spaces`);
  const owner = OTHER_KEYS.find(([pattern]) => pattern.test(text))?.[1];
  if (owner) throw new UsageError(`the ${what} is a key of ${owner}`);
  return text;
}

export function checkApiKey(value: string): string {
  const text = key('API key', value);
  if (/^(?:crsr|key)_/.test(text)) throw new UsageError('the API key is a key of Cursor');
  return text;
}

export function checkCursorKey(value: string): string {
  const text = key('Cursor API key', value);
  if (/^(?:hak|rev)_/.test(text)) throw new UsageError('the Cursor API key is a metering key; it belongs to --api-key');
  return text;
}

export function checkEmail(value: string): string | null {
  const text = label('e-mail address', value);
  if (text !== '' && !/^[^\s@,]+@[^\s@,]+$/.test(text)) throw new UsageError(`"${text}" is not an e-mail address`);
  return text === '' ? null : text;
}

/** The endpoint without what follows it in a client's settings. Plain http only to this machine, or if told so. */
export function checkEndpoint(value: string, insecure: boolean): string {
  const text = label('endpoint', value);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new UsageError(`the endpoint "${text}" is not a web address`);
  if (url.username || url.password || url.search || url.hash)
    throw new UsageError('the endpoint must be an address alone, without user, query or fragment');
  if (!insecure && !isSafe(url))
    throw new UsageError(`the endpoint ${text} is not encrypted`, {
      hint: 'Use https://, or --insecure if you mean it.',
    });
  return url.href.replace(/\/+$/, '').replace(/(?:\/meter\/v2\/otlp)?(?:\/v1\/(?:logs|metrics|traces))?$/, '');
}

export function checkTier(value: string, tiers: AssistantSetup['tiers']): string | null {
  const text = value.trim();
  if (text === '') return null;
  const tier = tiers.find(({ id }) => id === text.toLowerCase());
  if (!tier) throw new UsageError(`the tier "${text}" is not one of ${tiers.map(({ id }) => id).join(', ')}`);
  return tier.id;
}

export function checkSyncInterval(value: string): number {
  const minutes = Number(value);
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 1440)
    throw new UsageError('the sync interval must be a whole number of minutes, 1 to 1440');
  return minutes;
}

const optional = (what: string, value: string): string | null => label(what, value) || null;

export interface CheckOptions {
  insecure: boolean;
  tiers: AssistantSetup['tiers'];
}

/** The check of each field, by text; throws a `UsageError`. */
export const CHECKS: Readonly<{ [F in Field]: (value: string, options: CheckOptions) => Answers[F] }> = {
  apiKey: checkApiKey,
  endpoint: (value, { insecure }) => checkEndpoint(value, insecure),
  email: checkEmail,
  tier: (value, { tiers }) => checkTier(value, tiers),
  organization: (value) => optional('organization', value),
  product: (value) => optional('product', value),
  cursorApiKey: checkCursorKey,
  syncInterval: checkSyncInterval,
};
