import fc from 'fast-check';
import { expect, it } from 'vitest';
import { distinctPeople } from '../../src/reports/people-within.ts';

const FIRST = 20_000;
const day = fc.integer({ min: FIRST, max: FIRST + 60 });
const used = fc.record({
  person: fc.constantFrom('ada', 'bob', 'cy'),
  assistant: fc.constantFrom('cursor', 'openai'),
  period: fc.nat(2),
  days: fc.uniqueArray(day, { minLength: 1 }).map((days) => days.sort((a, b) => a - b)),
});

it('counts the people that a set of them would hold', () => {
  fc.assert(
    fc.property(fc.array(used), fc.constantFrom(1, 7, 30), (rows, length) => {
      const within = distinctPeople(rows)(length);
      for (let last = FIRST - 2; last < FIRST + 100; last++) {
        const people = rows.filter(({ days }) => days.some((one) => one <= last && one > last - length));
        expect([last, within(last)]).toEqual([last, new Set(people.map(({ person }) => person)).size]);
      }
    }),
  );
});
