import type { Decimal } from './decimal.ts';
import { parseDecimal, roundedRatio, scaledBy } from './decimal.ts';

/** What a call is billed by; four disjoint kinds of prompt tokens, and output, which includes reasoning. */
export interface BilledTokens {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
}

/** List prices in USD per million tokens, which is micro-dollars per token. */
export interface ListPrices {
  input: number;
  output: number;
  cacheRead: number | null;
  cacheWrite5m: number | null;
  cacheWrite1h: number | null;
}

/** Prices of one token of each kind as integers: micro-dollars × `unit`. */
export interface Rates {
  unit: number;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
}

/**
 * Prices with modifiers applied, exactly. A cache read without a price of its own costs as input, a 5-minute write
 * as input, a 1-hour write as a 5-minute write. Throws a RangeError for prices too fine or too large to be kept
 * as integers.
 */
export function ratesFrom(prices: ListPrices, multipliers: readonly number[] = []): Rates {
  const write5m = prices.cacheWrite5m ?? prices.input;
  const read = prices.cacheRead ?? prices.input;
  const write1h = prices.cacheWrite1h ?? write5m;
  const places = Math.max(
    ...[prices.input, prices.output, read, write5m, write1h].map((price) => decimalOf(price).scale),
  );
  const factors = multipliers.map(decimalOf);
  const factor = factors.reduce((product, { digits }) => product * digits, 1n);
  const perToken = (price: number): number => safe(scaledBy(decimalOf(price), places) * factor);
  return {
    unit: safe(10n ** BigInt(places + factors.reduce((sum, { scale }) => sum + scale, 0))),
    input: perToken(prices.input),
    output: perToken(prices.output),
    cacheRead: perToken(read),
    cacheWrite5m: perToken(write5m),
    cacheWrite1h: perToken(write1h),
  };
}

function decimalOf(value: number): Decimal {
  const decimal = parseDecimal(value);
  if (!decimal) throw new RangeError(`${value} is not a price`);
  return decimal;
}

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('prices too fine or too large to be exact');
  return Number(value);
}

/** Micro-dollars of the tokens, rounded once, half up. Null beyond what an integer of JavaScript holds. */
export function valueMicros(tokens: BilledTokens, rates: Rates): number | null {
  const sum =
    tokens.inputTokens * rates.input +
    tokens.outputTokens * rates.output +
    tokens.cacheReadTokens * rates.cacheRead +
    tokens.cacheWrite5mTokens * rates.cacheWrite5m +
    tokens.cacheWrite1hTokens * rates.cacheWrite1h;
  // No term is negative and rounding is monotone, so a safe sum means that every step on the way to it was exact.
  if (!Number.isSafeInteger(sum)) return exactValueMicros(tokens, rates);
  const rest = sum % rates.unit;
  return (sum - rest) / rates.unit + (2 * rest >= rates.unit ? 1 : 0);
}

/** The same by big integers, for amounts that the fast way cannot hold. */
export function exactValueMicros(tokens: BilledTokens, rates: Rates): number | null {
  const sum =
    BigInt(tokens.inputTokens) * BigInt(rates.input) +
    BigInt(tokens.outputTokens) * BigInt(rates.output) +
    BigInt(tokens.cacheReadTokens) * BigInt(rates.cacheRead) +
    BigInt(tokens.cacheWrite5mTokens) * BigInt(rates.cacheWrite5m) +
    BigInt(tokens.cacheWrite1hTokens) * BigInt(rates.cacheWrite1h);
  return integer(roundedRatio(sum, BigInt(rates.unit)));
}

/**
 * What the cache saved, in micro-dollars: reads at the difference to the input price, less what writes cost above
 * it. Negative where writing cost more than reading gained.
 */
export function savingsMicros(tokens: BilledTokens, rates: Rates): number | null {
  const gained = tokens.cacheReadTokens * (rates.input - rates.cacheRead);
  const lost5m = tokens.cacheWrite5mTokens * (rates.cacheWrite5m - rates.input);
  const lost1h = tokens.cacheWrite1hTokens * (rates.cacheWrite1h - rates.input);
  // Terms may have either sign: exact where no partial sum can leave the integers.
  if (!Number.isSafeInteger(Math.abs(gained) + Math.abs(lost5m) + Math.abs(lost1h)))
    return exactSavingsMicros(tokens, rates);
  const saved = gained - lost5m - lost1h;
  const amount = Math.abs(saved);
  const rest = amount % rates.unit;
  const micros = (amount - rest) / rates.unit + (2 * rest >= rates.unit ? 1 : 0);
  // Not `-micros`: there is a zero below zero.
  return saved < 0 ? 0 - micros : micros;
}

/** The same by big integers, for amounts that the fast way cannot hold. */
export function exactSavingsMicros(tokens: BilledTokens, rates: Rates): number | null {
  const saved =
    BigInt(tokens.cacheReadTokens) * BigInt(rates.input - rates.cacheRead) -
    BigInt(tokens.cacheWrite5mTokens) * BigInt(rates.cacheWrite5m - rates.input) -
    BigInt(tokens.cacheWrite1hTokens) * BigInt(rates.cacheWrite1h - rates.input);
  return integer(roundedRatio(saved, BigInt(rates.unit)));
}

function integer(value: bigint): number | null {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}
