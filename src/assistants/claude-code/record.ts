import type { Outgoing, OutgoingRecord } from '../../otlp/encode-request.ts';
import { querySourceOf } from './agent.ts';
import type { ClaudeAssistant, ClaudeUsage } from './call.ts';

/** What a batch of records has in common. */
export interface ClaudeBatch {
  assistant: ClaudeAssistant;
  /** Configured for attribution. */
  email: string | null;
  tier: string | null;
  organization: string | null;
  product: string | null;
}

export const claudeResource = (batch: ClaudeBatch): Outgoing => ({
  'service.name': batch.assistant === 'claude-cowork' ? 'cowork' : 'claude-code',
  'organization.name': batch.organization,
  'product.name': batch.product,
  'user.email': batch.email,
  CLAUDE_CODE_SUBSCRIPTION_TIER: batch.tier,
});

export interface ClaudeRecordOptions {
  /** `eventId` of the call's natural key, or of the sender's own where it has none. */
  transactionId: string;
  project: string | null;
  repository: string | null;
}

/** A call from a session file in the words of the client's own telemetry, as the history import sends it. */
export function claudeRecord(usage: ClaudeUsage, options: ClaudeRecordOptions): OutgoingRecord {
  const { ids, cacheWrite } = usage;
  return {
    eventName: 'claude_code.api_request',
    atMs: usage.atMs,
    attributes: {
      transaction_id: options.transactionId,
      'revenium.source': 'backfill',
      'session.id': usage.sessionId,
      'prompt.id': usage.promptId,
      request_id: ids.requestId,
      message_id: ids.messageId,
      'revenium.advisor': ids.advisor,
      model: usage.model,
      ...querySourceOf(usage.agent),
      'app.version': usage.version,
      project: options.project,
      'repository.name': options.repository,
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      'revenium.reasoning_tokens': usage.reasoningTokens,
      cache_read_tokens: usage.cacheReadTokens,
      cache_creation_tokens: cacheWrite.tokens,
      cache_creation_5m_tokens: cacheWrite.split?.fiveMinutes,
      cache_creation_1h_tokens: cacheWrite.split?.oneHour,
      'revenium.web_searches': usage.webSearches,
      cost_usd_micros: usage.reportedMicros,
      duration_ms: usage.durationMs,
      ttft_ms: usage.ttftMs,
      speed: usage.speed,
      'revenium.service_tier': usage.serviceTier,
      'revenium.inference_geo': usage.inferenceGeo,
      'revenium.partial': usage.partial || null,
    },
  };
}
