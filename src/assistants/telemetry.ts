import type { LogRecord } from '../otlp/log-record.ts';
import { label, RejectedRecord, text, whole } from '../otlp/values.ts';
import type { Activity, EventState, Source } from '../usage/event.ts';
import type { Snapshot } from '../usage/snapshot.ts';

/** What one record says: model calls, and things that are none. */
export interface Observations {
  events: EventState[];
  activities: Activity[];
  /** Closing records of a source that sends its rows in snapshots. */
  snapshots?: Snapshot[];
}

/** How an assistant's records are read. */
export interface TelemetryReader {
  /** Whether a record is this assistant's. */
  reads(record: LogRecord): boolean;
  /** Throws RejectedRecord. */
  read(record: LogRecord, org: string): Observations;
}

/** Our own senders say which road a record came by; everything else is the client's own telemetry. */
export function sourceOf(record: LogRecord): Extract<Source, 'telemetry' | 'backfill' | 'sync'> {
  const source = text(record.attributes, 'revenium.source');
  if (source === null) return 'telemetry';
  if (source === 'backfill' || source === 'sync') return source;
  throw new RejectedRecord(`${record.eventName}: revenium.source is neither backfill nor sync`);
}

/** The labels that a person chose in setup, or a history import found out. */
export const labelsOf = (record: LogRecord) => ({
  organization: label(record, 'organization.name'),
  product: label(record, 'product.name'),
  project: label(record, 'project'),
  repository: label(record, 'repository.name'),
});

export type Labels = ReturnType<typeof labelsOf>;

/** Counts records of one process, from 0: a session that is resumed repeats them. */
export const sequenceOf = (record: LogRecord): number | null => whole(record.attributes, 'event.sequence');
