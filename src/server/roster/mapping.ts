import { isDeepStrictEqual } from 'node:util';
import type { Span } from './spans.ts';
import { byStart, firstOverlap, isEmpty } from './spans.ts';

/** From when until when an actor was this person. */
export interface Segment extends Span {
  /** Canonical: `email:ada@acme.com`. */
  person: string;
}

/** What the administrators say of one raw actor. */
export interface Mapping {
  actor: string;
  /** In order, not overlapping. */
  segments: readonly Segment[];
}

/** Of segments that do not follow each other; the message names them. */
export class SegmentError extends Error {
  override readonly name = 'SegmentError';
}

const said = (ms: number | null, open: string): string => (ms === null ? open : new Date(ms).toISOString());
const shown = ({ fromMs, toMs, person }: Segment): string =>
  `${person} from ${said(fromMs, 'the beginning')} to ${said(toMs, 'now on')}`;

/** @throws SegmentError where one is empty or two overlap */
export function checkSegments(segments: readonly Segment[]): Segment[] {
  const sorted = [...segments].sort(byStart);
  const empty = sorted.find(isEmpty);
  if (empty) throw new SegmentError(`${shown(empty)} ends before it begins`);
  const clash = firstOverlap(sorted);
  if (clash) throw new SegmentError(`${shown(clash[0])} overlaps ${shown(clash[1])}`);
  return sorted;
}

/** With one segment more; the same object where it is there already. @throws SegmentError where it overlaps another */
export function addSegment(known: Mapping | null, actor: string, segment: Segment): Mapping {
  if (known?.segments.some((one) => isDeepStrictEqual(one, segment))) return known;
  return { actor, segments: checkSegments([...(known?.segments ?? []), segment]) };
}
