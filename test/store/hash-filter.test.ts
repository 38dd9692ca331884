import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HashFilter } from '../../src/store/hash-filter.ts';
import { hash64 } from '../../src/usage/identity.ts';

it('has every hash that was added', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 500 }), (hashes) => {
      const filter = new HashFilter();
      for (const hash of hashes) filter.add(hash);
      expect(hashes.every((hash) => filter.has(hash))).toBe(true);
    }),
  );
});

it('grows, forgets nothing and knows what is new', () => {
  const filter = new HashFilter();
  const added = Array.from({ length: 200_000 }, (_, n) => hash64('added', n));
  for (const hash of [...added, ...added]) filter.add(hash);
  expect(added.every((hash) => filter.has(hash))).toBe(true);
  const others = Array.from({ length: 200_000 }, (_, n) => hash64('other', n));
  expect(others.filter((hash) => filter.has(hash))).toEqual([]);
  expect(filter.bytes).toBeLessThan(added.length * 14);
});

it('keeps hashes apart that differ in one half only', () => {
  const filter = new HashFilter();
  filter.add(0n);
  filter.add((7n << 32n) | 5n);
  expect([0n, (7n << 32n) | 5n].map((hash) => filter.has(hash))).toEqual([true, true]);
  expect([(8n << 32n) | 5n, 2n << 32n].map((hash) => filter.has(hash))).toEqual([false, false]);
});
