/** Small OTLP requests in JSON, written out as clients write them. */

export type Scalar = string | number | boolean;

/** A value as newer clients wrap it: integers as JSON numbers. */
const wrap = (value: Scalar): Record<string, unknown> => {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
};

export const attributesOf = (values: Record<string, Scalar>) =>
  Object.entries(values).map(([key, value]) => ({ key, value: wrap(value) }));

export const AT_MS = Date.UTC(2026, 10, 20, 21, 32, 54, 198);
const AT_NANOS = `${AT_MS}000000`;

/** A record of one event; `members` replaces or adds members of it. */
export const logRecord = (event: string, values: Record<string, Scalar>, members: Record<string, unknown> = {}) => ({
  timeUnixNano: AT_NANOS,
  body: { stringValue: event },
  attributes: attributesOf(values),
  ...members,
});

export const request = (
  logRecords: unknown[],
  resource: Record<string, Scalar> = { 'service.name': 'claude-code' },
) => ({
  resourceLogs: [
    {
      resource: { attributes: attributesOf(resource) },
      scopeLogs: [{ scope: { name: 'com.anthropic.claude_code.events', version: '2.1.329' }, logRecords }],
    },
  ],
});
