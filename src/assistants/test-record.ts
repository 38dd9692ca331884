import type { OutgoingRecord } from '../otlp/encode-request.ts';
import type { LogRecord } from '../otlp/log-record.ts';
import { label, RejectedRecord, text } from '../otlp/values.ts';
import { backfillActor } from '../usage/actor.ts';
import type { Assistant } from '../usage/event.ts';
import { testRecordId } from '../usage/identity.ts';
import { observe } from '../usage/merge.ts';
import type { TelemetryReader } from './telemetry.ts';
import { labelsOf } from './telemetry.ts';

const SERVICES = new Map<string | null, Assistant>([
  ['gemini-cli', 'gemini-cli'],
  ['cursor', 'cursor'],
]);

const assistantOf = ({ resource }: LogRecord): Assistant =>
  SERVICES.get(text(resource, 'service.name')) ?? 'claude-code';

/** What the `test` commands send to see whether it arrives. It is stored, answered, and in no report. */
export const testRecord = (transactionId: string, atMs: number): OutgoingRecord => ({
  eventName: 'revenium.test',
  atMs,
  attributes: { transaction_id: transactionId },
});

export const testRecordTelemetry: TelemetryReader = {
  reads: ({ eventName }) => eventName === 'revenium.test',
  read: (record, org) => {
    const transactionId = text(record.attributes, 'transaction_id');
    if (transactionId === null) throw new RejectedRecord('revenium.test: no transaction_id');
    const { actor, rank, login } = backfillActor(label(record, 'user.email'));
    const state = observe({
      ...labelsOf(record),
      org,
      id: testRecordId(transactionId),
      assistant: assistantOf(record),
      source: 'telemetry',
      atMs: record.atMs,
      actor,
      actorRank: rank,
      login,
      requests: 0,
      status: 'test',
    });
    return { events: [state], activities: [] };
  },
};
