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
const SCOPE = JSON.stringify({ name: '@revenium/cli' });

/**
 * An `ExportLogsServiceRequest` in JSON, laid out as Claude Code lays out its own. Written as text at once: a history
 * has millions of attributes, and an object for each costs more than all else that is done with them.
 */
export function encodeLogs(records: readonly OutgoingRecord[], resource: Outgoing): string {
  const scopeLogs = `[{"scope":${SCOPE},"logRecords":[${records.map(logRecord).join(',')}]}]`;
  return `{"resourceLogs":[{"resource":{"attributes":[${keyValues(resource)}]},"scopeLogs":${scopeLogs}}]}`;
}

function logRecord({ eventName, atMs, attributes }: OutgoingRecord): string {
  const nanos = `"${atMs}000000"`;
  const name = eventName.startsWith(CLAUDE_PREFIX) ? eventName.slice(CLAUDE_PREFIX.length) : eventName;
  const own = keyValue('event.name', name) + ',' + keyValue('event.timestamp', new Date(atMs).toISOString());
  const others = keyValues(attributes);
  return (
    `{"timeUnixNano":${nanos},"observedTimeUnixNano":${nanos},"body":{"stringValue":${JSON.stringify(eventName)}},` +
    `"attributes":[${own}${others === '' ? '' : ','}${others}]}`
  );
}

function keyValues(attributes: Outgoing): string {
  let text = '';
  // The keys of an `Outgoing` are those of its type.
  for (const key of Object.keys(attributes) as AttributeKey[]) {
    const value = attributes[key];
    if (value !== null && value !== undefined) text += `${text === '' ? '' : ','}${keyValue(key, value)}`;
  }
  return text;
}

/** Keys are plain words, see the allow-list. */
const keyValue = (key: string, value: AttributeValue): string => `{"key":"${key}","value":${anyValue(value)}}`;

/** 64-bit integers are decimal strings in OTLP's JSON. */
function anyValue(value: AttributeValue): string {
  if (typeof value === 'string') return `{"stringValue":${JSON.stringify(value)}}`;
  if (typeof value === 'boolean') return `{"boolValue":${value}}`;
  return Number.isSafeInteger(value) ? `{"intValue":"${value}"}` : `{"doubleValue":${JSON.stringify(value)}}`;
}
