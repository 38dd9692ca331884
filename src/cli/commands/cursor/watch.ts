import type { CycleResult } from '../../../assistants/cursor/sync/cycle.ts';
import { RefusedRows } from '../../../assistants/cursor/sync/cycle.ts';
import { planCycle } from '../../../assistants/cursor/sync/plan.ts';
import { inWords } from '../../../assistants/cursor/sync/record-run.ts';
import { LockLost } from '../../../delivery/process-lock.ts';
import { DeliveryError } from '../../../otlp/client.ts';
import { VendorError } from '../../../vendors/vendor-error.ts';
import type { Context } from '../../context.ts';
import { notice } from '../../output.ts';
import { reportCycle } from './report.ts';
import type { SyncSession } from './session.ts';
import type { CursorSettings } from './settings.ts';
import { readSettings } from './settings.ts';

const MINUTE_MS = 60_000;
/** While something is down that comes back by itself. */
const LONGEST_PAUSE_MS = 15 * MINUTE_MS;
/** While a person has to act: a key was revoked, say. */
const LONGEST_PAUSE_FOR_PEOPLE_MS = 60 * MINUTE_MS;
/** A timer stands still while the machine sleeps: the clock is looked at this often. */
const SLICE_MS = 30_000;

const needsPerson = (error: Error | null): boolean =>
  (error instanceof VendorError && (error.trouble === 'unauthorized' || error.trouble === 'forbidden')) ||
  (error instanceof DeliveryError && (error.status === 401 || error.status === 403));

/** From one start to the next: the interval, give or take a tenth; longer while cycles fail. */
export function pauseMs(intervalMs: number, failures: number, error: Error | null, random: () => number): number {
  const longest = Math.max(intervalMs, needsPerson(error) ? LONGEST_PAUSE_FOR_PEOPLE_MS : LONGEST_PAUSE_MS);
  // A few rows that will not do must not keep the others waiting.
  const failing = failures > 1 && !(error instanceof RefusedRows);
  const full = !failing ? intervalMs : Math.min(longest, intervalMs * 2 ** Math.min(failures - 1, 20));
  // What Cursor asks for is waited for, within reason.
  const asked = error instanceof VendorError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(Math.min(asked, LONGEST_PAUSE_FOR_PEOPLE_MS), Math.round(full * (0.9 + random() * 0.2)));
}

/** Cycles until it is stopped; the state is safe after each window, so that there is nothing to wind up. */
export async function watch(
  session: SyncSession,
  settings: CursorSettings,
  options: { json: boolean; insecure?: boolean },
  context: Context,
): Promise<void> {
  let { intervalMs } = settings;
  const reload = async (): Promise<void> => {
    try {
      const changed = await readSettings(options, context);
      session.use(changed);
      ({ intervalMs } = changed);
    } catch (error) {
      notice(
        context,
        `the configuration cannot be used, so the old one stays: ${error instanceof Error ? inWords(error) : String(error)}`,
      );
    }
  };
  const hangup = new Hangup(context);
  try {
    for (let failing: Error | null = null; ;) {
      const startedMs = context.now();
      let nextMs = startedMs;
      const result = await session.cycle(planCycle, {
        untilMs: startedMs + intervalMs,
        nextRunMs: ({ error }, failures) =>
          (nextMs = Math.max(context.now(), startedMs + pauseMs(intervalMs, failures, error, Math.random))),
      });
      if (context.signal.aborted) break;
      if (result.error instanceof LockLost) throw result.error;
      report(result, nextMs, options, context);
      failing = result.error;
      // Unfinished re-reads go on at once, with what is new first.
      if (failing === null && result.state.pending.length > 0) nextMs = context.now();
      await hangup.sleepUntil(nextMs);
      if (hangup.heard()) {
        notice(context, 'SIGHUP: the configuration is read again');
        await reload();
      } else if (needsPerson(failing)) await reload();
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
  } finally {
    hangup.stop();
  }
  if (context.signal.reason instanceof LockLost) throw context.signal.reason;
}

function report(result: CycleResult, nextMs: number, options: { json: boolean }, context: Context): void {
  reportCycle(result, options, context);
  if (result.error !== null)
    notice(context, `error: ${inWords(result.error)}; next try at ${new Date(nextMs).toISOString()}`);
}

/** Sleep that ends at a SIGHUP, at a time of the clock on the wall, or by the signal that ends all. */
class Hangup {
  readonly #context: Context;
  readonly #off: () => void;
  #heard = false;
  #wake: () => void = () => undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#off = context.onHangup(() => {
      this.#heard = true;
      this.#wake();
    });
  }

  heard(): boolean {
    const heard = this.#heard;
    this.#heard = false;
    return heard;
  }

  async sleepUntil(atMs: number): Promise<void> {
    const { now, sleep } = this.#context;
    const longest = atMs - now();
    for (let left = longest; left > 0 && !this.#heard; left = atMs - now()) {
      // A clock that was set back must not keep it waiting.
      if (left > longest) return;
      await Promise.race([sleep(Math.min(left, SLICE_MS)), new Promise<void>((resolve) => (this.#wake = resolve))]);
    }
  }

  stop(): void {
    this.#off();
  }
}
