import type { Assistant } from '../../../usage/event.ts';
import type { NaturalKey } from '../../../usage/identity.ts';
import { claudeKey, eventId } from '../../../usage/identity.ts';
import type { AnswerLine } from './answer-line.ts';
import { promptSizes } from './answer-line.ts';

/** One model call as all session files together know it. */
export interface CallRecord extends Omit<AnswerLine, 'complete' | 'uuid' | 'sidechain' | 'agent'> {
  assistant: Assistant;
  /** The line's own id, where the call has no other. */
  uuid: string | null;
  /** `main`, or the kind of sub-agent. */
  agent: string;
  /** No line of it knows how the answer ended: its output may be a placeholder. */
  partial: boolean;
  /** Lines that report it, in all files. */
  lines: number;
}

export function naturalKeyOf(call: CallRecord): NaturalKey {
  const [inputTokens, cacheReadTokens, cacheCreationTokens] = promptSizes(call);
  const { requestId, messageId, sessionId, model } = call;
  return (
    claudeKey({ requestId, messageId, sessionId, model, inputTokens, cacheReadTokens, cacheCreationTokens }) ?? [
      'claude-line',
      call.uuid,
    ]
  );
}

/** Travels as `transaction_id`. */
export const recordId = (call: CallRecord): string => eventId(naturalKeyOf(call));

export const agentLabel = (sidechain: boolean, agent: string | null): string =>
  sidechain ? (agent ?? 'subagent') : 'main';
