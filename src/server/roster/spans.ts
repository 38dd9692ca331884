/** A stretch of time, half-open; milliseconds UTC. An open start means all of the past, an open end still now. */
export interface Span {
  fromMs: number | null;
  /** Exclusive. */
  toMs: number | null;
}

const startOf = ({ fromMs }: Span): number => fromMs ?? -Infinity;
const endOf = ({ toMs }: Span): number => toMs ?? Infinity;
const finite = (ms: number): number | null => (Number.isFinite(ms) ? ms : null);

export const isEmpty = (span: Span): boolean => startOf(span) >= endOf(span);

export const overlap = (a: Span, b: Span): boolean => startOf(a) < endOf(b) && startOf(b) < endOf(a);

export const covers = (span: Span, atMs: number): boolean => startOf(span) <= atMs && atMs < endOf(span);

/** What both have in common; null where that is nothing. */
export function common(a: Span, b: Span): Span | null {
  const span = { fromMs: finite(Math.max(startOf(a), startOf(b))), toMs: finite(Math.min(endOf(a), endOf(b))) };
  return startOf(a) < endOf(b) && startOf(b) < endOf(a) && !isEmpty(span) ? span : null;
}

/** `spans` without the time of `hole`. */
export function without<T extends Span>(spans: readonly T[], hole: Span): T[] {
  return spans.flatMap((span) => {
    if (!overlap(span, hole)) return [span];
    const before = { ...span, toMs: hole.fromMs };
    const after = { ...span, fromMs: hole.toMs };
    return [...(startOf(span) < startOf(hole) ? [before] : []), ...(endOf(hole) < endOf(span) ? [after] : [])];
  });
}

export const byStart = (a: Span, b: Span): number => (startOf(a) === startOf(b) ? 0 : startOf(a) < startOf(b) ? -1 : 1);

/**
 * Says what holds during `span`: what was said of that time before gives way, what was said of other times stays.
 * Neighbours that say the same become one.
 */
export function assign<T extends Span>(spans: readonly T[], span: T, same: (a: T, b: T) => boolean): T[] {
  const sorted = [...without(spans, span), span].sort(byStart);
  return sorted.reduce<T[]>((joined, one) => {
    const last = joined.at(-1);
    if (last?.toMs === one.fromMs && last && one.fromMs !== null && same(last, one))
      joined[joined.length - 1] = { ...last, toMs: one.toMs };
    else joined.push(one);
    return joined;
  }, []);
}

/** The first two that overlap, in order of their start; null where none do. */
export function firstOverlap<T extends Span>(spans: readonly T[]): [T, T] | null {
  const sorted = [...spans].sort(byStart);
  for (const [index, span] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next && overlap(span, next)) return [span, next];
  }
  return null;
}
