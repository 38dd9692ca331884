import type { OutgoingRecord } from '../../../otlp/encode-request.ts';
import type { ClaudeUsage } from '../call.ts';
import { claudeRecord } from '../record.ts';
import type { CallRecord } from './call-record.ts';
import { recordId } from './call-record.ts';

/** The last part of a path of any platform: a project's name, without where it lies. */
export const projectOf = (cwd: string | null): string | null =>
  cwd?.split(/[/\\]/).findLast((part) => part !== '') ?? null;

function usageOf(call: CallRecord, promptId: string | null): ClaudeUsage {
  const { cacheWrite5mTokens: fiveMinutes, cacheWrite1hTokens: oneHour } = call;
  const divided = call.splitKnown || oneHour > 0;
  return {
    atMs: call.atMs,
    sessionId: call.sessionId,
    promptId,
    // Calls made inside an answer carry their number in both ids already.
    ids: { requestId: call.requestId, messageId: call.messageId, advisor: null },
    model: call.model,
    agent: call.agent,
    version: call.version,
    inputTokens: call.inputTokens,
    outputTokens: call.outputTokens,
    reasoningTokens: call.reasoningTokens,
    cacheReadTokens: call.cacheReadTokens,
    cacheWrite: { tokens: fiveMinutes + oneHour, split: divided ? { fiveMinutes, oneHour } : null },
    webSearches: call.webSearches,
    reportedMicros: null,
    durationMs: null,
    ttftMs: null,
    speed: call.speed,
    serviceTier: call.serviceTier,
    inferenceGeo: call.inferenceGeo,
    partial: call.partial,
  };
}

interface OutgoingOptions {
  includeProject: boolean;
  /** The prompt that the call is for, where that is known. */
  promptId?: string | null;
}

/** As it is sent. Of where it was made only the project's name may be said, and only when that was asked for. */
export const outgoingOf = (call: CallRecord, { includeProject, promptId = null }: OutgoingOptions): OutgoingRecord =>
  claudeRecord(usageOf(call, promptId), {
    transactionId: recordId(call),
    project: includeProject ? projectOf(call.cwd) : null,
    repository: null,
  });
