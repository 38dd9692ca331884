import { expect, it } from 'vitest';
import { BoundedMap } from '../../src/usage/bounded-map.ts';

it('makes a value once, and forgets the oldest when full', () => {
  const map = new BoundedMap<string, string>(2);
  const made: string[] = [];
  const get = (key: string): string =>
    map.getOr(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  expect(['a', 'a', 'b', 'a', 'c', 'b', 'a'].map(get)).toEqual(['A', 'A', 'B', 'A', 'C', 'B', 'A']);
  expect(made).toEqual(['a', 'b', 'c', 'a']);
  expect(map.size).toBe(2);
});

it('keeps nothing of what could not be made', () => {
  const map = new BoundedMap<string, string>(2);
  const fail = (): string => {
    throw new Error('no');
  };
  expect(() => map.getOr('a', fail)).toThrow('no');
  expect(map.size).toBe(0);
});
