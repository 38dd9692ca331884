import { BUCKET_MS, bucketStart } from '../../../usage/snapshot.ts';

/** A span of whole UTC hours, half-open. */
export interface Span {
  fromMs: number;
  toMs: number;
}

export const HOUR_MS = BUCKET_MS;
export const DAY_MS = 24 * HOUR_MS;

export const hourEnd = (atMs: number): number => bucketStart(atMs + HOUR_MS - 1);

/** The whole hours that a stretch of time touches. */
export const hoursOf = (fromMs: number, toMs: number): Span => ({ fromMs: bucketStart(fromMs), toMs: hourEnd(toMs) });

const isEmpty = ({ fromMs, toMs }: Span): boolean => fromMs >= toMs;

/** Sorted and disjoint, however the spans overlap. */
export function union(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.filter((each) => !isEmpty(each)).toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (last && span.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, span.toMs);
    else merged.push({ ...span });
  }
  return merged;
}

export function subtract(spans: readonly Span[], taken: Span): Span[] {
  if (isEmpty(taken)) return [...spans];
  return spans
    .flatMap(({ fromMs, toMs }) => [
      { fromMs, toMs: Math.min(toMs, taken.fromMs) },
      { fromMs: Math.max(fromMs, taken.toMs), toMs },
    ])
    .filter((span) => !isEmpty(span));
}

export const within = (spans: readonly Span[], { fromMs, toMs }: Span): Span[] =>
  spans
    .map((span) => ({ fromMs: Math.max(fromMs, span.fromMs), toMs: Math.min(toMs, span.toMs) }))
    .filter((span) => !isEmpty(span));

export const hoursIn = ({ fromMs, toMs }: Span): number => (toMs - fromMs) / HOUR_MS;

/** The newest hours of the last span, at most so many: fresh figures come before old ones. */
export function newest(spans: readonly Span[], hours: number): Span | null {
  const last = spans.at(-1);
  return last ? { fromMs: Math.max(last.fromMs, last.toMs - hours * HOUR_MS), toMs: last.toMs } : null;
}

/** `2026-11-20T10`, by which an hour is named in the state file. */
export const hourName = (bucketMs: number): string => new Date(bucketMs).toISOString().slice(0, 13);

export const hourNamed = (name: string): number => Date.parse(`${name}:00:00.000Z`);
