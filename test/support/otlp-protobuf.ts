import protobuf from 'protobufjs';
import type { WireRequest } from './recordings.ts';

/** The messages of opentelemetry-proto that a logs request is made of, written from their field numbers. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
  message InstrumentationScope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
  message LogRecord { fixed64 time_unix_nano = 1; fixed64 observed_time_unix_nano = 11; int32 severity_number = 2; string severity_text = 3;
    AnyValue body = 5; repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7; fixed32 flags = 8; bytes trace_id = 9;
    bytes span_id = 10; string event_name = 12; }
  message ScopeLogs { InstrumentationScope scope = 1; repeated LogRecord log_records = 2; string schema_url = 3; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; string schema_url = 3; }
  message ExportLogsServiceRequest { repeated ResourceLogs resource_logs = 1; }
`);
const Request = root.lookupType('ExportLogsServiceRequest');

/** A recorded JSON body in the protobuf form of the same request. */
export const toProtobuf = (body: WireRequest): Buffer => Buffer.from(Request.encode(Request.fromObject(body)).finish());

const Status = protobuf
  .parse('syntax = "proto3"; message Status { int32 code = 1; string message = 2; }')
  .root.lookupType('Status');

/** A google.rpc.Status, whichever form it came in. */
export function statusOf(contentType: string | undefined, body: Buffer): { code: number; message: string } {
  const status: unknown =
    contentType === 'application/x-protobuf' ? Status.toObject(Status.decode(body)) : JSON.parse(body.toString());
  return status as { code: number; message: string };
}
