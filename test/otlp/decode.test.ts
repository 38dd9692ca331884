import { describe, expect, test } from 'vitest';
import { OtlpDecodeError } from '../../src/otlp/decode-error.ts';
import { decodeLogs } from '../../src/otlp/decode.ts';
import { AT_MS, attributesOf, logRecord, request } from '../support/otlp-request.ts';

const json = (body: unknown) => decodeLogs(typeof body === 'string' ? body : JSON.stringify(body), 'json');
const one = (body: unknown) => {
  const { records, rejected } = json(body);
  expect(rejected.reasons).toEqual([]);
  expect(records).toHaveLength(1);
  return records[0];
};
const attributesIn = (values: unknown[]) =>
  one(request([logRecord('claude_code.api_request', {}, { attributes: values })]))?.attributes;

describe('what is kept of a record', () => {
  test('its event, its time, and attributes on the allow-list', () => {
    const values = { model: 'claude-opus-5-5', input_tokens: 5, cost_usd: 0.25, 'event.sequence': 0, prompt: 'secret' };
    expect(
      json(request([logRecord('claude_code.api_request', values)], { 'user.email': 'a@b.co', 'host.name': 'vm' })),
    ).toEqual({
      records: [
        {
          resource: { 'user.email': 'a@b.co' },
          scope: { name: 'com.anthropic.claude_code.events', version: '2.1.329' },
          atMs: AT_MS,
          eventName: 'claude_code.api_request',
          attributes: { model: 'claude-opus-5-5', input_tokens: 5, cost_usd: 0.25, 'event.sequence': 0 },
        },
      ],
      rejected: { count: 0, reasons: [] },
      ignored: 0,
    });
  });

  test('a session id never comes from the resource, which the environment can forge', () => {
    const record = logRecord('claude_code.api_request', { 'session.id': 'true' });
    const kept = one(request([record], { 'session.id': 'forged', 'event.name': 'user_prompt', model: 'forged' }));
    expect(kept).toMatchObject({
      resource: {},
      eventName: 'claude_code.api_request',
      attributes: { 'session.id': 'true' },
    });
  });
});

describe('values in every dialect', () => {
  test.each([
    ['an integer as a JSON number', { intValue: 203 }, 203],
    ['an integer as a string, as the protocol has it', { intValue: '203' }, 203],
    ['a number as text, as old clients send it', { stringValue: '203' }, '203'],
    ['a double', { doubleValue: 0.0359 }, 0.0359],
    ['a double as a string', { doubleValue: '3.59e-2' }, 0.0359],
    ['a boolean', { boolValue: true }, true],
    ['an integer beyond what counts', { intValue: '9223372036854775807' }, 9223372036854775807],
    ['a negative integer', { intValue: '-5' }, -5],
    ['no number in an integer', { intValue: 'many' }, 'many'],
    ['infinity', { doubleValue: 'Infinity' }, Infinity],
    ['not a number', { doubleValue: 'NaN' }, NaN],
    ['an escaped text', { stringValue: '\u0048i "there"' }, 'Hi "there"'],
    ['other letters', { stringValue: 'Müller 😀' }, 'Müller 😀'],
    ['nothing', {}, undefined],
    ['null', null, undefined],
    ['a null inside', { stringValue: null }, undefined],
    ['a list', { arrayValue: { values: [{ stringValue: 'x' }] } }, undefined],
    ['a map', { kvlistValue: { values: [{ key: 'model', value: { stringValue: 'x' } }] } }, undefined],
    ['bytes', { bytesValue: 'eA==' }, undefined],
    ['an unknown kind', { moneyValue: 5 }, undefined],
    ['a text that is an object', { stringValue: { a: 1 } }, undefined],
  ])('%s', (_, value, expected) => {
    expect(attributesIn([{ key: 'model', value }])?.model).toEqual(expected);
  });

  test('the key may come after its value, and both may be spelt with escapes', () => {
    const body = JSON.stringify(request([logRecord('claude_code.api_request', {}, { attributes: ['HERE'] })]));
    const kept = (text: string) => one(body.replace('"HERE"', text))?.attributes;
    expect(kept('{"value":{"intValue":5},"key":"input_tokens"}')).toEqual({ input_tokens: 5 });
    expect(kept('{"value":{"intValue":5},"key":"prompt"}')).toEqual({});
    expect(kept('{"\\u006bey":"m\\u006fdel","v\\u0061lue":{"string\\u0056alue":"x"}}')).toEqual({ model: 'x' });
    expect(kept(' { "key" : "model" , "extra" : [ { } ] , "value" : { "stringValue" : "x" } } ')).toEqual({
      model: 'x',
    });
    expect(kept('{"key":"model"}')).toEqual({});
    expect(kept('{"key":5,"value":{"stringValue":"x"}}')).toEqual({});
    expect(kept('null')).toEqual({});
  });

  test('the last of several values of one key counts, as in JSON', () => {
    expect(attributesIn([...attributesOf({ model: 'a' }), ...attributesOf({ model: 'b' })])).toEqual({ model: 'b' });
  });

  test('text is cut at 500 units, never inside a character, and cleaned of what steers a terminal', () => {
    const kept = (stringValue: string) => attributesIn([{ key: 'model', value: { stringValue } }])?.model;
    expect(kept('x'.repeat(70_000))).toBe('x'.repeat(500));
    expect(kept('x'.repeat(499) + '😀')).toBe('x'.repeat(499));
    expect(kept('x'.repeat(498) + '😀y')).toBe('x'.repeat(498) + '😀');
    expect(kept('a\u001b[31mb\nc\u0000')).toBe('a [31mb c ');
    expect(kept('\ud800x')).toBe('\ufffdx');
  });
});

describe('the time of a record', () => {
  const at = (members: Record<string, unknown>, values: Record<string, string> = {}) =>
    json(request([logRecord('claude_code.api_request', values, { timeUnixNano: undefined, ...members })])).records[0]
      ?.atMs;
  const nanos = `${AT_MS}000000`;

  test.each([
    ['a decimal string', { timeUnixNano: nanos }],
    ['nanoseconds within the millisecond', { timeUnixNano: `${AT_MS}999999` }],
    ['a JSON number, which has lost its last digits', { timeUnixNano: Number(nanos) }],
    [
      'two halves, from older exporters',
      { timeUnixNano: { low: Number(BigInt(nanos) & 0xffffffffn), high: Number(BigInt(nanos) >> 32n) } },
    ],
    ['the observed time where it is unset', { timeUnixNano: '0', observedTimeUnixNano: nanos }],
    ['the observed time where it is absent', { observedTimeUnixNano: nanos }],
    ['the observed time where it is absurd', { timeUnixNano: '99999999999999999999999', observedTimeUnixNano: nanos }],
    ['the observed time where it is null', { timeUnixNano: null, observedTimeUnixNano: nanos }],
  ])('is %s', (_, members) => expect(at(members)).toBe(AT_MS));

  test('is event.timestamp where the record has none', () => {
    expect(at({}, { 'event.timestamp': '2026-11-20T21:32:54.198Z' })).toBe(AT_MS);
    expect(at({}, { 'event.timestamp': '2026-11-20T22:32:54.198+01:00' })).toBe(AT_MS);
  });

  test.each([
    ['none at all', {}, {}],
    ['milliseconds in place of nanoseconds', { timeUnixNano: String(AT_MS) }, {}],
    ['a negative one', { timeUnixNano: '-1795210374198000000' }, {}],
    ['text', { timeUnixNano: 'yesterday' }, {}],
    ['text in event.timestamp', {}, { 'event.timestamp': 'Nov 20' }],
    ['the year 9999', {}, { 'event.timestamp': '9999-01-01T00:00:00Z' }],
  ])('%s: the record is refused, the others are kept', (_, members, values) => {
    const broken = logRecord('claude_code.api_request', values, { timeUnixNano: undefined, ...members });
    const { records, rejected } = json(request([broken, logRecord('claude_code.api_request', { model: 'kept' })]));
    expect(records.map(({ attributes }) => attributes.model)).toEqual(['kept']);
    expect(rejected).toEqual({ count: 1, reasons: ['claude_code.api_request: no usable time'] });
  });
});

describe('the event of a record', () => {
  const named = (members: Record<string, unknown>, values: Record<string, string> = {}) =>
    json(request([logRecord('', values, members)])).records[0]?.eventName ?? null;

  test.each([
    ['the body', { body: { stringValue: 'claude_code.api_request' } }, {}],
    [
      'the full event.name beside a body of prose',
      { body: { stringValue: 'API response. Status: 200' } },
      { 'event.name': 'claude_code.api_request' },
    ],
    ['the short event.name', { body: { stringValue: 'prose' } }, { 'event.name': 'api_request' }],
    ['the short event.name without a body', { body: undefined }, { 'event.name': 'api_request' }],
    ['the field eventName', { body: {}, eventName: 'claude_code.api_request' }, {}],
  ])('is %s', (_, members, values) => expect(named(members, values)).toBe('claude_code.api_request'));

  test.each([
    ['an event that is not read', { body: { stringValue: 'claude_code.plugin_loaded' } }, {}],
    ['a body that merely begins with one', { body: { stringValue: 'claude_code.api_request and more' } }, {}],
    ['a body that is no text', { body: { kvlistValue: { values: [] } } }, {}],
    ['the other record of a Gemini call', {}, { 'event.name': 'gen_ai.client.inference.operation.details' }],
  ])('%s is counted as ignored', (_, members, values) => {
    expect(json(request([logRecord('', values, members)]))).toMatchObject({
      records: [],
      ignored: 1,
      rejected: { count: 0 },
    });
  });

  test('a short name counts only where Claude Code may have sent it', () => {
    const sent = (scope: unknown, service: Record<string, string>) => {
      const body = request([logRecord('', { 'event.name': 'api_request' })], service);
      return json({
        resourceLogs: body.resourceLogs.map((logs) => ({
          ...logs,
          scopeLogs: logs.scopeLogs.map((s) => ({ ...s, scope })),
        })),
      });
    };
    expect(sent({ name: 'my-agent' }, {})).toMatchObject({ records: [], ignored: 1 });
    expect(sent({}, { 'service.name': 'my-agent' })).toMatchObject({ records: [], ignored: 1 });
    expect(sent({}, { 'service.name': 'cowork' }).records).toHaveLength(1);
    expect(sent(undefined, {}).records).toHaveLength(1);
  });
});

describe('a request', () => {
  test.each([
    '',
    '   ',
    '{}',
    'null',
    '\ufeff{}',
    '{"resourceLogs":[]}',
    '{"resourceLogs":null}',
    '{"resourceLogs":[{}]}',
  ])('%j holds nothing', (body) =>
    expect(json(body)).toEqual({ records: [], rejected: { count: 0, reasons: [] }, ignored: 0 }),
  );

  test('of zero bytes holds nothing in protobuf too', () => {
    expect(decodeLogs(new Uint8Array(0), 'protobuf').records).toEqual([]);
  });

  test('may begin with a byte order mark', () => {
    expect(one('\ufeff' + JSON.stringify(request([logRecord('claude_code.api_request', {})])))).toBeDefined();
  });

  test('may be a view into a larger buffer', () => {
    const bytes = Buffer.from(`garbage${JSON.stringify(request([logRecord('claude_code.api_request', {})]))}garbage`);
    expect(decodeLogs(new Uint8Array(bytes).subarray(7, -7), 'json').records).toHaveLength(1);
  });

  test('in snake case has unknown members only', () => {
    const body = JSON.stringify(request([logRecord('claude_code.api_request', {})]));
    expect(json(body.replace('resourceLogs', 'resource_logs'))).toMatchObject({ records: [], ignored: 0 });
    expect(json(body.replace('scopeLogs', 'scope_logs')).records).toEqual([]);
    expect(json(body.replace('stringValue', 'string_value')).records[0]?.resource).toEqual({});
  });

  test('may have unknown members anywhere and its members in any order', () => {
    const [logs] = request([logRecord('claude_code.api_request', { model: 'x' })]).resourceLogs;
    const { resource, scopeLogs } = logs ?? {};
    const reordered = { future: [{}], resourceLogs: [{ scopeLogs, schemaUrl: 'x', future: { a: [1] }, resource }] };
    expect(one(reordered)).toMatchObject({ resource: { 'service.name': 'claude-code' }, attributes: { model: 'x' } });
  });

  test('of several resources and scopes gives each record its own', () => {
    const two = [...request([logRecord('claude_code.api_request', {})], { project: 'a' }).resourceLogs];
    two.push(...request([logRecord('claude_code.user_prompt', {})], { project: 'b' }).resourceLogs);
    expect(json({ resourceLogs: two }).records.map(({ resource }) => resource.project)).toEqual(['a', 'b']);
  });
});

function failure(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    if (error instanceof OtlpDecodeError) return error.message;
    throw error;
  }
  return 'decoded';
}

describe('what is not OTLP is refused with what is wrong and where', () => {
  const deep = (logRecords: string) => `{"resourceLogs":[{},{"scopeLogs":[{"logRecords":${logRecords}}]}]}`;
  const PREFIX = 'The body is not OTLP JSON: ';

  test.each([
    ['hello', `${PREFIX}expected an object at byte 0`],
    ['[]', `${PREFIX}expected an object at byte 0`],
    ['{', `${PREFIX}the text ends too early at byte 1`],
    ['{}{}', `${PREFIX}something follows the end at byte 2`],
    ['{"resourceLogs":5}', `${PREFIX}expected an array at byte 16`],
    ['{"resourceLogs":[5]}', `${PREFIX}expected an object at byte 17 (resourceLogs[0])`],
    ['{"resourceLogs":[{"resource":[]}]}', `${PREFIX}expected an object at byte 29 (resourceLogs[0])`],
    [deep('{}'), `${PREFIX}expected an array at byte 48 (resourceLogs[1].scopeLogs[0])`],
    [deep('[{},{},7]'), `${PREFIX}expected an object at byte 55 (resourceLogs[1].scopeLogs[0].logRecords[2])`],
    [deep('[{"attributes":{}}]'), `${PREFIX}expected an array at byte 63 (resourceLogs[1].scopeLogs[0].logRecords[0])`],
    [deep('[{"body":"x"}]'), `${PREFIX}expected an object at byte 57 (resourceLogs[1].scopeLogs[0].logRecords[0])`],
  ])('%s', (body, message) => {
    expect(failure(() => json(body))).toBe(message);
  });

  test('never with what was sent', () => {
    for (const body of [
      '{"secret":x}',
      'secret',
      '{"resourceLogs":"secret"}',
      '{"resourceLogs":[{"resource":"secret"}]}',
      '{"secret',
    ])
      expect(failure(() => json(body))).not.toMatch(/secret|^decoded$/);
  });

  test('in protobuf with the byte at which it breaks', () => {
    const broken =
      (...bytes: number[]) =>
      () =>
        decodeLogs(Uint8Array.from(bytes), 'protobuf');
    expect(broken(0x0a)).toThrow('The body is not OTLP protobuf: it breaks at byte 1');
    expect(broken(0x0a, 0x05, 0x00)).toThrow('The body is not OTLP protobuf: it breaks at byte 2');
    expect(broken(0x0a, 0x02, 0x12, 0x05)).toThrow('it breaks at byte 4 (resourceLogs[0].scopeLogs[0])');
    expect(broken(0x00)).toThrow(OtlpDecodeError);
    expect(broken(0x0f)).toThrow(OtlpDecodeError);
    expect(() => decodeLogs(Buffer.from('{"resourceLogs":[]}'), 'protobuf')).toThrow(OtlpDecodeError);
  });
});

describe('limits', () => {
  test('nesting, in JSON and in protobuf', () => {
    const bomb = `${'{"kvlistValue":{"values":[{"value":'.repeat(100_000)}`;
    expect(() => json(`{"resourceLogs":[{"resource":{"attributes":[{"key":"prompt","value":${bomb}`)).toThrow(
      /nested deeper than 128 levels/,
    );
    const groups = Buffer.alloc(1_000_000, 0x0b | (15 << 3));
    expect(() => decodeLogs(groups, 'protobuf')).toThrow(OtlpDecodeError);
  });

  test('a million empty records cost nothing but time', () => {
    const body = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${'{},'.repeat(1_000_000)}{}]}]}]}`;
    expect(json(body)).toMatchObject({ records: [], ignored: 1_000_001 });
  });

  test('more records than anybody batches are refused one by one', () => {
    const record = JSON.stringify(logRecord('claude_code.api_request', {}));
    const body = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${`${record},`.repeat(100_001)}${record}]}]}]}`;
    const { records, rejected } = json(body);
    expect(records).toHaveLength(100_000);
    expect(rejected).toEqual({ count: 2, reasons: ['more than 100000 records in a request'] });
  });
});
