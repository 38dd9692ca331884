import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUsd, microsFromCents, microsFromUsd, spread } from '../../src/usage/money.ts';

describe('microsFromUsd', () => {
  it.each([
    [0, 0],
    ['0', 0],
    [1, 1_000_000],
    ['12.34', 12_340_000],
    [0.011684400000000001, 11_684],
    ['0.012838949999999998', 12_839],
    ['0.0000005', 1],
    ['0.00000049', 0],
    [1e-7, 0],
    ['5e-7', 1],
    [5e-7, 1],
    ['1.5E2', 150_000_000],
    ['.5', 500_000],
    ['2.', 2_000_000],
    [' 3 ', 3_000_000],
    ['+3', 3_000_000],
    ['-1.0000005', -1_000_001],
    ['$1,234.50', 1_234_500_000],
    ['-$2', -2_000_000],
    ['$-2', -2_000_000],
    ['1,234,567', 1_234_567_000_000],
    // Binary floats cannot hold this one: 1.005 × 1e6 is 1004999.9999999999 there.
    [1.005, 1_005_000],
    ['9007199254.740991', 9_007_199_254_740_991],
  ])('%s is %s', (value, micros) => {
    expect(microsFromUsd(value)).toBe(micros);
  });

  it.each([
    '',
    ' ',
    '.',
    '-',
    '$',
    'free',
    'Included',
    'NaN',
    'Infinity',
    NaN,
    Infinity,
    -Infinity,
    '0x10',
    '1_000',
    '1,23',
    '1,2345',
    ',123',
    '1.2.3',
    '--1',
    '$$1',
    '1e',
    'e5',
    '1e9999',
    '9007199254.740992',
    1e300,
    '1'.repeat(200),
    '1 2',
    '12€',
  ])('%s is nothing', (value) => {
    expect(microsFromUsd(value)).toBeNull();
  });

  it('gives back every integer of micro-dollars from its decimal form', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (micros) => {
        const size = String(Math.abs(micros)).padStart(7, '0');
        const text = `${micros < 0 ? '-' : ''}${size.slice(0, -6)}.${size.slice(-6)}`;
        expect(microsFromUsd(text)).toBe(micros);
        expect(microsFromCents(`${text}e2`)).toBe(micros);
      }),
    );
  });

  it('never throws and never gives a fraction', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.double(), fc.stringMatching(/^[-+$]?[\d,]*\.?\d*(e[-+]?\d+)?$/)),
        (value) => {
          const micros = microsFromUsd(value);
          expect(micros === null || Number.isSafeInteger(micros)).toBe(true);
        },
      ),
    );
  });
});

describe('microsFromCents', () => {
  it.each([
    [21.36232, 213_623],
    ['20.18232', 201_823],
    [8, 80_000],
    ['0.00005', 1],
    [0.00004, 0],
    [0.1 + 0.2, 3_000],
    ['123.456789', 1_234_568],
    ['many', null],
  ])('%s is %s', (value, micros) => {
    expect(microsFromCents(value)).toBe(micros);
  });
});

describe('formatUsd', () => {
  it.each([
    [null, '–'],
    [0, '$0.00'],
    [1, '<$0.01'],
    [4_999, '<$0.01'],
    [5_000, '$0.01'],
    [1_004_999, '$1.00'],
    [1_005_000, '$1.01'],
    [999_995_000, '$1,000.00'],
    [1_234_567_890_000, '$1,234,567.89'],
    [-2_000_000, '-$2.00'],
    [-3, '>-$0.01'],
    [Number.MAX_SAFE_INTEGER, '$9,007,199,254.74'],
  ])('%s reads %s', (micros, text) => {
    expect(formatUsd(micros)).toBe(text);
  });
});

describe('spread', () => {
  it.each<[number, number[], number[]]>([
    [100, [1, 1, 1], [34, 33, 33]],
    [100, [0, 0, 0], [34, 33, 33]],
    [2, [1, 1, 1], [1, 1, 0]],
    [10, [1, 3, 6], [1, 3, 6]],
    [10, [0, 1], [0, 10]],
    // 7 × 2/6 = 2⅓, 7 × 3/6 = 3½, 7 × 1/6 = 1⅙: the one left goes to the half.
    [7, [2, 3, 1], [2, 4, 1]],
    [3, [0.1, 0.2], [1, 2]],
    [5, [NaN, -1, Infinity, 1], [0, 0, 0, 5]],
    [-100, [1, 1, 1], [-34, -33, -33]],
    [0, [1, 2], [0, 0]],
    [5, [], []],
    [9_007_199_254_740_991, [9_007_199_254_740_991, 1], [9_007_199_254_740_990, 1]],
  ])('%s over %j is %j', (total, weights, parts) => {
    expect(spread(total, weights)).toEqual(parts);
  });

  const weights = fc.array(
    fc.oneof(fc.nat(), fc.maxSafeNat(), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
    {
      minLength: 1,
      maxLength: 30,
    },
  );

  it('adds up exactly, and no part is a whole micro-dollar from its share', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 30 }), (total, weights) => {
        const parts = spread(total, weights);
        expect(parts.reduce((sum, part) => sum + BigInt(part), 0n)).toBe(BigInt(total));
        const sum = weights.reduce((a, b) => a + BigInt(b), 0n);
        for (const [i, part] of parts.entries()) {
          const off = BigInt(part) * sum - BigInt(total) * BigInt(weights[i] ?? 0);
          if (sum > 0n) expect(off < sum && off > -sum).toBe(true);
        }
      }),
    );
  });

  it('adds up for fractions too, and more weight never gets less', () => {
    fc.assert(
      fc.property(fc.nat(), weights, (total, weights) => {
        const parts = spread(total, weights);
        expect(parts.reduce((a, b) => a + b, 0)).toBe(total);
        const sorted = weights
          .map((weight, i) => ({ weight, part: parts[i] ?? 0 }))
          .sort((a, b) => a.weight - b.weight);
        for (const [i, { weight, part }] of sorted.entries()) {
          const before = sorted[i - 1];
          if (before && before.weight < weight) expect(part).toBeGreaterThanOrEqual(before.part);
        }
      }),
    );
  });
});
