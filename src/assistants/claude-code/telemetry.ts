import type { AttributeKey } from '../../otlp/attributes.ts';
import type { LogRecord } from '../../otlp/log-record.ts';
import { count, flag, label, micros, text, whole } from '../../otlp/values.ts';
import { microsFromUsd } from '../../usage/money.ts';
import type { Observations, TelemetryReader } from '../telemetry.ts';
import { labelsOf, sequenceOf, sourceOf } from '../telemetry.ts';
import { claudeActivities } from './activities.ts';
import type { CacheWrite, ClaudeAssistant, ClaudeContext, ClaudeUsage } from './call.ts';
import { claudeState } from './call.ts';
import { claudeActor, claudeAgent, claudeVersion } from './sender.ts';

/**
 * Claude Code's own telemetry, and what our history import sends in its words. A `service.name` may have been
 * overridden from the environment, so whatever is not Cowork is Claude Code.
 */
export const claudeCodeTelemetry: TelemetryReader = {
  reads: ({ eventName }) => eventName.startsWith('claude_code.'),
  read: (record, org) => readClaude(record, org, 'claude-code'),
};

export function readClaude(record: LogRecord, org: string, assistant: ClaudeAssistant): Observations {
  if (record.eventName === 'claude_code.api_request') {
    return { events: [claudeState(usageOf(record), contextOf(record, org, assistant))], activities: [] };
  }
  return { events: [], activities: claudeActivities(record, org, assistant) };
}

function contextOf(record: LogRecord, org: string, assistant: ClaudeAssistant): ClaudeContext {
  return {
    org,
    assistant,
    source: sourceOf(record),
    actor: claudeActor(record),
    tier: label(record, 'CLAUDE_CODE_SUBSCRIPTION_TIER'),
    labels: labelsOf(record),
    transactionId: text(record.attributes, 'transaction_id'),
    sequence: sequenceOf(record),
  };
}

/** The call that a `claude_code.api_request` record tells of. Throws RejectedRecord. */
function usageOf(record: LogRecord): ClaudeUsage {
  const { attributes } = record;
  return {
    atMs: record.atMs,
    sessionId: text(attributes, 'session.id'),
    promptId: text(attributes, 'prompt.id'),
    ids: {
      requestId: text(attributes, 'request_id'),
      messageId: text(attributes, 'message_id'),
      advisor: whole(attributes, 'revenium.advisor'),
    },
    model: text(attributes, 'model'),
    agent: claudeAgent(record),
    version: claudeVersion(record),
    inputTokens: count(record, 'input_tokens'),
    outputTokens: count(record, 'output_tokens'),
    reasoningTokens: count(record, 'revenium.reasoning_tokens'),
    cacheReadTokens: count(record, 'cache_read_tokens'),
    cacheWrite: { tokens: count(record, 'cache_creation_tokens'), split: cacheSplit(record) },
    webSearches: whole(attributes, 'revenium.web_searches'),
    reportedMicros: reported(record),
    durationMs: whole(attributes, 'duration_ms'),
    ttftMs: whole(attributes, 'ttft_ms'),
    speed: text(attributes, 'speed'),
    serviceTier: text(attributes, 'revenium.service_tier'),
    inferenceGeo: text(attributes, 'revenium.inference_geo'),
    partial: flag(attributes, 'revenium.partial'),
  };
}

const SPLIT: readonly AttributeKey[] = ['cache_creation_5m_tokens', 'cache_creation_1h_tokens'];

function cacheSplit(record: LogRecord): CacheWrite['split'] {
  if (SPLIT.every((key) => record.attributes[key] === undefined)) return null;
  return {
    fiveMinutes: count(record, 'cache_creation_5m_tokens'),
    oneHour: count(record, 'cache_creation_1h_tokens'),
  };
}

/** The integer of newer clients, else the dollars of all. An estimate below zero or beyond reason is none. */
function reported({ attributes }: LogRecord): number | null {
  const integer = micros(attributes, 'cost_usd_micros');
  const dollars = text(attributes, 'cost_usd');
  const value = integer ?? (dollars === null ? null : microsFromUsd(dollars));
  return value !== null && value >= 0 && value <= 1e12 ? value : null;
}
