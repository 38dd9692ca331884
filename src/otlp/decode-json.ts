import type { Attributes, AttributeValue } from './attributes.ts';
import { OtlpDecodeError, Place } from './decode-error.ts';
import { JsonScanError, JsonScanner } from './json-scanner.ts';
import { KeyTable } from './key-table.ts';
import type { DecodedLogs, LogRecord } from './log-record.ts';
import type { MutableAttributes, RecordDraft } from './record-builder.ts';
import { emptyDraft, FULL_NAMES, RECORD_KEYS, ResourceDraft, RESOURCE_KEYS, SHORT_NAMES } from './record-builder.ts';
import { nanosToMs } from './time.ts';

// Members of the messages that are read. Snake case is not OTLP's JSON; such members are unknown and skipped.
const named = <T extends string>(...names: T[]): KeyTable<T> =>
  new KeyTable(names.map((name) => [name, name] as const));

const REQUEST = named('resourceLogs');
const RESOURCE_LOGS = named('resource', 'scopeLogs');
const RESOURCE = named('attributes');
const SCOPE_LOGS = named('scope', 'logRecords');
const SCOPE = named('name', 'version');
const RECORD = named('timeUnixNano', 'observedTimeUnixNano', 'body', 'attributes', 'eventName');
const KEY_VALUE = named('key', 'value');
const ANY_VALUE = named('stringValue', 'intValue', 'doubleValue', 'boolValue');
const LONG = named('low', 'high');

const USUAL_KEY = Buffer.from('{"key":');
const USUAL_VALUE = Buffer.from(',"value":');
const USUAL_STRING = Buffer.from('{"stringValue":');
const END = Buffer.from('}');

/** Decodes an `ExportLogsServiceRequest` in JSON, adding to `into`. Throws OtlpDecodeError. */
export function decodeJson(body: Buffer, into: DecodedLogs): void {
  const place = new Place();
  const scanner = new JsonScanner(body);
  if (scanner.atEnd()) return;
  try {
    request(scanner, place, into);
    if (!scanner.atEnd()) throw new JsonScanError('something follows the end', scanner.position);
  } catch (error) {
    if (!(error instanceof JsonScanError)) throw error;
    throw new OtlpDecodeError(`The body is not OTLP JSON: ${error.message}`, place.toString());
  }
}

function request(s: JsonScanner, place: Place, into: DecodedLogs): void {
  if (!s.enterObject()) return;
  for (let first = true; s.member(first); first = false) {
    if (!s.find(REQUEST)) s.skip();
    else if (s.enterArray())
      for (place.resource = 0; s.element(place.resource === 0); place.resource++) resourceLogs(s, place, into);
    place.resource = -1;
  }
}

function resourceLogs(s: JsonScanner, place: Place, into: DecodedLogs): void {
  if (!s.enterObject()) return;
  const draft = new ResourceDraft();
  for (let first = true; s.member(first); first = false) {
    const name = s.find(RESOURCE_LOGS);
    if (name === 'resource') resource(s, draft.attributes);
    else if (name === undefined) s.skip();
    else if (s.enterArray())
      for (place.scope = 0; s.element(place.scope === 0); place.scope++) scopeLogs(s, place, draft, into);
    place.scope = -1;
  }
  draft.finish(into);
}

function resource(s: JsonScanner, into: MutableAttributes): void {
  if (!s.enterObject()) return;
  for (let first = true; s.member(first); first = false) {
    if (!s.find(RESOURCE)) s.skip();
    else
      eachAttribute(s, RESOURCE_KEYS, (key) => {
        const value = anyValue(s);
        if (value !== undefined) into[key] = value;
      });
  }
}

function scopeLogs(s: JsonScanner, place: Place, resourceDraft: ResourceDraft, into: DecodedLogs): void {
  if (!s.enterObject()) return;
  const scope: LogRecord['scope'] = { name: null, version: null };
  let before: Attributes = {};
  for (let first = true; s.member(first); first = false) {
    const name = s.find(SCOPE_LOGS);
    if (name === 'scope') scopeOf(s, scope);
    else if (name === undefined) s.skip();
    else if (s.enterArray())
      for (place.record = 0; s.element(place.record === 0); place.record++) {
        const draft = emptyDraft();
        logRecord(s, draft, before);
        resourceDraft.add(draft, scope, into);
        before = draft.attributes;
      }
    place.record = -1;
  }
}

function scopeOf(s: JsonScanner, into: LogRecord['scope']): void {
  if (!s.enterObject()) return;
  for (let first = true; s.member(first); first = false) {
    const name = s.find(SCOPE);
    if (name === undefined) s.skip();
    else if (s.string()) into[name] = s.text();
  }
}

/** `before`: the attributes of the record before this one, most of whose strings are the same. */
function logRecord(s: JsonScanner, draft: RecordDraft, before: Attributes): void {
  if (!s.enterObject()) return;
  for (let first = true; s.member(first); first = false) {
    switch (s.find(RECORD)) {
      case 'timeUnixNano':
        draft.timeMs = time(s);
        break;
      case 'observedTimeUnixNano':
        if (draft.timeMs === null) draft.observedMs = time(s);
        else s.skip();
        break;
      case 'body':
        if (stringValue(s)) draft.body = s.find(FULL_NAMES);
        break;
      case 'eventName':
        if (s.string()) draft.field = s.find(FULL_NAMES);
        break;
      case 'attributes':
        recordAttributes(s, draft, before);
        break;
      default:
        s.skip();
    }
  }
}

function recordAttributes(s: JsonScanner, draft: RecordDraft, before: Attributes): void {
  eachAttribute(s, RECORD_KEYS, (key) => {
    if (key === 'event.name') {
      // The body says the same, and comes first.
      if (draft.body) s.skip();
      else if (stringValue(s)) {
        draft.eventName = s.find(FULL_NAMES);
        draft.shortName = s.find(SHORT_NAMES);
      }
    } else if (key === 'event.timestamp') {
      if (draft.timeMs !== null) s.skip();
      else if (stringValue(s)) draft.eventTimestamp = s.text();
    } else {
      const value = anyValue(s, before[key]);
      if (value !== undefined) draft.attributes[key] = value;
    }
  });
}

/** Calls `read` at the value of every attribute whose key is known; `read` must consume that value. */
function eachAttribute<K>(s: JsonScanner, keys: KeyTable<K>, read: (key: K) => void): void {
  if (!s.enterArray()) return;
  for (let first = true; s.element(first); first = false) {
    const start = s.position;
    if (usualAttribute(s, keys, read)) continue;
    s.jump(start);
    anyAttribute(s, keys, read);
  }
}

/** An attribute laid out as every known encoder does; false, wherever that stops being so. */
function usualAttribute<K>(s: JsonScanner, keys: KeyTable<K>, read: (key: K) => void): boolean {
  if (!s.accept(USUAL_KEY) || !s.string()) return false;
  const key = s.find(keys);
  if (!s.accept(USUAL_VALUE)) return false;
  if (key === undefined) s.skip();
  else read(key);
  return s.accept(END);
}

function anyAttribute<K>(s: JsonScanner, keys: KeyTable<K>, read: (key: K) => void): void {
  if (!s.enterObject()) return;
  let key: K | undefined;
  // The value may come before its key: then it is passed over and read afterwards.
  let skippedAt = -1;
  for (let firstMember = true; s.member(firstMember); firstMember = false) {
    const name = s.find(KEY_VALUE);
    if (name === 'key') key = s.string() ? s.find(keys) : undefined;
    else if (name === 'value' && key !== undefined) read(key);
    else {
      if (name === 'value') skippedAt = s.position;
      s.skip();
    }
  }
  if (skippedAt < 0 || key === undefined) return;
  const end = s.position;
  s.jump(skippedAt);
  read(key);
  s.jump(end);
}

/** The scalar in an `AnyValue`; lists, maps, bytes and empty values give undefined. `like`: see JsonScanner.text. */
function anyValue(s: JsonScanner, like?: AttributeValue): AttributeValue | undefined {
  const start = s.position;
  if (s.accept(USUAL_STRING)) {
    const text = s.scalar(like);
    if (s.accept(END)) return text;
    s.jump(start);
  }
  if (!s.enterObject()) return undefined;
  let value: AttributeValue | undefined;
  for (let first = true; s.member(first); first = false) {
    const kind = s.find(ANY_VALUE);
    if (kind === undefined) {
      s.skip();
      continue;
    }
    value = s.scalar();
    // 64-bit integers, NaN and infinities travel as strings.
    if (typeof value === 'string' && (kind === 'intValue' || kind === 'doubleValue')) value = numeric(value);
  }
  return value;
}

const numeric = (text: string): number | string =>
  /^(NaN|-?Infinity|-?\d+(\.\d+)?([eE][+-]?\d+)?)$/.test(text) ? Number(text) : text;

/** Whether an `AnyValue` holds a string, which is then the scanner's last string. */
function stringValue(s: JsonScanner): boolean {
  if (!s.enterObject()) return false;
  let at = -1;
  for (let first = true; s.member(first); first = false) {
    if (s.find(ANY_VALUE) === 'stringValue') at = s.position;
    s.skip();
  }
  if (at < 0) return false;
  const end = s.position;
  s.jump(at);
  const found = s.string();
  s.jump(end);
  return found;
}

/** Nanoseconds: a decimal string, a number, or, from older exporters, an object of two halves. */
function time(s: JsonScanner): number | null {
  if (s.nextIsObject()) return nanosToMs(long(s));
  const value = s.scalar();
  return typeof value === 'string' || typeof value === 'number' ? nanosToMs(value) : null;
}

function long(s: JsonScanner): bigint {
  const halves = { low: 0, high: 0 };
  if (!s.enterObject()) return 0n;
  for (let first = true; s.member(first); first = false) {
    const half = s.find(LONG);
    const value = half === undefined ? s.skip() : s.scalar();
    if (half !== undefined && typeof value === 'number') halves[half] = value >>> 0;
  }
  return (BigInt(halves.high) << 32n) | BigInt(halves.low);
}
