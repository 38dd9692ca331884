import { planAsked, planCycle } from '../../../assistants/cursor/sync/plan.ts';
import { UsageError } from '../../../errors.ts';
import { DateError } from '../../../usage/date-error.ts';
import { parseSince, resolveRange } from '../../../usage/dates.ts';
import type { Context } from '../../context.ts';
import { notice } from '../../output.ts';
import type { CommonOptions } from '../../table.ts';
import { progressOf, reportCycle } from './report.ts';
import type { SyncSession } from './session.ts';
import { withSession } from './session.ts';
import { readSettings } from './settings.ts';
import { watch } from './watch.ts';

export interface SyncOptions extends CommonOptions {
  watch?: boolean;
  from?: string;
  to?: string;
  insecure?: boolean;
}

/** Records in one request: large enough to be quick, small enough for any endpoint. */
const BATCH_SIZE = 100;

export interface Range {
  fromMs: number;
  toMs: number;
}

/** `from` takes what `--since` takes. Throws a UsageError that names the flag. */
export function rangeOf(from: string | undefined, to: string | undefined, nowMs: number, flag: string): Range | null {
  if (from === undefined && to === undefined) return null;
  if (from === undefined) throw new UsageError(`--to needs ${flag}: from when on?`);
  try {
    const fromMs = parseSince(from, nowMs);
    return resolveRange({ from: new Date(fromMs).toISOString(), to }, nowMs);
  } catch (error) {
    if (!(error instanceof DateError)) throw error;
    throw new UsageError(error.message.replace(/^(?:since|from):/, `${flag}:`).replace(/^to:/, '--to:'), {
      cause: error,
    });
  }
}

export async function run(options: SyncOptions, context: Context): Promise<void> {
  const range = rangeOf(options.from, options.to, context.now(), '--from');
  // From its first moment on: until it watches, and during a first long range, a SIGHUP would end it.
  if (options.watch) context.onHangup(() => undefined)();
  const settings = await readSettings(options, context);
  if (context.env.CURSOR_TEAM_SLUG) notice(context, 'CURSOR_TEAM_SLUG is no longer needed, and is ignored');
  // Somebody may be waiting for it: by Cursor's limits a large team's first sync takes minutes.
  const waited = !options.watch && context.io.stderrTTY;
  const how = { batchSize: BATCH_SIZE, ...(waited && { onWindow: progressOf(options, context) }) };
  await withSession(settings, context, how, async (session, within) => {
    if (range || !options.watch) await syncOnce(session, range, options, within);
    if (options.watch) await watch(session, settings, options, within);
  });
}

async function syncOnce(
  session: SyncSession,
  range: Range | null,
  options: SyncOptions,
  context: Context,
): Promise<void> {
  const result = await session.cycle(
    range ? (state, endMs, nowMs) => planAsked(state, range, endMs, nowMs) : planCycle,
  );
  context.signal.throwIfAborted();
  reportCycle(result, options, context);
  if (result.error !== null) throw result.error;
}
