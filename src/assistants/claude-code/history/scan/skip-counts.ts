import { SKIP_REASONS } from '../answer-line.ts';
import type { SkipReason } from '../answer-line.ts';

// The keys of a literal are exactly its type's keys.
const REASONS = Object.keys(SKIP_REASONS) as SkipReason[];

/** How many lines were skipped, by reason; in the order of `SKIP_REASONS`. */
export type SkipCounts = number[];

export const noSkips = (): SkipCounts => REASONS.map(() => 0);

export function addSkip(counts: SkipCounts, reason: SkipReason): void {
  const at = REASONS.indexOf(reason);
  counts[at] = (counts[at] ?? 0) + 1;
}

/** Over all files, those that end in the middle of a line included; only reasons that occurred. */
export function skipTotals(
  files: readonly { skips: SkipCounts; unfinished: boolean }[],
): Partial<Record<SkipReason, number>> {
  const totals: Partial<Record<SkipReason, number>> = {};
  for (const { skips, unfinished } of files) {
    for (const [i, reason] of REASONS.entries()) {
      const count = (skips[i] ?? 0) + (reason === 'unfinished' && unfinished ? 1 : 0);
      if (count > 0) totals[reason] = (totals[reason] ?? 0) + count;
    }
  }
  return totals;
}
