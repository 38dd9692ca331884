import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundledPriceTable } from '../../src/usage/price-table.ts';
import { createPriceBook } from '../../src/usage/pricing.ts';
import type { PricedCall } from '../../src/usage/pricing.ts';
import type { BilledTokens } from '../../src/usage/rates.ts';
import { exactSavingsMicros, exactValueMicros, ratesFrom, savingsMicros, valueMicros } from '../../src/usage/rates.ts';

const FIELDS = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWrite5mTokens', 'cacheWrite1hTokens'] as const;

const tokensOf = (count: fc.Arbitrary<number>): fc.Arbitrary<BilledTokens> =>
  fc.record({
    inputTokens: count,
    outputTokens: count,
    cacheReadTokens: count,
    cacheWrite5mTokens: count,
    cacheWrite1hTokens: count,
  });
const anyCount = fc.oneof(fc.nat(1_000), fc.nat(10_000_000), fc.maxSafeNat());
const known = bundledPriceTable().models.filter((row) => row.input !== null);
const anyCall: fc.Arbitrary<PricedCall> = fc
  .tuple(
    tokensOf(fc.nat(2_000_000)),
    fc.record({
      assistant: fc.constant('cursor' as const),
      granularity: fc.constantFrom('call' as const, 'day' as const),
      atMs: fc.integer({ min: Date.UTC(2026, 10, 17), max: Date.UTC(2027, 5) }),
      model: fc.constantFrom(...known.map((row) => row.model)),
      webSearches: fc.option(fc.nat(100)),
      speed: fc.constantFrom(null, 'fast', 'normal'),
      serviceTier: fc.constantFrom(null, 'batch', 'standard'),
      inferenceGeo: fc.constantFrom(null, 'us', 'not_available'),
    }),
  )
  .map(([tokens, rest]) => ({ ...tokens, ...rest }));

const micros = fc.integer({ min: 0, max: 100_000_000 }).map((value) => value / 1_000_000);
const rates = fc
  .tuple(
    micros,
    micros,
    fc.option(micros),
    fc.option(micros),
    fc.option(micros),
    fc.subarray([2, 2.5, 1.1, 0.5, 0.125]),
  )
  .map(([input, output, cacheRead, cacheWrite5m, cacheWrite1h, multipliers]) =>
    ratesFrom({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }, multipliers.slice(0, 3)),
  );

describe('ratesFrom', () => {
  it('keeps decimals as integers', () => {
    const list = { input: 0.3, output: 2.5, cacheRead: 0.01875, cacheWrite5m: null, cacheWrite1h: null };
    expect(ratesFrom(list)).toEqual({
      unit: 1e5,
      input: 30_000,
      output: 250_000,
      cacheRead: 1_875,
      cacheWrite5m: 30_000,
      cacheWrite1h: 30_000,
    });
    // In binary, 0.3 × 1.1 is 0.33000000000000002.
    expect(ratesFrom(list, [1.1, 0.5]).input / ratesFrom(list, [1.1, 0.5]).unit).toBe(0.165);
  });

  it('refuses what integers cannot hold', () => {
    const list = { input: 99_999.999999, output: 1, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null };
    expect(() => ratesFrom(list, [99.999, 99.999, 99.999])).toThrow(RangeError);
    expect(() => ratesFrom({ ...list, input: NaN })).toThrow(RangeError);
  });
});

describe('valueMicros', () => {
  it('is the same by either road, for any prices and any counts', () => {
    fc.assert(
      fc.property(tokensOf(anyCount), rates, (tokens, prices) => {
        expect(valueMicros(tokens, prices)).toBe(exactValueMicros(tokens, prices));
        expect(savingsMicros(tokens, prices)).toBe(exactSavingsMicros(tokens, prices));
      }),
      { numRuns: 5_000 },
    );
  });

  it('rounds half up at the edge of what is safe', () => {
    const prices = ratesFrom({ input: 1.5, output: 0.1, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null });
    const none = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 };
    for (const outputTokens of [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 6, 9_007_199_254_740_985]) {
      const expected = Number((2n * BigInt(outputTokens) + 10n) / 20n);
      expect(valueMicros({ ...none, outputTokens }, prices)).toBe(expected);
    }
    expect(valueMicros({ ...none, inputTokens: 1 }, prices)).toBe(2);
  });
});

describe('the value of a call', () => {
  const book = createPriceBook();
  const value = (call: PricedCall): number => {
    const micros = book.listMicros(call);
    if (micros === null) throw new Error(`${call.model ?? ''} has no price`);
    return micros;
  };

  it('is an integer that never falls when a count rises', () => {
    fc.assert(
      fc.property(anyCall, fc.constantFrom(...FIELDS), fc.nat(300_000), (call, field, more) => {
        const before = value(call);
        expect(Number.isSafeInteger(before)).toBe(true);
        expect(value({ ...call, [field]: call[field] + more })).toBeGreaterThanOrEqual(before);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the sum of its parts but for rounding them, without drift', () => {
    fc.assert(
      fc.property(anyCall, (anyCall) => {
        // A part of a long prompt is no long prompt: sums over a day have one price.
        const call = { ...anyCall, granularity: 'day' as const };
        const nothing = Object.fromEntries(FIELDS.map((field) => [field, 0]));
        const parts = FIELDS.map((field) => value({ ...call, ...nothing, webSearches: 0, [field]: call[field] }));
        const sum = parts.reduce((a, b) => a + b, 0) + value({ ...call, ...nothing });
        expect(Math.abs(sum - value(call))).toBeLessThanOrEqual(3);
        const times = (factor: number) => Object.fromEntries(FIELDS.map((field) => [field, call[field] * factor]));
        expect(
          Math.abs(
            value({ ...call, ...times(1_000_000), webSearches: 0 }) - 1_000_000 * value({ ...call, webSearches: 0 }),
          ),
        ).toBeLessThanOrEqual(500_000);
      }),
      { numRuns: 1_000 },
    );
  });
});
