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
  const sums = noSkips();
  for (const { skips, unfinished } of files) {
    for (let i = 0; i < skips.length; i++) sums[i] = (sums[i] ?? 0) + (skips[i] ?? 0);
    if (unfinished) addSkip(sums, 'unfinished');
  }
  for (const [i, reason] of REASONS.entries()) if (sums[i]) totals[reason] = sums[i];
  return totals;
}
