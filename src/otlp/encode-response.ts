import protobuf from 'protobufjs/minimal.js';
import type { Rejected } from './log-record.ts';
import type { OtlpForm } from './media-type.ts';

export interface LogsAnswer {
  /** What was taken in, repeated records included. Only the JSON form has a place for it. */
  processedEvents: number;
  rejected: Rejected;
}

const reasonsOf = ({ reasons }: Rejected): string => reasons.join('; ');

/** `ExportLogsServiceResponse`; its `partialSuccess` only where something was refused, as the protocol wants it. */
export function encodeLogsResponse({ processedEvents, rejected }: LogsAnswer, form: OtlpForm): string | Uint8Array {
  if (form === 'json') {
    const partialSuccess = { rejectedLogRecords: String(rejected.count), errorMessage: reasonsOf(rejected) };
    return JSON.stringify(rejected.count === 0 ? { processedEvents } : { processedEvents, partialSuccess });
  }
  const writer = protobuf.Writer.create();
  if (rejected.count === 0) return writer.finish();
  writer.uint32((1 << 3) | 2).fork();
  writer.uint32((1 << 3) | 0).int64(rejected.count);
  writer.uint32((2 << 3) | 2).string(reasonsOf(rejected));
  return writer.ldelim().finish();
}

/** The success answer for metrics and traces, which are taken and dropped. */
export const encodeEmptyResponse = (form: OtlpForm): string | Uint8Array =>
  form === 'json' ? '{}' : new Uint8Array(0);

export interface RpcStatus {
  /** google.rpc.Code. */
  code: number;
  message: string;
}

/** `google.rpc.Status`, the body of every failure. */
export function encodeStatus({ code, message }: RpcStatus, form: OtlpForm): string | Uint8Array {
  if (form === 'json') return JSON.stringify({ code, message });
  return protobuf.Writer.create()
    .uint32((1 << 3) | 0)
    .int32(code)
    .uint32((2 << 3) | 2)
    .string(message)
    .finish();
}
