import { hash } from 'node:crypto';
import { BoundedMap } from './bounded-map.ts';

/**
 * Identity: the same call has the same id by whatever road it comes. A natural key is a list whose first member
 * names its kind; its id is SHA-256 over a rendering in which no two lists look alike.
 */
export type NaturalKey = readonly [kind: string, ...parts: (string | number | null)[]];

/** 64 hex digits. */
export function eventId(key: NaturalKey): string {
  return hash('sha256', JSON.stringify(key));
}

/** First 64 bits of SHA-256: for look-ups inside one organisation, never shown. */
export function hash64(...parts: (string | number | null)[]): bigint {
  return first64(hash('sha256', JSON.stringify(parts)));
}

const first64 = (hex: string): bigint => BigInt(`0x${hex.slice(0, 16)}`);

const organizations = new BoundedMap<string, bigint>(10_000);

/** The store's key of an event as 64 bits. An id is a hash already: it only has to differ between organisations. */
export const storeHash = (org: string, id: string): bigint =>
  first64(id) ^ organizations.getOr(org, () => hash64('organization', org));

/** Anthropic's request ids; anything else in that field comes from a gateway and may be constant. */
export const isRequestId = (value: string | null | undefined): value is `req_${string}` => /^req_./.test(value ?? '');

/** Anthropic's message ids. */
export const isMessageId = (value: string | null | undefined): value is `msg_${string}` => /^msg_./.test(value ?? '');

export const messageKeyOf = (org: string, messageId: string): bigint => hash64('message', org, messageId);

export interface ClaudeCall {
  requestId: string | null;
  messageId: string | null;
  sessionId: string | null;
  model: string | null;
  inputTokens: number;
  cacheReadTokens: number;
  cacheCreationTokens: number;
  /** Set for the n-th advisor iteration of a call, which is billed as a call of its own. */
  advisor?: number;
}

/** The natural key of a Claude call, or null where the observation carries no id of the call. */
export function claudeKey(call: ClaudeCall): NaturalKey | null {
  const { requestId, messageId } = call;
  const suffix = call.advisor === undefined ? '' : `:advisor:${call.advisor}`;
  if (isRequestId(requestId)) return ['claude-request', requestId + suffix];
  if (!messageId) return null;
  if (isMessageId(messageId)) return ['claude-message', messageId + suffix];
  // A foreign id may be one constant for every answer of a relay: it only counts together with the numbers.
  return [
    'claude-foreign',
    call.sessionId,
    messageId + suffix,
    call.inputTokens,
    call.cacheReadTokens,
    call.cacheCreationTokens,
  ];
}

/** By these a Claude observation without a common id is paired; output is left out, old files hold placeholders. */
export function claudeCallKey(org: string, call: Omit<ClaudeCall, 'requestId' | 'messageId'>): bigint {
  return hash64(
    'claude-call',
    org,
    call.sessionId,
    call.model,
    call.inputTokens,
    call.cacheReadTokens,
    call.cacheCreationTokens,
  );
}

/** Token numbers as the Gemini API gives them (`usageMetadata`), cached being part of input. */
export interface GeminiTokens {
  input: number;
  output: number;
  cached: number;
  thoughts: number;
  tool: number;
  total: number;
}

/** `session`: the session id, or the agent's id for a sub-agent's call. */
export function geminiCallKey(org: string, session: string | null, t: GeminiTokens): bigint {
  return hash64('gemini-call', org, session, t.input, t.output, t.cached, t.thoughts, t.tool, t.total);
}

export interface CursorRow {
  atMs: number;
  /** Lower-cased e-mail or service account id. */
  who: string | null;
  model: string | null;
  kind: string | null;
  conversationId: string | null;
  cloudAgentId: string | null;
  /** Which of several rows alike (see `cursorAlike`) it is, counted within its snapshot or file, from 0. */
  occurrence: number;
}

/**
 * By what Cursor's API and its CSV files, old and new, know the same row. The files name no conversation, the older
 * ones no cloud agent, so that neither can be part of it; model and kind are words that differ between the two.
 */
export const cursorAlike = (row: Omit<CursorRow, 'occurrence'>): (string | number | null)[] => [
  row.atMs,
  row.who,
  cursorModel(row.model),
  cursorKind(row.kind),
];

export const cursorKey = (row: CursorRow): NaturalKey => ['cursor', ...cursorAlike(row), row.occurrence];

/** The order in which rows alike are numbered: by their tokens, which every export has. */
export const cursorTokens = (row: {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
}): string => JSON.stringify([row.inputTokens, row.outputTokens, row.cacheReadTokens, row.cacheWriteTokens]);

/** `auto` in Cursor's files is `default` in its API. */
export const cursorModel = (model: string | null): string | null => (model === 'auto' ? 'default' : model);

/** An open set of kinds, told apart only as far as every export does. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/errored|aborted|(?:not?[ _]charged?)/i, 'not charged'],
  [/included/i, 'included'],
  [/usage[-_ ]based|on[-_ ]demand/i, 'usage-based'],
  [/^(?:usage_event_kind_)?free/i, 'free'],
];

const cursorKind = (kind: string | null): string | null =>
  kind === null ? null : (KINDS.find(([words]) => words.test(kind))?.[1] ?? kind);

/** The id under which a `test` command's record is stored and asked for again. */
export const testRecordId = (transactionId: string): string => eventId(['test', transactionId]);
