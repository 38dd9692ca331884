import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NO_USAGE } from '../../src/vendors/day-usage.ts';
import type { DayUsage } from '../../src/vendors/day-usage.ts';
import { spreadCharges } from '../../src/vendors/spread-costs.ts';

const usage = (n: number, inputTokens: number): DayUsage => ({
  ...NO_USAGE,
  day: 1,
  assistant: 'openai',
  reporter: 'openai-usage',
  key: [String(n)],
  inputTokens,
});
const value = ({ inputTokens }: DayUsage): number => inputTokens * 2;

it('divides in proportion, by the most exact group that there is usage of', () => {
  const rows = [
    { usage: usage(1, 100), groups: ['p1 m', 'm'] },
    { usage: usage(2, 300), groups: ['p1 m', 'm'] },
    { usage: usage(3, 600), groups: ['p2 m', 'm'] },
  ];
  const charges = [
    { micros: 8, groups: ['p1 m', 'm'] },
    { micros: 10, groups: ['p9 m', 'm'] },
    { micros: -3, groups: ['p2 m', 'm'] },
    { micros: 7, groups: ['other'] },
    { micros: 1, groups: [] },
  ];
  const { usages, left } = spreadCharges(rows, charges, value);
  // 2 + 6 of the first; 1 + 3 + 6 of the second; all of the third.
  expect(usages.map(({ billedMicros }) => billedMicros)).toEqual([3, 9, 3]);
  expect(left).toEqual(charges.slice(3));
});

it('goes by tokens where a price is not known, and evenly where there are none', () => {
  const rows = [
    { usage: usage(1, 1), groups: ['m'] },
    { usage: usage(2, 3), groups: ['m'] },
  ];
  const charge = [{ micros: 400, groups: ['m'] }];
  expect(spreadCharges(rows, charge, () => null).usages.map(({ billedMicros }) => billedMicros)).toEqual([100, 300]);
  const none = rows.map((row) => ({ ...row, usage: { ...row.usage, inputTokens: 0 } }));
  expect(spreadCharges(none, charge, value).usages.map(({ billedMicros }) => billedMicros)).toEqual([200, 200]);
});

it('never gains or loses a micro-dollar', () => {
  const groups = fc.subarray(['a', 'b', 'c'], { minLength: 1 });
  const row = fc.record({ tokens: fc.nat(1_000_000), groups });
  const charge = fc.record({
    micros: fc.integer({ min: -1_000_000, max: 1_000_000_000 }),
    groups: fc.subarray(['a', 'b', 'c', 'd']),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), fc.array(charge, { maxLength: 20 }), (rows, charges) => {
      const given = rows.map(({ tokens, groups: names }, i) => ({ usage: usage(i, tokens), groups: names }));
      const { usages, left } = spreadCharges(given, charges, value);
      const sum = (values: readonly (number | null)[]): number =>
        values.reduce<number>((all, one) => all + (one ?? 0), 0);
      const all = sum(usages.map(({ billedMicros }) => billedMicros)) + sum(left.map(({ micros }) => micros));
      expect(all).toBe(sum(charges.map(({ micros }) => micros)));
    }),
  );
});
