import type { LogRecord } from '../../otlp/log-record.ts';
import { RejectedRecord, count, label, micros, text, whole } from '../../otlp/values.ts';
import type { Snapshot } from '../../usage/snapshot.ts';
import { bucketStart } from '../../usage/snapshot.ts';
import type { TelemetryReader } from '../telemetry.ts';
import { labelsOf, sourceOf } from '../telemetry.ts';
import type { CursorUsage } from './row.ts';
import { cursorState } from './row.ts';

/** Cursor has no telemetry: these are rows of its Admin API, as our own sync sends them. */
export const cursorTelemetry: TelemetryReader = {
  reads: ({ eventName }) => eventName.startsWith('cursor_ide.'),
  read: (record, org) => {
    if (record.eventName === 'cursor_ide.snapshot')
      return { events: [], activities: [], snapshots: [snapshotOf(record, org)] };
    const source = sourceOf(record);
    const state = cursorState(usageOf(record), {
      org,
      source: source === 'telemetry' ? 'sync' : source,
      snapshotMs: whole(record.attributes, 'revenium.snapshot', Number.MAX_SAFE_INTEGER) ?? 0,
      tier: label(record, 'CURSOR_SUBSCRIPTION_TIER'),
      labels: labelsOf(record),
    });
    return { events: [state], activities: [] };
  },
};

/** Throws RejectedRecord. A bucket without rows is never closed: an empty answer may be a fault of the vendor's. */
function snapshotOf(record: LogRecord, org: string): Snapshot {
  const member = (key: 'revenium.bucket' | 'revenium.snapshot' | 'revenium.count'): number => {
    const value = whole(record.attributes, key, Number.MAX_SAFE_INTEGER);
    if (value === null || value === 0)
      throw new RejectedRecord(`${record.eventName}: ${key} is not a whole number from 1`);
    return value;
  };
  const bucketMs = member('revenium.bucket');
  if (bucketMs !== bucketStart(bucketMs))
    throw new RejectedRecord(`${record.eventName}: revenium.bucket is not the start of a UTC hour`);
  const [snapshotMs, count] = [member('revenium.snapshot'), member('revenium.count')];
  return { org, assistant: 'cursor', bucketMs, snapshotMs, count };
}

/** Throws RejectedRecord. Only the row's own e-mail counts: a sync's resource names whoever set it up. */
function usageOf(record: LogRecord): CursorUsage {
  const { attributes } = record;
  return {
    atMs: record.atMs,
    who: text(attributes, 'user.email')?.toLowerCase() ?? text(attributes, 'service_account_id'),
    model: text(attributes, 'model'),
    kind: text(attributes, 'kind'),
    conversationId: text(attributes, 'conversation_id'),
    cloudAgentId: text(attributes, 'cloud_agent_id'),
    occurrence: count(record, 'revenium.occurrence'),
    inputTokens: count(record, 'input_tokens'),
    outputTokens: count(record, 'output_tokens'),
    cacheReadTokens: count(record, 'cache_read_tokens'),
    cacheWriteTokens: count(record, 'cache_creation_tokens'),
    reportedMicros: micros(attributes, 'revenium.reported_micros'),
    billedMicros: micros(attributes, 'revenium.billed_micros'),
  };
}
