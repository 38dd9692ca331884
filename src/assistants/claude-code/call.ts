import type { ActorClaim } from '../../usage/actor.ts';
import type { Assistant, EventState, Source } from '../../usage/event.ts';
import type { ClaudeCall, NaturalKey } from '../../usage/identity.ts';
import { claudeCallKey, claudeKey, eventId, isMessageId, messageKeyOf } from '../../usage/identity.ts';
import { observe } from '../../usage/merge.ts';
import { billingOf, findTier } from '../../usage/tiers.ts';
import type { Labels } from '../telemetry.ts';

/** As the vendor gave them; what is no `req_` or `msg_` comes from a gateway. */
interface ClaudeIds {
  requestId: string | null;
  messageId: string | null;
  /** Set for the n-th advisor iteration of a call, which is billed as a call of its own. */
  advisor: number | null;
}

export interface CacheWrite {
  tokens: number;
  /** How they divide; null where that is not known. */
  split: { fiveMinutes: number; oneHour: number } | null;
}

/** What telemetry and session files alike can say of one model call of Claude Code or Cowork. */
export interface ClaudeUsage {
  /** Milliseconds UTC. */
  atMs: number;
  sessionId: string | null;
  promptId: string | null;
  ids: ClaudeIds;
  model: string | null;
  agent: string | null;
  version: string | null;
  inputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  cacheReadTokens: number;
  cacheWrite: CacheWrite;
  webSearches: number | null;
  reportedMicros: number | null;
  durationMs: number | null;
  ttftMs: number | null;
  speed: string | null;
  serviceTier: string | null;
  inferenceGeo: string | null;
  /** Output tokens may be a placeholder. */
  partial: boolean;
}

export type ClaudeAssistant = Extract<Assistant, 'claude-code' | 'claude-cowork'>;

/** What is known around the call: who observed it, for whom, under which labels. */
export interface ClaudeContext {
  org: string;
  assistant: ClaudeAssistant;
  source: Source;
  actor: ActorClaim;
  /** As configured. */
  tier: string | null;
  labels: Labels;
  /** The sender's own id, which counts only where the call has none. */
  transactionId: string | null;
  sequence: number | null;
}

/** The state that holds this one observation. */
export function claudeState(usage: ClaudeUsage, context: ClaudeContext): EventState {
  const { org, assistant, source, actor, labels } = context;
  const call = callOf(usage);
  const key = claudeKey(call) ?? transactionKey(context);
  const { fiveMinutes, oneHour, known } = divided(usage.cacheWrite);
  // Written out, not spread: see `observe`.
  return observe({
    org,
    assistant,
    source,
    id: eventId(key ?? observationKey(usage, context.sequence)),
    idless: key === null,
    // Only what another observation may have to be paired with: no id at all, or the file side of that pairing.
    callKey: key === null || source !== 'telemetry' ? claudeCallKey(org, call) : null,
    messageKey: messageKey(org, usage.ids),
    atMs: usage.atMs,
    actor: actor.actor,
    actorRank: actor.rank,
    login: actor.login,
    sessionId: usage.sessionId,
    promptId: usage.promptId,
    organization: labels.organization,
    product: labels.product,
    project: labels.project,
    repository: labels.repository,
    agent: usage.agent,
    model: usage.model,
    version: usage.version,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    reasoningTokens: usage.reasoningTokens,
    cacheReadTokens: usage.cacheReadTokens,
    cacheWrite5mTokens: fiveMinutes,
    cacheWrite1hTokens: oneHour,
    splitKnown: known,
    webSearches: usage.webSearches,
    reportedMicros: usage.reportedMicros,
    tier: findTier(assistant, context.tier)?.id ?? context.tier,
    billing: billingOf(assistant, context.tier),
    serviceTier: usage.serviceTier,
    inferenceGeo: usage.inferenceGeo,
    // Telemetry says "normal" where session files say "standard".
    speed: usage.speed === 'normal' ? 'standard' : usage.speed,
    durationMs: usage.durationMs,
    ttftMs: usage.ttftMs,
    partial: usage.partial || isEmpty(usage),
  });
}

function callOf({ ids, sessionId, model, inputTokens, cacheReadTokens, cacheWrite }: ClaudeUsage): ClaudeCall {
  const { requestId, messageId, advisor } = ids;
  const cacheCreationTokens = cacheWrite.tokens;
  const call = { requestId, messageId, sessionId, model, inputTokens, cacheReadTokens, cacheCreationTokens };
  return advisor === null ? call : { ...call, advisor };
}

// The advisor's iteration is another call than the one whose message it belongs to.
const messageKey = (org: string, { messageId, advisor }: ClaudeIds): bigint | null =>
  isMessageId(messageId) ? messageKeyOf(org, advisor === null ? messageId : `${messageId}:advisor:${advisor}`) : null;

// A record that names no call but was given an id by its sender, as other importers do.
const transactionKey = ({ transactionId }: ClaudeContext): NaturalKey | null =>
  transactionId === null ? null : ['transaction', transactionId];

/** The observation's own identity, the same whenever the same record is sent again. */
const observationKey = (usage: ClaudeUsage, sequence: number | null): NaturalKey => [
  'claude-observation',
  usage.sessionId,
  usage.atMs,
  sequence,
  usage.promptId,
  usage.model,
  usage.inputTokens,
  usage.outputTokens,
  usage.cacheReadTokens,
  usage.cacheWrite.tokens,
];

// Clients before 2.1 sent zeros for a call that fell back from streaming: one reply was billed all the same.
const isEmpty = (usage: ClaudeUsage): boolean =>
  usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWrite.tokens === 0;

/** What a breakdown leaves of the total counts as five minutes, the cheaper and older kind. */
function divided({ tokens, split }: CacheWrite) {
  const { fiveMinutes, oneHour } = split ?? { fiveMinutes: 0, oneHour: 0 };
  return {
    fiveMinutes: fiveMinutes + Math.max(0, tokens - fiveMinutes - oneHour),
    oneHour,
    // Zeros beside a total are a breakdown left blank.
    known: split !== null && (fiveMinutes + oneHour > 0 || tokens === 0),
  };
}
