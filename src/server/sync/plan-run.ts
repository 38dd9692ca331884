import { union } from '../../assistants/cursor/sync/hours.ts';
import { DAY_MS } from '../../usage/days.ts';
import type { Span, SyncPart } from '../../vendors/sync-part.ts';
import type { PartState, SyncRun } from './sync-run.ts';

/** A first run reads so far back. */
const FIRST_MS = 30 * DAY_MS;
/** What vendors revise late is read again each week: costs are final after about thirty days. */
const WIDE_MS = 35 * DAY_MS;
const EACH_WEEK_MS = 7 * DAY_MS;
/** Runs that were stopped are gone on with for a day; after that all of it is read anew. */
const RESUME_MS = DAY_MS;

/** The whole UTC days that a span touches. */
export const wholeDays = ({ fromMs, toMs }: Span): Span => ({
  fromMs: Math.floor(fromMs / DAY_MS) * DAY_MS,
  toMs: Math.ceil(toMs / DAY_MS) * DAY_MS,
});

const sameSpan = (a: Span | null, b: Span): boolean => a?.fromMs === b.fromMs && a.toMs === b.toMs;

/** What a run has to read of each part. `before`: the vendor's last run; null: this is the first. */
export function planRun(
  parts: readonly Pick<SyncPart, 'name' | 'overlapMs'>[],
  before: SyncRun | null,
  nowMs: number,
  asked: Span | null,
): PartState[] {
  return parts.map(({ name, overlapMs }) => {
    const known = before?.parts.find((part) => part.name === name) ?? null;
    const state = {
      name,
      coveredToMs: known?.coveredToMs ?? null,
      wideMs: known?.wideMs ?? null,
      fetched: 0,
      unreadable: 0,
      written: 0,
      error: null,
    };
    if (asked) {
      const resumes = before !== null && sameSpan(before.asked, asked) && nowMs - before.startedMs < RESUME_MS;
      return { ...state, left: resumes && known && known.left.length > 0 ? known.left : [wholeDays(asked)] };
    }
    const again = isWide(state, nowMs) ? WIDE_MS : overlapMs;
    const fromMs =
      state.coveredToMs === null ? nowMs - FIRST_MS : Math.min(state.coveredToMs - overlapMs, nowMs - again);
    return { ...state, left: union([...(known?.left ?? []), wholeDays({ fromMs, toMs: nowMs })]) };
  });
}

const isWide = ({ coveredToMs, wideMs }: Pick<PartState, 'coveredToMs' | 'wideMs'>, nowMs: number): boolean =>
  // A time that lies ahead was written by a clock that was wrong.
  coveredToMs !== null && (wideMs === null || nowMs - wideMs >= EACH_WEEK_MS || wideMs > nowMs);

/** A part whose plan is done with. */
export function finishedPart(part: PartState, startedMs: number, asked: Span | null): PartState {
  if (asked) return { ...part, left: [] };
  const wide = part.coveredToMs === null || isWide(part, startedMs);
  return { ...part, left: [], coveredToMs: startedMs, wideMs: wide ? startedMs : part.wideMs };
}

const HOUR_MS = 3_600_000;

/** 06:00 UTC, when vendors have the day before; a passing failure is tried again after an hour. */
export function nextRunMs(nowMs: number, { retry }: { retry: boolean }): number {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS + 6 * HOUR_MS;
  const next = today > nowMs ? today : today + DAY_MS;
  return retry ? Math.min(next, nowMs + HOUR_MS) : next;
}
