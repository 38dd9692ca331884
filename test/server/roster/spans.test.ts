import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../../src/server/roster/spans.ts';
import { assign, common, covers, firstOverlap, isEmpty, overlap, without } from '../../../src/server/roster/spans.ts';

interface Said extends Span {
  what: string;
}
const TIMES = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const end = fc.option(fc.integer({ min: 0, max: 9 }));
const span = fc.record({ fromMs: end, toMs: end }).filter((one) => !isEmpty(one));
const said = fc.record({ fromMs: end, toMs: end, what: fc.constantFrom('a', 'b', 'c') }).filter((one) => !isEmpty(one));
const same = (a: Said, b: Said): boolean => a.what === b.what;
const build = (all: readonly Said[]): Said[] => all.reduce<Said[]>((spans, one) => assign(spans, one, same), []);
const at = (spans: readonly Said[], ms: number): string[] =>
  spans.filter((one) => covers(one, ms)).map(({ what }) => what);

describe('spans', () => {
  it('say at every moment what was said of it last', () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 8 }), (all) => {
        const spans = build(all);
        for (const ms of TIMES) {
          const last = all.findLast((one) => covers(one, ms));
          expect(at(spans, ms)).toEqual(last ? [last.what] : []);
        }
        expect(firstOverlap(spans)).toBeNull();
        expect(spans.some(isEmpty)).toBe(false);
      }),
    );
  });

  it('do not change when the same is said again', () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 8 }), said, (all, one) => {
        const once = build([...all, one]);
        expect(assign(once, one, same)).toEqual(once);
      }),
    );
  });

  it('are joined where neighbours say the same', () => {
    expect(
      build([
        { fromMs: 0, toMs: 3, what: 'a' },
        { fromMs: 3, toMs: null, what: 'a' },
      ]),
    ).toEqual([{ fromMs: 0, toMs: null, what: 'a' }]);
  });

  it('have in common, and lack, what each moment has', () => {
    fc.assert(
      fc.property(span, span, (a, b) => {
        const both = common(a, b);
        const rest = without([a], b);
        for (const ms of TIMES) {
          expect(both !== null && covers(both, ms)).toBe(covers(a, ms) && covers(b, ms));
          expect(rest.some((one) => covers(one, ms))).toBe(covers(a, ms) && !covers(b, ms));
        }
        expect(overlap(a, b)).toBe(both !== null);
      }),
    );
  });
});
