import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../../../src/assistants/cursor/sync/hours.ts';
import {
  HOUR_MS,
  hourName,
  hourNamed,
  hoursOf,
  newest,
  subtract,
  union,
  within,
} from '../../../../src/assistants/cursor/sync/hours.ts';

const span: fc.Arbitrary<Span> = fc
  .tuple(fc.nat(40), fc.nat(40))
  .map(([a, b]) => ({ fromMs: Math.min(a, b) * HOUR_MS, toMs: Math.max(a, b) * HOUR_MS }));

/** The same as a set of hours, which needs no cleverness. */
const hoursIn = (spans: readonly Span[]): number[] => {
  const hours = new Set<number>();
  for (const { fromMs, toMs } of spans) for (let at = fromMs; at < toMs; at += HOUR_MS) hours.add(at / HOUR_MS);
  return [...hours].sort((a, b) => a - b);
};

describe('spans of hours', () => {
  it('are joined, taken away and cut as sets of hours would be', () => {
    fc.assert(
      fc.property(fc.array(span), span, (spans, other) => {
        const all = union(spans);
        const inOther = new Set(hoursIn([other]));
        expect(hoursIn(all)).toEqual(hoursIn(spans));
        expect(hoursIn(subtract(all, other))).toEqual(hoursIn(spans).filter((hour) => !inOther.has(hour)));
        expect(hoursIn(within(all, other))).toEqual(hoursIn(spans).filter((hour) => inOther.has(hour)));
        for (const list of [all, subtract(all, other), within(all, other)])
          list.forEach(({ fromMs, toMs }, i) => {
            expect(fromMs).toBeLessThan(toMs);
            expect(fromMs).toBeGreaterThan(list[i - 1]?.toMs ?? -1);
          });
      }),
    );
  });

  it('are gone through newest first, in parts', () => {
    fc.assert(
      fc.property(fc.array(span), fc.integer({ min: 1, max: 50 }), (spans, hours) => {
        let left = union(spans);
        const seen: number[] = [];
        for (let next = newest(left, hours); next; next = newest(left, hours)) {
          expect((next.toMs - next.fromMs) / HOUR_MS).toBeLessThanOrEqual(hours);
          seen.unshift(...hoursIn([next]));
          left = subtract(left, next);
        }
        expect(seen).toEqual(hoursIn(spans));
      }),
    );
  });

  it('hold every hour that a time touches', () => {
    expect(hoursOf(HOUR_MS, 2 * HOUR_MS)).toEqual({ fromMs: HOUR_MS, toMs: 2 * HOUR_MS });
    expect(hoursOf(HOUR_MS + 1, 2 * HOUR_MS + 1)).toEqual({ fromMs: HOUR_MS, toMs: 3 * HOUR_MS });
  });

  it('have names', () => {
    const at = Date.UTC(2026, 10, 20, 7);
    expect(hourName(at)).toBe('2026-11-20T07');
    expect(hourNamed(hourName(at))).toBe(at);
  });
});
