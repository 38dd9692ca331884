import { parseDecimal, scaledBy } from './decimal.ts';

/** Money is integer micro-dollars; these convert at the edge, with decimal arithmetic and without floats. */

const GROUPED = /^\d{1,3}(?:,\d{3})+(?=\.|$)/;

/** `$1,234.50` is what vendors' CSV files write; the sign may stand on either side of the `$`. */
function bare(text: string): string {
  const [, outer = '', inner = '', rest = ''] = /^([+-]?)\$?([+-]?)(.*)$/s.exec(text.trim()) ?? [];
  return outer + inner + rest.replace(GROUPED, (digits) => digits.replaceAll(',', ''));
}

function micros(value: string | number, places: number): number | null {
  const decimal = parseDecimal(typeof value === 'string' ? bare(value) : value);
  if (!decimal) return null;
  const result = Number(scaledBy(decimal, places));
  return Number.isSafeInteger(result) ? result : null;
}

/**
 * Micro-dollars of an amount in dollars, half up. Null where the text is no amount or the amount is beyond what an
 * integer of JavaScript holds (nine billion dollars).
 */
export const microsFromUsd = (value: string | number): number | null => micros(value, 6);

/** Micro-dollars of an amount in cents; vendors give floats such as 21.36232, or decimal strings. */
export const microsFromCents = (value: string | number): number | null => micros(value, 4);

/** For people: `$1,234.57`, `<$0.01`, `-$2.00`, and `–` where nothing is known. */
export function formatUsd(amount: number | null): string {
  if (amount === null) return '–';
  const size = Math.abs(amount);
  const sign = amount < 0 ? '-' : '';
  if (size > 0 && size < 5_000) return amount > 0 ? '<$0.01' : '>-$0.01';
  const cents = Math.floor(size / 10_000) + (size % 10_000 >= 5_000 ? 1 : 0);
  const dollars = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}$${dollars}.${String(cents % 100).padStart(2, '0')}`;
}

/** Finite weights as integers in proportion; what is no weight (negative, NaN) weighs nothing. */
function integerWeights(weights: readonly number[]): bigint[] {
  const decimals = weights.map((weight) => (weight > 0 ? parseDecimal(weight) : null));
  const places = decimals.reduce((most, decimal) => Math.max(most, decimal?.scale ?? 0), 0);
  return decimals.map((decimal) => (decimal ? scaledBy(decimal, places) : 0n));
}

/**
 * Divides a total into integer parts in proportion to the weights, which add up to it exactly (largest remainder;
 * ties go to the lower index). Without any weight all share alike. No weights, no parts.
 */
export function spread(totalMicros: number, weights: readonly number[]): number[] {
  if (totalMicros < 0) return spread(-totalMicros, weights).map((part) => 0 - part);
  let shares = integerWeights(weights);
  let sum = shares.reduce((a, b) => a + b, 0n);
  if (sum === 0n) {
    shares = weights.map(() => 1n);
    sum = BigInt(weights.length);
  }
  const total = BigInt(totalMicros);
  const parts = shares.map((share, index) => {
    const product = total * share;
    return { index, micros: Number(product / sum), remainder: product % sum };
  });
  const left = totalMicros - parts.reduce((a, part) => a + part.micros, 0);
  const byRemainder = parts.toSorted((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder < b.remainder ? 1 : -1,
  );
  for (const part of byRemainder.slice(0, left)) part.micros += 1;
  return parts.map((part) => part.micros);
}
