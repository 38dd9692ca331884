import type { Outgoing, OutgoingRecord } from '../../otlp/encode-request.ts';
import { roleOf } from './agent.ts';
import type { GeminiUsage } from './call.ts';

/** What a batch of records has in common. */
export interface GeminiBatch {
  /** Configured for attribution. */
  email: string | null;
  organization: string | null;
  product: string | null;
}

export const geminiResource = (batch: GeminiBatch): Outgoing => ({
  'service.name': 'gemini-cli',
  'organization.name': batch.organization,
  'product.name': batch.product,
  'user.email': batch.email,
});

export interface GeminiRecordOptions {
  transactionId: string;
  project: string | null;
  repository: string | null;
}

/** A call from a session file in the words of the client's own telemetry, as the history import sends it. */
export function geminiRecord(usage: GeminiUsage, options: GeminiRecordOptions): OutgoingRecord {
  const { tokens } = usage;
  return {
    eventName: 'gemini_cli.api_response',
    atMs: usage.atMs,
    attributes: {
      transaction_id: options.transactionId,
      'revenium.source': 'backfill',
      'session.id': usage.sessionId,
      prompt_id: usage.promptId,
      agent_id: usage.agentId,
      message_id: usage.messageId,
      model: usage.model,
      ...roleOf(usage.agent),
      project: options.project,
      'repository.name': options.repository,
      input_token_count: tokens.input,
      output_token_count: tokens.output,
      cached_content_token_count: tokens.cached,
      thoughts_token_count: tokens.thoughts,
      tool_token_count: tokens.tool,
      total_token_count: tokens.total,
      duration_ms: usage.durationMs,
      auth_type: usage.authType,
    },
  };
}
