import { Failure } from '../../../errors.ts';
import { maskKeys } from '../../../secrets.ts';
import type { CycleResult } from './cycle.ts';
import type { SyncState } from './sync-state.ts';

/** The state with what `status` tells of a cycle. */
export function recordRun({ state, outcome, error }: CycleResult, nowMs: number): SyncState {
  const { runs } = state;
  const { fetched, new: fresh, amended, sent } = outcome;
  return {
    ...state,
    wholeToMs: state.pending.length === 0 ? state.coveredToMs : state.wholeToMs,
    runs: {
      lastAttemptMs: nowMs,
      lastSuccessMs: error === null ? nowMs : runs.lastSuccessMs,
      lastError: error === null ? null : inWords(error),
      failures: error === null ? 0 : runs.failures + 1,
      nextRunMs: null,
      totals: {
        fetched: runs.totals.fetched + fetched,
        new: runs.totals.new + fresh,
        amended: runs.totals.amended + amended,
        sent: runs.totals.sent + sent,
      },
    },
  };
}

/** The error and what to do about it, on one line. */
export function inWords(error: Error): string {
  const text = maskKeys(error.message);
  return error instanceof Failure && error.hint !== undefined ? `${text} (${error.hint})` : text;
}
