import type { Outgoing, OutgoingRecord } from '../../otlp/encode-request.ts';
import { cursorKey, eventId } from '../../usage/identity.ts';
import { bucketStart } from '../../usage/snapshot.ts';
import type { CursorUsage } from './row.ts';

/** What a batch of records has in common. */
export interface CursorBatch {
  tier: string | null;
  organization: string | null;
  product: string | null;
}

export const cursorResource = (batch: CursorBatch): Outgoing => ({
  'service.name': 'cursor',
  'organization.name': batch.organization,
  'product.name': batch.product,
  CURSOR_SUBSCRIPTION_TIER: batch.tier,
});

/** A row of Cursor's usage events, as our sync sends it. `snapshotMs`: the vendor's `Date` when it was read. */
export function cursorRecord(usage: CursorUsage, snapshotMs: number): OutgoingRecord {
  const isEmail = usage.who?.includes('@') ?? false;
  return {
    eventName: 'cursor_ide.api_response',
    atMs: usage.atMs,
    attributes: {
      transaction_id: eventId(cursorKey(usage)),
      'revenium.source': 'sync',
      'revenium.bucket': bucketStart(usage.atMs),
      'revenium.snapshot': snapshotMs,
      'revenium.occurrence': usage.occurrence,
      'user.email': isEmail ? usage.who : null,
      service_account_id: isEmail ? null : usage.who,
      model: usage.model,
      kind: usage.kind,
      conversation_id: usage.conversationId,
      cloud_agent_id: usage.cloudAgentId,
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      cache_read_tokens: usage.cacheReadTokens,
      cache_creation_tokens: usage.cacheWriteTokens,
      'revenium.reported_micros': usage.reportedMicros,
      'revenium.billed_micros': usage.billedMicros,
    },
  };
}

/** Closes an hour of rows: once all of them are there, what an older reading had beyond them is retracted. */
export const closingRecord = (bucketMs: number, snapshotMs: number, count: number): OutgoingRecord => ({
  eventName: 'cursor_ide.snapshot',
  atMs: bucketMs,
  attributes: {
    'revenium.source': 'sync',
    'revenium.bucket': bucketMs,
    'revenium.snapshot': snapshotMs,
    'revenium.count': count,
  },
});
