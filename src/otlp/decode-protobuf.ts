import protobuf from 'protobufjs/minimal.js';
import type { AttributeValue } from './attributes.ts';
import { cleanText, MAX_TEXT } from './attributes.ts';
import { OtlpDecodeError, Place } from './decode-error.ts';
import type { KeyTable } from './key-table.ts';
import type { DecodedLogs, LogRecord } from './log-record.ts';
import type { RecordDraft } from './record-builder.ts';
import { emptyDraft, FULL_NAMES, RECORD_KEYS, ResourceDraft, RESOURCE_KEYS, SHORT_NAMES } from './record-builder.ts';
import { nanosToMs } from './time.ts';

type Reader = protobuf.Reader;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;

// Tags as they stand on the wire, by opentelemetry-proto's logs.proto, common.proto and resource.proto. What has
// another number, or one of these numbers in another wire type, is unknown and skipped.
const tag = (field: number, wireType: number): number => (field << 3) | wireType;
const REQUEST_RESOURCE_LOGS = tag(1, BYTES);
const RESOURCE_LOGS_RESOURCE = tag(1, BYTES);
const RESOURCE_LOGS_SCOPE_LOGS = tag(2, BYTES);
const RESOURCE_ATTRIBUTES = tag(1, BYTES);
const SCOPE_LOGS_SCOPE = tag(1, BYTES);
const SCOPE_LOGS_RECORDS = tag(2, BYTES);
const SCOPE_NAME = tag(1, BYTES);
const SCOPE_VERSION = tag(2, BYTES);
const RECORD_TIME = tag(1, FIXED64);
const RECORD_BODY = tag(5, BYTES);
const RECORD_ATTRIBUTES = tag(6, BYTES);
const RECORD_OBSERVED_TIME = tag(11, FIXED64);
const RECORD_EVENT_NAME = tag(12, BYTES);
const KEY_VALUE_KEY = tag(1, BYTES);
const KEY_VALUE_VALUE = tag(2, BYTES);
const VALUE_STRING = tag(1, BYTES);
const VALUE_BOOL = tag(2, VARINT);
const VALUE_INT = tag(3, VARINT);
const VALUE_DOUBLE = tag(4, FIXED64);

/** Decodes an `ExportLogsServiceRequest` in protobuf, adding to `into`. Throws OtlpDecodeError. */
export function decodeProtobuf(body: Buffer, into: DecodedLogs): void {
  const place = new Place();
  const reader = protobuf.Reader.create(body);
  try {
    fields(reader, body.length, (t) => {
      if (t !== REQUEST_RESOURCE_LOGS) return false;
      place.resource += 1;
      resourceLogs(reader, place, into);
      return true;
    });
  } catch (error) {
    // The reader's own messages name offsets and wire types, never contents, but they are not ours to promise.
    if (!(error instanceof Error) || error instanceof TypeError) throw error;
    throw new OtlpDecodeError(`The body is not OTLP protobuf: it breaks at byte ${reader.pos}`, place.toString());
  }
}

/** Walks a message up to `end`; `read` consumes a field it knows and says so, all others are skipped. */
function fields(reader: Reader, end: number, read: (tag: number) => boolean): void {
  if (end > reader.len) throw new RangeError('a message longer than what holds it');
  while (reader.pos < end) {
    const t = reader.uint32();
    if (!read(t)) reader.skipType(t & 7, 0, t >>> 3);
  }
  if (reader.pos !== end) throw new RangeError('a field longer than its message');
}

/** Where the length-delimited field that follows ends. */
const endOf = (reader: Reader): number => {
  const length = reader.uint32();
  return reader.pos + length;
};

function resourceLogs(reader: Reader, place: Place, into: DecodedLogs): void {
  const draft = new ResourceDraft();
  fields(reader, endOf(reader), (t) => {
    if (t === RESOURCE_LOGS_RESOURCE) {
      resource(reader, draft);
      return true;
    }
    if (t !== RESOURCE_LOGS_SCOPE_LOGS) return false;
    place.scope += 1;
    scopeLogs(reader, place, draft, into);
    return true;
  });
  place.scope = -1;
  draft.finish(into);
}

function resource(reader: Reader, draft: ResourceDraft): void {
  fields(reader, endOf(reader), (t) => {
    if (t !== RESOURCE_ATTRIBUTES) return false;
    attribute(reader, RESOURCE_KEYS, (key, end) => {
      const value = anyValue(reader, end);
      if (value !== undefined) draft.attributes[key] = value;
    });
    return true;
  });
}

function scopeLogs(reader: Reader, place: Place, resourceDraft: ResourceDraft, into: DecodedLogs): void {
  const scope: LogRecord['scope'] = { name: null, version: null };
  fields(reader, endOf(reader), (t) => {
    if (t === SCOPE_LOGS_RECORDS) {
      place.record += 1;
      const draft = emptyDraft();
      logRecord(reader, draft);
      resourceDraft.add(draft, scope, into);
      return true;
    }
    if (t !== SCOPE_LOGS_SCOPE) return false;
    fields(reader, endOf(reader), (part) => {
      if (part === SCOPE_NAME) scope.name = text(reader);
      else if (part === SCOPE_VERSION) scope.version = text(reader);
      return part === SCOPE_NAME || part === SCOPE_VERSION;
    });
    return true;
  });
  place.record = -1;
}

function logRecord(reader: Reader, draft: RecordDraft): void {
  fields(reader, endOf(reader), (t) => {
    switch (t) {
      case RECORD_TIME:
        draft.timeMs = nanosToMs(fixed64(reader));
        return true;
      case RECORD_OBSERVED_TIME:
        draft.observedMs = nanosToMs(fixed64(reader));
        return true;
      case RECORD_BODY:
        draft.body = nameIn(reader, endOf(reader), FULL_NAMES);
        return true;
      case RECORD_EVENT_NAME:
        draft.field = FULL_NAMES.get(reader.buf, ...span(reader));
        return true;
      case RECORD_ATTRIBUTES:
        recordAttribute(reader, draft);
        return true;
      default:
        return false;
    }
  });
}

function recordAttribute(reader: Reader, draft: RecordDraft): void {
  attribute(reader, RECORD_KEYS, (key, end) => {
    if (key === 'event.name') {
      const start = reader.pos;
      draft.eventName = nameIn(reader, end, FULL_NAMES);
      reader.pos = start;
      draft.shortName = nameIn(reader, end, SHORT_NAMES);
      return;
    }
    const value = anyValue(reader, end);
    if (key !== 'event.timestamp') {
      if (value !== undefined) draft.attributes[key] = value;
    } else if (typeof value === 'string') draft.eventTimestamp = value;
  });
}

/** Reads a `KeyValue`, calling `read` with the end of its value, if its key is known. */
function attribute<K>(reader: Reader, keys: KeyTable<K>, read: (key: K, end: number) => void): void {
  let key: K | undefined;
  let from = -1;
  let to = -1;
  fields(reader, endOf(reader), (t) => {
    if (t === KEY_VALUE_KEY) {
      key = keys.get(reader.buf, ...span(reader));
      return true;
    }
    if (t !== KEY_VALUE_VALUE) return false;
    [from, to] = span(reader);
    return true;
  });
  if (key === undefined || from < 0) return;
  const end = reader.pos;
  reader.pos = from;
  read(key, to);
  reader.pos = end;
}

/** Passes over a length-delimited field and says where its contents lie. */
function span(reader: Reader): [from: number, to: number] {
  const length = reader.uint32();
  const from = reader.pos;
  reader.skip(length);
  return [from, from + length];
}

function anyValue(reader: Reader, end: number): AttributeValue | undefined {
  let value: AttributeValue | undefined;
  fields(reader, end, (t) => {
    switch (t) {
      case VALUE_STRING:
        value = text(reader);
        return true;
      case VALUE_BOOL:
        value = reader.bool();
        return true;
      case VALUE_INT:
        value = int64(reader);
        return true;
      case VALUE_DOUBLE:
        value = reader.double();
        return true;
      default:
        return false;
    }
  });
  return value;
}

/** The known name that an `AnyValue` holds as its string. */
function nameIn<T>(reader: Reader, end: number, names: KeyTable<T>): T | undefined {
  let found: T | undefined;
  fields(reader, end, (t) => {
    if (t !== VALUE_STRING) return false;
    found = names.get(reader.buf, ...span(reader));
    return true;
  });
  return found;
}

/** A string as it may be kept. A unit of UTF-16 takes at most three bytes; what lies behind the limit stays bytes. */
function text(reader: Reader): string {
  const [from, to] = span(reader);
  const slice = Buffer.from(reader.buf.buffer, reader.buf.byteOffset + from, Math.min(to - from, MAX_TEXT * 3 + 3));
  return cleanText(slice.toString('utf8'));
}

function fixed64(reader: Reader): bigint {
  const low = reader.fixed32();
  return (BigInt(reader.fixed32()) << 32n) | BigInt(low);
}

/**
 * As a double: what does not fit is no count of ours and is refused later. The cast: protobufjs gives a number or, as
 * the package `long` that it depends on is there, a Long.
 */
function int64(reader: Reader): number {
  const value = reader.int64() as unknown as number | { toNumber(): number };
  return typeof value === 'number' ? value : value.toNumber();
}
