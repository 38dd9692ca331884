import { describe, expect, test } from 'vitest';
import { ATTRIBUTES } from '../../src/otlp/attributes.ts';
import { decodeLogs } from '../../src/otlp/decode.ts';
import { EVENT_NAMES } from '../../src/otlp/events.ts';
import { toProtobuf } from '../support/otlp-protobuf.ts';
import type { WireRequest } from '../support/recordings.ts';
import { CLAUDE_RECORDINGS, GEMINI_RECORDINGS, recordsOf, valueOf } from '../support/recordings.ts';

const RECORDINGS = [...CLAUDE_RECORDINGS, ...GEMINI_RECORDINGS];
const json = (body: WireRequest) => decodeLogs(JSON.stringify(body), 'json');

const fullName = (name: string): string => (name.includes('.') ? name : `claude_code.${name}`);

test.each(RECORDINGS)('$name: every record of an event that is read, with its time', ({ body }) => {
  const { records, rejected, ignored } = json(body);
  const sent = recordsOf(body).map((record) => ({
    eventName: fullName(String(valueOf(record, 'event.name'))),
    atMs: Number(record.timeUnixNano.slice(0, 13)),
  }));
  const read = sent.filter(({ eventName }) => (EVENT_NAMES as string[]).includes(eventName));
  expect(records.map(({ eventName, atMs }) => ({ eventName, atMs }))).toEqual(read);
  expect(ignored).toBe(sent.length - read.length);
  expect(rejected.count).toBe(0);
});

test.each(RECORDINGS)('$name: the same from protobuf', ({ body }) => {
  expect(decodeLogs(toProtobuf(body), 'protobuf')).toEqual(json(body));
});

describe('a canary in everything that is not on the allow-list', () => {
  const CANARY = 'canary-5f1e';
  const ALLOWED = new Set<string>([...ATTRIBUTES.map(({ key }) => key), 'event.name', 'event.timestamp']);

  /** The canary in every string below `value`, and as an unknown member of every object. */
  const poison = (value: unknown): unknown => {
    if (typeof value === 'string') return CANARY;
    if (Array.isArray(value)) return [...value.map(poison), { stringValue: CANARY }];
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, poison(inner)]));
  };

  interface Attributed {
    attributes: { key: string; value: Record<string, unknown> }[];
  }
  function poisonAttributes(target: Attributed): void {
    target.attributes = target.attributes.flatMap((attribute) =>
      ALLOWED.has(attribute.key)
        ? [{ ...attribute, note: CANARY }]
        : [{ ...attribute, value: poison(attribute.value) as Record<string, unknown> }],
    );
    for (const key of ['prompt', 'response', 'tool_input', CANARY])
      target.attributes.push({ key, value: { stringValue: CANARY } });
  }

  function poisoned(body: WireRequest): WireRequest {
    const copy = structuredClone(body);
    for (const logs of copy.resourceLogs) {
      poisonAttributes(logs.resource);
      Object.assign(logs, { schemaUrl: CANARY, note: [CANARY] });
      for (const { logRecords } of logs.scopeLogs)
        for (const record of logRecords) {
          // The event stays known by event.name alone; an unknown body is as good as none.
          const name = String(valueOf(record, 'event.name'));
          record.attributes = record.attributes.filter(({ key }) => key !== 'event.name');
          poisonAttributes(record);
          record.attributes.push({ key: 'event.name', value: { stringValue: fullName(name) } });
          record.body = { stringValue: `${CANARY} claude_code.api_request ${CANARY}` };
          Object.assign(record, { severityText: CANARY, note: { [CANARY]: CANARY } });
        }
    }
    return copy;
  }

  test.each(RECORDINGS)('$name', ({ body }) => {
    const hostile = poisoned(body);
    expect(JSON.stringify(hostile).split(CANARY).length).toBeGreaterThan(10);
    const decoded = json(hostile);
    expect(JSON.stringify(decoded)).not.toContain(CANARY);
    expect(decoded).toEqual(json(body));
    expect(JSON.stringify(decodeLogs(toProtobuf(hostile), 'protobuf'))).not.toContain(CANARY);
  });

  test('would be seen if it were kept', () => {
    const [first] = CLAUDE_RECORDINGS;
    const body = structuredClone(first?.body);
    body?.resourceLogs[0]?.resource.attributes.push({ key: 'project', value: { stringValue: CANARY } });
    expect(JSON.stringify(json(body ?? { resourceLogs: [] }))).toContain(CANARY);
  });
});
