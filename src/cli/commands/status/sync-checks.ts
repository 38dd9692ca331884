import type { Inspected } from '../../../assistants/cursor/sync/state-file.ts';
import type { SyncState } from '../../../assistants/cursor/sync/sync-state.ts';
import { deliveredToMs } from '../../../assistants/cursor/sync/sync-state.ts';
import type { Check } from './check.ts';
import { fail, info, ok, warn } from './check.ts';
import { duration } from './server-checks.ts';

/** What the last cycles of a sync came to. */
export interface SyncReport {
  lastSuccess: string | null;
  lastAttempt: string | null;
  lastError: string | null;
  /** Everything before is at the endpoint. */
  deliveredTo: string | null;
  lagMs: number | null;
  /** When a watching sync means to run again. */
  nextRun: string | null;
  totals: SyncState['runs']['totals'];
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export function syncReport(state: SyncState, nowMs: number): SyncReport {
  const { lastSuccessMs, lastAttemptMs, lastError, nextRunMs, totals } = state.runs;
  const deliveredTo = deliveredToMs(state);
  return {
    lastSuccess: iso(lastSuccessMs),
    lastAttempt: iso(lastAttemptMs),
    lastError,
    deliveredTo: iso(deliveredTo),
    lagMs: deliveredTo === null ? null : Math.max(0, nowMs - deliveredTo),
    nextRun: iso(nextRunMs),
    totals,
  };
}

/** Whatever the interval, a sync that was so long not heard of does not run. */
const SILENCE_MS = 26 * 3_600_000;

const START = 'revenium-cursor service install, or: revenium-cursor sync --watch';

/** What is wrong with what the sync remembers; null: nothing. */
export function stateProblem({ damaged, newer }: Inspected): Check[] | null {
  if (newer)
    return [
      fail(
        'sync',
        'the state of the sync was written by a newer release',
        'This one does not sync with it.',
        'npm i -g @revenium/cli',
      ),
    ];
  if (!damaged) return null;
  const means = 'The next sync sets it aside and reads the last 35 days again; nothing is lost, or counted twice.';
  return [warn('sync', 'the state of the sync is damaged', means, 'revenium-cursor sync')];
}

export function syncChecks(state: SyncState | null, nowMs: number): Check[] {
  const lastAttemptMs = state?.runs.lastAttemptMs ?? null;
  if (!state || lastAttemptMs === null) {
    const hours = Object.keys(state?.hours ?? {}).length;
    if (hours === 0) return [info('sync', 'no sync has run yet', `Start it: ${START}`)];
    const means = `If it does not run, it goes on where it was: ${START}`;
    return [
      info(
        'sync',
        `the first sync is not through yet; delivered so far: ${hours} ${hours === 1 ? 'hour' : 'hours'} with usage`,
        means,
      ),
    ];
  }
  const { lastError, failures, lastSuccessMs, nextRunMs, totals } = state.runs;
  const ago = (atMs: number | null): string =>
    atMs === null ? 'never' : `${duration(Math.max(0, Math.round((nowMs - atMs) / 1000)))} ago`;
  const { lagMs, deliveredTo } = syncReport(state, nowMs);
  const next = nextRunMs === null ? '' : `; next run at ${new Date(nextRunMs).toISOString()}`;
  const lag = lagMs === null ? '' : `; ${duration(Math.round(lagMs / 1000))} behind, at ${deliveredTo ?? ''}`;
  const line = `last successful cycle ${ago(lastSuccessMs)}${lag}${next}`;
  const sums = info(
    'sync-totals',
    `${totals.fetched} rows read in all, ${totals.new} new, ${totals.amended} amended; ${totals.sent} sent`,
  );
  if (lastError !== null)
    return [
      fail(
        'sync',
        `the last ${failures === 1 ? 'cycle' : `${failures} cycles`} failed: ${lastError}`,
        line,
        'revenium-cursor sync',
      ),
      sums,
    ];
  if (nowMs - lastAttemptMs > SILENCE_MS || (nextRunMs !== null && nowMs - nextRunMs > 3_600_000))
    return [
      warn('sync', `no cycle has run for ${duration(Math.round((nowMs - lastAttemptMs) / 1000))}`, line, START),
      sums,
    ];
  return [ok('sync', line), sums];
}
