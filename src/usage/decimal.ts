/** A decimal number, exactly: `digits / 10^scale`. */
export interface Decimal {
  digits: bigint;
  scale: number;
}

// Three digits of exponent cover every double; more would let one short text ask for gigabytes of zeros.
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i;
const MAX_LENGTH = 100;

/**
 * Reads plain and exponent notation. A number stands for its shortest decimal form (`0.1` is one tenth), which is
 * what a JSON document said before it was parsed. Null for anything else.
 */
export function parseDecimal(value: string | number): Decimal | null {
  const text = String(value).trim();
  const match = text.length <= MAX_LENGTH ? DECIMAL.exec(text) : null;
  if (!match) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return null;
  const digits = BigInt(sign + whole + fraction);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** `value × 10^places`, an integer if it fits; for a value known to have no more places than that. */
export const scaledBy = (value: Decimal, places: number): bigint =>
  roundedRatio(value.digits * 10n ** BigInt(places), 10n ** BigInt(value.scale));

/** `numerator / denominator` (positive) as an integer; ties go away from zero, so a refund mirrors its charge. */
export function roundedRatio(numerator: bigint, denominator: bigint): bigint {
  if (numerator < 0n) return -roundedRatio(-numerator, denominator);
  return (2n * numerator + denominator) / (2n * denominator);
}
