import type { CycleResult } from '../../../assistants/cursor/sync/cycle.ts';
import type { Outcome } from '../../../assistants/cursor/sync/outcome.ts';
import { maskKeys } from '../../../secrets.ts';
import type { Context } from '../../context.ts';
import { notice, print } from '../../output.ts';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** The document of a cycle. */
export function cycleJson({ outcome, error }: CycleResult): Record<string, unknown> {
  const { fromMs, toMs, ...counts } = outcome;
  return {
    from: iso(fromMs),
    to: iso(toMs),
    ...counts,
    ...(error !== null && { error: maskKeys(error.message) }),
  };
}

const minute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;

/** `2026-11-20T21:05Z  19:00 to …: 120 rows, 3 new, 1 amended; 57 sent`. */
export function cycleLine({ outcome }: CycleResult, nowMs: number): string {
  const { fromMs, toMs, fetched, amended, sent, failed } = outcome;
  if (fromMs === null || toMs === null) return `${minute(nowMs)}  nothing was read`;
  const rows = [`${fetched} rows`, `${outcome.new} new`, ...(amended > 0 ? [`${amended} amended`] : [])].join(', ');
  const delivered = [`${sent} sent`, ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
  return `${minute(nowMs)}  ${minute(fromMs)} to ${minute(toMs)}: ${rows}; ${delivered}`;
}

/** A line a cycle, of either kind. */
export function reportCycle(result: CycleResult, { json }: { json: boolean }, context: Context): void {
  print(context, json ? JSON.stringify(cycleJson(result)) : cycleLine(result, context.now()));
}

const PROGRESS_MS = 5000;

/** How far a long run is, window by window: now and then, or each time. */
export function progressOf({ verbose }: { verbose: boolean }, context: Context): (outcome: Readonly<Outcome>) => void {
  let saidMs = context.now();
  return (outcome) => {
    const nowMs = context.now();
    if (outcome.fromMs === null || (!verbose && nowMs - saidMs < PROGRESS_MS)) return;
    saidMs = nowMs;
    const back = new Date(outcome.fromMs).toISOString().slice(0, 13);
    notice(context, `${outcome.fetched} rows read, ${outcome.sent} sent; back to ${back}:00Z`);
  };
}
