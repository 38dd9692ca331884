import { decodeJson } from './decode-json.ts';
import { decodeProtobuf } from './decode-protobuf.ts';
import type { DecodedLogs } from './log-record.ts';
import type { OtlpForm } from './media-type.ts';

/**
 * The records of an OTLP logs request, reduced to what may be kept. A body that is not OTLP throws OtlpDecodeError;
 * a record that cannot be used is counted and does not touch the others.
 */
export function decodeLogs(body: Uint8Array | string, form: OtlpForm): DecodedLogs {
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.length);
  const decoded: DecodedLogs = { records: [], rejected: { count: 0, reasons: [] }, ignored: 0 };
  if (form === 'json') decodeJson(bytes, decoded);
  else decodeProtobuf(bytes, decoded);
  return decoded;
}
