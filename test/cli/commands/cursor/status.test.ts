import { describe, expect, it } from 'vitest';
import type { SyncState } from '../../../../src/assistants/cursor/sync/sync-state.ts';
import { emptyState } from '../../../../src/assistants/cursor/sync/sync-state.ts';
import { stateProblem, syncChecks, syncReport } from '../../../../src/cli/commands/status/sync-checks.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const after = (runs: Partial<SyncState['runs']>): SyncState => {
  const state = emptyState();
  return {
    ...state,
    coveredToMs: NOW - 8 * MINUTE,
    runs: {
      ...state.runs,
      lastAttemptMs: NOW - 3 * MINUTE,
      lastSuccessMs: NOW - 3 * MINUTE,
      nextRunMs: NOW + 2 * MINUTE,
      totals: { fetched: 120, new: 30, amended: 2, sent: 57 },
      ...runs,
    },
  };
};

describe('status of a sync', () => {
  it('tells the last success, the lag, the next run and the totals', () => {
    expect(syncChecks(after({}), NOW)).toEqual([
      {
        id: 'sync',
        state: 'ok',
        says: 'last successful cycle 3 min ago; 8 min behind, at 2026-11-20T11:52:00.000Z; next run at 2026-11-20T12:02:00.000Z',
      },
      { id: 'sync-totals', state: 'info', says: '120 rows read in all, 30 new, 2 amended; 57 sent' },
    ]);
    expect(syncReport(after({}), NOW)).toEqual({
      lastSuccess: '2026-11-20T11:57:00.000Z',
      lastAttempt: '2026-11-20T11:57:00.000Z',
      lastError: null,
      deliveredTo: '2026-11-20T11:52:00.000Z',
      lagMs: 8 * MINUTE,
      nextRun: '2026-11-20T12:02:00.000Z',
      totals: { fetched: 120, new: 30, amended: 2, sent: 57 },
    });
  });

  it('fails while cycles do, with the reason', () => {
    const [check] = syncChecks(after({ lastError: 'Cursor answered 401', failures: 7, lastSuccessMs: null }), NOW);
    expect(check).toMatchObject({ state: 'fail', says: 'the last 7 cycles failed: Cursor answered 401' });
    expect(check?.means).toContain('last successful cycle never');
    expect(syncChecks(after({ lastError: 'no', failures: 1 }), NOW)[0]?.says).toBe('the last cycle failed: no');
  });

  it('warns of a sync that never ran, or runs no more', () => {
    expect(syncChecks(null, NOW)).toMatchObject([{ state: 'info', says: 'no sync has run yet' }]);
    expect(syncChecks(emptyState(), NOW)).toMatchObject([{ state: 'info' }]);
    const hours = { '2026-11-20T10': { snapshot: NOW, count: 3, hash: 'x' } };
    expect(syncChecks({ ...emptyState(), hours }, NOW)).toMatchObject([
      { state: 'info', says: 'the first sync is not through yet; delivered so far: 1 hour with usage' },
    ]);
    const overdue = after({ nextRunMs: NOW - 2 * HOUR, lastAttemptMs: NOW - 2.1 * HOUR });
    expect(syncChecks(overdue, NOW)[0]).toMatchObject({ state: 'warn', says: 'no cycle has run for 2 h' });
    const byHand = after({ nextRunMs: null, lastAttemptMs: NOW - 25 * HOUR });
    expect(syncChecks(byHand, NOW)[0]?.state).toBe('ok');
    expect(syncChecks({ ...byHand, runs: { ...byHand.runs, lastAttemptMs: NOW - 27 * HOUR } }, NOW)[0]?.state).toBe(
      'warn',
    );
  });

  it('counts from the first hour that is still to be delivered', () => {
    const state = { ...after({}), pending: [{ fromMs: NOW - 30 * HOUR, toMs: NOW - 29 * HOUR }] };
    expect(syncReport(state, NOW).lagMs).toBe(30 * HOUR);
    // What was delivered and is only looked at again does not put it behind.
    expect(syncReport({ ...state, wholeToMs: NOW - 10 * MINUTE }, NOW).lagMs).toBe(10 * MINUTE);
    expect(syncReport({ ...state, wholeToMs: NOW - 40 * HOUR }, NOW).lagMs).toBe(30 * HOUR);
  });

  it('tells of a state that cannot be used', () => {
    const inspected = { state: null, damaged: false, newer: false };
    expect(stateProblem(inspected)).toBeNull();
    expect(stateProblem({ ...inspected, damaged: true })).toMatchObject([{ state: 'warn', id: 'sync' }]);
    expect(stateProblem({ ...inspected, damaged: true, newer: true })).toMatchObject([
      { state: 'fail', remedy: 'npm i -g @revenium/cli' },
    ]);
  });
});
