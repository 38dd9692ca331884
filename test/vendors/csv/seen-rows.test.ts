import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeenRows } from '../../../src/vendors/csv/seen-rows.ts';
import { hash64 } from '../../../src/usage/identity.ts';

describe('what was seen of a file', () => {
  it('is what a map of all of it would say', () => {
    const row = fc.tuple(fc.nat(40), fc.nat(2));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 300 }), (rows) => {
        const seen = new SeenRows();
        const first = new Map<number, number>();
        for (const [key, print] of rows) {
          const known = first.get(key);
          expect(seen.add(hash64('row', key), BigInt(print))).toBe(
            known === undefined ? 'new' : known === print ? 'same' : 'other',
          );
          if (known === undefined) first.set(key, print);
        }
      }),
    );
  });

  it('knows a hundred thousand rows', () => {
    const seen = new SeenRows();
    const keys = Array.from({ length: 100_000 }, (_, n) => hash64('row', n));
    expect(keys.filter((key) => seen.add(key, key) === 'new')).toHaveLength(keys.length);
    expect(keys.filter((key) => seen.add(key, key) === 'same')).toHaveLength(keys.length);
    expect(keys.filter((key) => seen.add(key, key + 1n) === 'other')).toHaveLength(keys.length);
  });

  it('takes any key, even none at all', () => {
    const seen = new SeenRows();
    for (const key of [0n, 1n << 47n, (1n << 48n) - 1n])
      expect([seen.add(key, 0n), seen.add(key, 0n)]).toEqual(['new', 'same']);
  });
});
