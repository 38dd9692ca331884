import { isMessageId, isRequestId } from '../../../usage/identity.ts';

/** What one line of a session file says of one model answer. The client writes a line for each content block. */
export interface AnswerLine {
  /**
   * `req_…` or null; anything else in that field is a gateway's and tells nothing. A call made inside the answer,
   * which is billed beside it, has the answer's ids with `:advisor:1`, `:compaction:1`, … after them.
   */
  requestId: string | null;
  messageId: string | null;
  uuid: string | null;
  /** Where a fork copied the line, the session that it came from, if the copy says so. */
  sessionId: string | null;
  /** A sub-agent's line, its echo in the parent's file, or an aside that repeats its parent's messages. */
  sidechain: boolean;
  /** The kind of sub-agent, where the line names it. */
  agent: string | null;
  model: string | null;
  version: string | null;
  cwd: string | null;
  /** Milliseconds UTC. */
  atMs: number;
  /** The line knows how the answer ended, so that its output count is final. */
  complete: boolean;
  inputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  cacheReadTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
  /** False: part of the cache write is not divided into 5 m and 1 h, and stands under 5 m. */
  splitKnown: boolean;
  webSearches: number | null;
  serviceTier: string | null;
  inferenceGeo: string | null;
  speed: string | null;
}

/** Why a line that mentions output tokens is no record. */
export const SKIP_REASONS = {
  malformed: 'not JSON',
  unfinished: 'the last line of a file, still being written',
  tooLong: 'longer than this program reads',
  otherType: 'no answer of a model',
  noUsage: 'an answer without a usage block',
  synthetic: 'made up by the client, no call was made',
  apiError: 'an error message of the client',
  empty: 'no tokens at all',
  badNumbers: 'token counts that are no counts',
  badTimestamp: 'no readable time',
  noId: 'no id of any kind',
} as const;
export type SkipReason = keyof typeof SKIP_REASONS;

/** A line that lacks these bytes reports no usage and is not looked at. */
export const USAGE_MARK = '"output_tokens"';

/**
 * Nor is one that says so early, before anything but plain members, that it is of another type than these, or that it
 * is progress of another kind than a sub-agent's.
 */
export const LINE_TYPES = ['assistant', 'progress'] as const;
export const PROGRESS_KIND = 'agent_progress';

/**
 * Lines with the same key are one call, inside one file and across files. A message id is one answer wherever it is
 * written, also under a new request id (asides) or without one (old forks). A foreign id may be one constant for all
 * answers of a relay and only counts together with the session and the numbers, judged line by line.
 */
export function callKeyOf(line: AnswerLine): string | null {
  if (isMessageId(line.messageId)) return `m${line.messageId}`;
  if (isRequestId(line.requestId)) return `r${line.requestId}`;
  if (line.messageId !== null) return `f${JSON.stringify([line.sessionId, line.messageId, ...promptSizes(line)])}`;
  return line.uuid === null ? null : `u${line.uuid}`;
}

/**
 * The key under which calls of different files meet, given a call's key and first line. Forks copy lines under a new
 * session id, but keep the lines' own ids.
 */
export const sharedKeyOf = (key: string, first: AnswerLine): string =>
  key.startsWith('f') && first.uuid !== null ? `f${first.uuid}` : key;

type PromptTokens = Pick<AnswerLine, 'inputTokens' | 'cacheReadTokens' | 'cacheWrite5mTokens' | 'cacheWrite1hTokens'>;

/** Uncached, read from the cache, written to it. */
export const promptSizes = (line: PromptTokens): [input: number, read: number, written: number] => [
  line.inputTokens,
  line.cacheReadTokens,
  line.cacheWrite5mTokens + line.cacheWrite1hTokens,
];
