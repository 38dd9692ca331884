import type { ActorClaim } from '../../usage/actor.ts';
import type { Billing, EventState, Source } from '../../usage/event.ts';
import type { GeminiTokens, NaturalKey } from '../../usage/identity.ts';
import { eventId, geminiCallKey } from '../../usage/identity.ts';
import { observe } from '../../usage/merge.ts';
import type { Labels } from '../telemetry.ts';

/** What telemetry and session files alike can say of one model call of Gemini CLI. */
export interface GeminiUsage {
  /** Milliseconds UTC. */
  atMs: number;
  sessionId: string | null;
  promptId: string | null;
  /** The sub-agent's run, whose calls are in a file of their own; null in the main conversation. */
  agentId: string | null;
  /** `main`, a sub-agent's type, or `background:<what>`. */
  agent: string | null;
  /** The id of the answer in its session file; telemetry has none. */
  messageId: string | null;
  model: string | null;
  tokens: GeminiTokens;
  durationMs: number | null;
  authType: string | null;
}

/** What is known around the call. */
export interface GeminiContext {
  org: string;
  source: Source;
  actor: ActorClaim;
  labels: Labels;
  /** The sender's own id, which counts only where the call has none. */
  transactionId: string | null;
}

// A login with a Google account may be a seat or free; what a key, Vertex or a gateway serves is paid by use.
const METERED = new Set(['gemini-api-key', 'vertex-ai', 'gateway']);

const billingOf = (authType: string | null): Billing => (METERED.has(authType ?? '') ? 'metered' : 'unknown');

/** By the API's own definition cached is part of input; thoughts and tool use are in neither sum. */
export const billedTokens = (tokens: GeminiTokens) => ({
  inputTokens: Math.max(0, tokens.input - tokens.cached) + tokens.tool,
  outputTokens: tokens.output + tokens.thoughts,
  reasoningTokens: tokens.thoughts,
  cacheReadTokens: tokens.cached,
});

/** The state that holds this one observation. No id of the call is known to telemetry and files alike. */
export function geminiState(
  usage: GeminiUsage,
  { org, source, actor, labels, transactionId }: GeminiContext,
): EventState {
  const { tokens, agentId, messageId, authType, ...values } = usage;
  const file = agentId ?? usage.sessionId;
  const key = fileKey(file, messageId, transactionId);
  return observe({
    ...values,
    ...labels,
    org,
    assistant: 'gemini-cli',
    source,
    id: eventId(key ?? observationKey(usage)),
    idless: key === null,
    callKey: geminiCallKey(org, file, tokens),
    ...billedTokens(tokens),
    actor: actor.actor,
    actorRank: actor.rank,
    login: actor.login,
    billing: billingOf(authType),
    partial: tokens.input + tokens.output + tokens.thoughts === 0,
  });
}

function fileKey(file: string | null, messageId: string | null, transactionId: string | null): NaturalKey | null {
  if (messageId !== null) return ['gemini-message', file, messageId];
  return transactionId === null ? null : ['transaction', transactionId];
}

/** The observation's own identity, the same whenever the same record is sent again. */
const observationKey = ({ sessionId, atMs, promptId, model, tokens: t }: GeminiUsage): NaturalKey => [
  'gemini-observation',
  sessionId,
  atMs,
  promptId,
  model,
  t.input,
  t.output,
  t.cached,
  t.thoughts,
  t.tool,
  t.total,
];
