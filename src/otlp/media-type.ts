/** The two forms of OTLP over HTTP. */
export type OtlpForm = 'json' | 'protobuf';

export const MEDIA_TYPES: Readonly<Record<OtlpForm, string>> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
};

/** The form that a Content-Type names, parameters aside; null where it is neither. */
export function formOf(contentType: string | undefined): OtlpForm | null {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type === MEDIA_TYPES.json) return 'json';
  return type === MEDIA_TYPES.protobuf ? 'protobuf' : null;
}
