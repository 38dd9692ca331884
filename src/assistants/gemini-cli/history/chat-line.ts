import type { GeminiTokens } from '../../../usage/identity.ts';

/** What a chat file says of one answer. The client writes an answer with tool calls twice, and again on resuming. */
export interface ChatAnswer {
  messageId: string;
  /** Milliseconds UTC. */
  atMs: number;
  model: string | null;
  tokens: GeminiTokens;
}

/** Why an answer is no record. */
export const CHAT_SKIP_REASONS = {
  malformed: 'not JSON',
  unfinished: 'the last line of a file, still being written',
  empty: 'no tokens at all',
  badNumbers: 'token counts that are no counts',
  badTimestamp: 'no readable time',
  noId: 'no message id',
} as const;
export type ChatSkipReason = keyof typeof CHAT_SKIP_REASONS;

type Json = Readonly<Record<string, unknown>>;

export const jsonObject = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;

const LONGEST = 512;
export const shortText = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST ? value : null;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const KINDS = ['input', 'output', 'cached', 'thoughts', 'tool', 'total'] as const;

function tokensOf(value: Json): GeminiTokens | null {
  const counts = KINDS.map((kind) => value[kind] ?? 0);
  if (!counts.every(isCount)) return null;
  const [input = 0, output = 0, cached = 0, thoughts = 0, tool = 0, total = 0] = counts;
  return { input, output, cached, thoughts, tool, total };
}

/** Reads one message; null for one that is no answer of a model. */
export function readMessage(value: unknown): ChatAnswer | ChatSkipReason | null {
  const message = jsonObject(value);
  const counts = jsonObject(message?.tokens);
  if (message?.type !== 'gemini' || !counts) return null;
  const messageId = shortText(message.id);
  if (messageId === null) return 'noId';
  const atMs = typeof message.timestamp === 'string' ? Date.parse(message.timestamp) : NaN;
  if (Number.isNaN(atMs)) return 'badTimestamp';
  const tokens = tokensOf(counts);
  if (!tokens) return 'badNumbers';
  if (KINDS.every((kind) => tokens[kind] === 0)) return 'empty';
  return { messageId, atMs, model: shortText(message.model), tokens };
}

/** All messages of a parsed line: itself, or those that a `$set` (or an old client's document) holds. */
export function messagesOf(line: unknown): unknown[] {
  const object = jsonObject(line);
  const set = jsonObject(object?.$set);
  const messages = set?.messages ?? object?.messages;
  return Array.isArray(messages) ? messages : [line];
}
