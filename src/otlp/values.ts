import type { AttributeKey, Attributes } from './attributes.ts';
import type { LogRecord } from './log-record.ts';

/** A record that cannot be used. The message names the field and never holds its contents. */
export class RejectedRecord extends Error {
  override readonly name = 'RejectedRecord';
}

// No call has had a thousandth of it; a larger number is another field's or a defect, and would drown every sum.
const MAX_COUNT = 1_000_000_000;
const MAX_MICROS = 1_000_000_000_000;

/** Clients have sent every number as a string, an integer and a double, by version. */
function numberOf(attributes: Attributes, key: AttributeKey): number | null {
  const value = attributes[key];
  if (typeof value === 'string') return value.trim() === '' ? null : Number(value);
  return typeof value === 'number' ? value : null;
}

const isWhole = (value: number, most: number): boolean => Number.isInteger(value) && value >= 0 && value <= most;

/** A count on which figures rest: 0 where absent. Throws RejectedRecord for anything but a whole number. */
export function count(record: LogRecord, key: AttributeKey): number {
  if (record.attributes[key] === undefined || record.attributes[key] === '') return 0;
  const value = numberOf(record.attributes, key);
  if (value !== null && isWhole(value, MAX_COUNT)) return value;
  throw new RejectedRecord(`${record.eventName}: ${key} is not a whole number from 0 to ${MAX_COUNT}`);
}

/** A whole number that is good to know: null where absent or no such thing. Fractions of durations are rounded. */
export function whole(attributes: Attributes, key: AttributeKey, most = MAX_COUNT): number | null {
  const value = Math.round(numberOf(attributes, key) ?? Number.NaN);
  return isWhole(value, most) ? value : null;
}

export const micros = (attributes: Attributes, key: AttributeKey): number | null => whole(attributes, key, MAX_MICROS);

/** Text without surrounding space; null where absent or empty. */
export function text(attributes: Attributes, key: AttributeKey): string | null {
  const value = attributes[key];
  if (value === undefined || typeof value === 'boolean') return null;
  return String(value).trim() || null;
}

export const flag = (attributes: Attributes, key: AttributeKey): boolean =>
  attributes[key] === true || attributes[key] === 'true';

/**
 * What setup put into OTEL_RESOURCE_ATTRIBUTES: the resource's, as only newer clients copy it onto records. Quotes
 * around a value were meant for the shell and reached the client.
 */
export function label(record: LogRecord, key: AttributeKey): string | null {
  const value = text(record.resource, key) ?? text(record.attributes, key);
  const bare = value?.replace(/^"(.*)"$/s, '$1').trim() ?? '';
  return bare === '' ? null : bare;
}
