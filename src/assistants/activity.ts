import type { LogRecord } from '../otlp/log-record.ts';
import { text, whole } from '../otlp/values.ts';
import type { Activity } from '../usage/event.ts';
import type { NaturalKey } from '../usage/identity.ts';
import { eventId } from '../usage/identity.ts';
import { labelsOf } from './telemetry.ts';

/** Whose an activity is; the same for all records of an assistant. */
export type Doer = Pick<Activity, 'org' | 'assistant' | 'actor' | 'promptId' | 'agent' | 'version'>;

/** What was done, by which the same record is known again. */
export type Deed = Pick<Activity, 'kind' | 'name' | 'outcome'> &
  Partial<Pick<Activity, 'decidedBy' | 'durationMs' | 'size'>> & { key: NaturalKey };

export function activityOf(record: LogRecord, doer: Doer, { key, ...deed }: Deed): Activity {
  return {
    ...doer,
    id: eventId(key),
    atMs: record.atMs,
    sessionId: text(record.attributes, 'session.id'),
    ...labelsOf(record),
    model: text(record.attributes, 'model'),
    decidedBy: null,
    durationMs: whole(record.attributes, 'duration_ms'),
    size: null,
    ...deed,
  };
}
