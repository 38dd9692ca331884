import type { AttributeKey, AttributeValue } from './attributes.ts';
import type { EventName } from './events.ts';
import { CLAUDE_PREFIX } from './events.ts';

/** Attributes to send; what is null or undefined is not known and not sent. */
export type Outgoing = Readonly<Partial<Record<AttributeKey, AttributeValue | null | undefined>>>;

/** A record of ours. Only attributes on the allow-list can be named, so nothing else can leave. */
export interface OutgoingRecord {
  eventName: EventName;
  /** Milliseconds UTC. */
  atMs: number;
  attributes: Outgoing;
}

/** Whose instrumentation this is; readers that care for a client's version must not mistake ours for it. */
const SCOPE = { name: '@revenium/cli' };

/** An `ExportLogsServiceRequest` in JSON, laid out as Claude Code lays out its own. */
export function encodeLogs(records: readonly OutgoingRecord[], resource: Outgoing): string {
  const logRecords = records.map(logRecord);
  return JSON.stringify({
    resourceLogs: [{ resource: { attributes: keyValues(resource) }, scopeLogs: [{ scope: SCOPE, logRecords }] }],
  });
}

function logRecord({ eventName, atMs, attributes }: OutgoingRecord) {
  const nanos = `${atMs}000000`;
  return {
    timeUnixNano: nanos,
    observedTimeUnixNano: nanos,
    body: { stringValue: eventName },
    attributes: [
      keyValue('event.name', eventName.startsWith(CLAUDE_PREFIX) ? eventName.slice(CLAUDE_PREFIX.length) : eventName),
      keyValue('event.timestamp', new Date(atMs).toISOString()),
      ...keyValues(attributes),
    ],
  };
}

const keyValues = (attributes: Outgoing) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [keyValue(key, value)],
  );

const keyValue = (key: string, value: AttributeValue) => ({ key, value: anyValue(value) });

/** 64-bit integers are decimal strings in OTLP's JSON. */
function anyValue(value: AttributeValue) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
