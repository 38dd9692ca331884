import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortCount } from '../../../src/cli/commands/leaderboard/numbers.ts';
import { SORTS, ranked } from '../../../src/vendors/leaderboard/rank.ts';
import type { ToolUsage } from '../../../src/vendors/leaderboard/tool-usage.ts';
import { TOOLS } from '../../../src/vendors/leaderboard/tool-usage.ts';

const usage: fc.Arbitrary<ToolUsage> = fc.record({
  user: fc.constantFrom('a@x', 'b@x', 'c@x'),
  tool: fc.constantFrom(...TOOLS),
  requests: fc.nat(5),
  tokens: fc.nat(5),
  costMicros: fc.option(fc.nat(5), { nil: null }),
});
const total = (rows: readonly { requests: number; tokens: number; costMicros: number | null }[]) => [
  rows.reduce((sum, { requests }) => sum + requests, 0),
  rows.reduce((sum, { tokens }) => sum + tokens, 0),
  rows.reduce((sum, { costMicros }) => sum + (costMicros ?? 0), 0),
];

describe('a ranking', () => {
  it('has everybody once, loses nothing, and is in order', () => {
    fc.assert(
      fc.property(fc.array(usage), fc.constantFrom(...SORTS), (usages, sort) => {
        const people = ranked(usages, sort);
        expect(people.map(({ user }) => user).toSorted()).toEqual(
          [...new Set(usages.map(({ user }) => user))].toSorted(),
        );
        expect(total(people)).toEqual(total(usages));
        for (const person of people) expect(total(person.tools)).toEqual(total([person]));
        const value = (at: number): number => {
          const person = people[at];
          return (sort === 'cost' ? person?.costMicros : person?.[sort]) ?? -1;
        };
        for (const [i, { rank }] of people.entries()) {
          expect(rank <= i + 1).toBe(true);
          if (i === 0) continue;
          expect(value(i)).toBeLessThanOrEqual(value(i - 1));
          expect(rank === people[i - 1]?.rank).toBe(value(i) === value(i - 1));
        }
      }),
    );
  });
});

it.each([
  [0, '0'],
  [941, '941'],
  [999, '999'],
  [1000, '1.0K'],
  [620_300, '620.3K'],
  [999_949, '999.9K'],
  [999_951, '1.0M'],
  [2_140_000, '2.1M'],
  [1_500_000_000, '1.5B'],
  [12_300_000_000_000_000, '12300.0T'],
])('%i is written %s', (count, text) => {
  expect(shortCount(count)).toBe(text);
});
