import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { encodeEmptyResponse, encodeLogsResponse, encodeStatus } from '../../src/otlp/encode-response.ts';

const { root } = protobuf.parse(`
  syntax = "proto3";
  message ExportLogsServiceResponse { ExportLogsPartialSuccess partial_success = 1; }
  message ExportLogsPartialSuccess { int64 rejected_log_records = 1; string error_message = 2; }
  message Status { int32 code = 1; string message = 2; }
`);
const read = (type: string, bytes: string | Uint8Array): unknown => {
  const Type = root.lookupType(type);
  return Type.toObject(Type.decode(Buffer.from(bytes as Uint8Array)), { longs: String });
};

const NONE = { count: 0, reasons: [] };
const SOME = { count: 3, reasons: ['input_tokens is no count', 'no usable time'] };

test('success says nothing of a partial one', () => {
  expect(encodeLogsResponse({ processedEvents: 7, rejected: NONE }, 'json')).toBe('{"processedEvents":7}');
  expect(encodeLogsResponse({ processedEvents: 7, rejected: NONE }, 'protobuf')).toHaveLength(0);
});

test('partial success names how many records were refused, as a string, and why', () => {
  expect(JSON.parse(String(encodeLogsResponse({ processedEvents: 7, rejected: SOME }, 'json')))).toEqual({
    processedEvents: 7,
    partialSuccess: { rejectedLogRecords: '3', errorMessage: 'input_tokens is no count; no usable time' },
  });
  expect(
    read('ExportLogsServiceResponse', encodeLogsResponse({ processedEvents: 7, rejected: SOME }, 'protobuf')),
  ).toEqual({ partialSuccess: { rejectedLogRecords: '3', errorMessage: 'input_tokens is no count; no usable time' } });
});

test('a failure is a google.rpc.Status', () => {
  const status = { code: 3, message: 'not OTLP – “broken”' };
  expect(JSON.parse(String(encodeStatus(status, 'json')))).toEqual(status);
  expect(read('Status', encodeStatus(status, 'protobuf'))).toEqual(status);
});

test('metrics and traces get an empty answer', () => {
  expect(encodeEmptyResponse('json')).toBe('{}');
  expect(encodeEmptyResponse('protobuf')).toHaveLength(0);
});
