import { cleanText } from '../otlp/attributes.ts';
import { microsFromCents, microsFromUsd } from '../usage/money.ts';

/** Reading what a vendor sends: everything may be missing or of another type. */

export type Members = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of an object; none where there is no object. */
export const membersOf = (value: unknown): Members => (isObject(value) ? value : {});

/** Printable, trimmed text; null where there is none. */
export function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const clean = cleanText(value).trim();
  return clean === '' ? null : clean;
}

export function numberOf(value: unknown): number | null {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : null;
}

/** The most of anything in one row; a company's tokens of a day fit a thousand times. */
const MAX_COUNT = 1_000_000_000_000_000;

/** A whole number that is not negative. */
export const countOf = (value: unknown): number => Math.min(MAX_COUNT, Math.max(0, Math.round(numberOf(value) ?? 0)));

/** Micro-dollars of cents, as a string or a number; floats stand for their shortest decimal form. */
export const centsOf = (value: unknown): number | null =>
  typeof value === 'string' || typeof value === 'number' ? microsFromCents(value) : null;

/** Micro-dollars of dollars, as a string or a number. */
export const dollarsOf = (value: unknown): number | null =>
  typeof value === 'string' || typeof value === 'number' ? microsFromUsd(value) : null;

/** Lower-cased; null for what is no e-mail address. */
export function emailOf(value: unknown): string | null {
  const text = textOf(value)?.toLowerCase() ?? null;
  return text?.includes('@') ? text : null;
}
