import type { Span } from './hours.ts';
import { DAY_MS, HOUR_MS, hourEnd, hoursOf, subtract, within } from './hours.ts';
import type { SyncState } from './sync-state.ts';
import { withPending } from './sync-state.ts';

/** Rows newer than this may still be on their way; while they come, pages shift. */
export const LAG_MS = 5 * 60_000;

/** Recent rows are still revised: each cycle, each day and each week reads so much again. */
const EACH_CYCLE_MS = 2 * HOUR_MS;
const EACH_DAY_MS = 2 * DAY_MS;
const EACH_WEEK_MS = 35 * DAY_MS;

/** Up to where rows can be read at a time of the vendor's clock. Never before where they once were read. */
export const frozenEnd = (vendorNowMs: number, readToMs: number): number => Math.max(vendorNowMs - LAG_MS, readToMs);

/** The state without what a clock that was wrong has put ahead of the end. */
export const upTo = (state: SyncState, endMs: number): SyncState => ({
  ...state,
  pending: within(state.pending, { fromMs: 0, toMs: hourEnd(endMs) }),
  coveredToMs: state.coveredToMs === null ? null : Math.min(state.coveredToMs, endMs),
});

const isDue = (lastMs: number | null, everyMs: number, nowMs: number): boolean =>
  // A time that lies ahead was written by a clock that was wrong.
  lastMs === null || nowMs - lastMs >= everyMs || lastMs > nowMs;

/** What a plan makes of the state, and the hours that this run shall read of what is pending. */
export interface Plan {
  state: SyncState;
  span: Span;
}

/** Adds what a regular cycle has to read: what is new since the last, and what may have been revised. */
export function planCycle(state: SyncState, endMs: number, nowMs: number): Plan {
  const weekly = isDue(state.weeklyMs, 7 * DAY_MS, nowMs);
  const daily = weekly || isDue(state.dailyMs, DAY_MS, nowMs);
  const again = weekly ? EACH_WEEK_MS : daily ? EACH_DAY_MS : EACH_CYCLE_MS;
  const since = Math.min(endMs - again, (state.coveredToMs ?? endMs) - EACH_CYCLE_MS);
  const planned = {
    ...withPending(state, [hoursOf(since, endMs)]),
    coveredToMs: endMs,
    dailyMs: daily ? nowMs : state.dailyMs,
    weeklyMs: weekly ? nowMs : state.weeklyMs,
  };
  return { state: planned, span: { fromMs: 0, toMs: hourEnd(endMs) } };
}

/** Stopped runs are gone on with for a day; after that all of it is read anew. */
const RESUME_MS = DAY_MS;

/**
 * Adds what a person asked for, in whole hours: an hour read in part would look as if its other rows were gone. What
 * a stopped run has already delivered is not read again.
 */
export function planAsked(state: SyncState, range: Span, endMs: number, nowMs: number): Plan {
  const span = hoursOf(Math.min(range.fromMs, endMs), Math.min(range.toMs, endMs));
  const { asked } = state;
  const unfinished = asked !== null && within(state.pending, asked).length > 0;
  if (unfinished && nowMs - asked.atMs < RESUME_MS && asked.fromMs <= span.fromMs)
    // Its last hour may have been read before it was over.
    return { state: withPending(state, subtract([span], { ...asked, toMs: asked.toMs - HOUR_MS })), span };
  return { state: { ...withPending(state, [span]), asked: { ...span, atMs: nowMs } }, span };
}
