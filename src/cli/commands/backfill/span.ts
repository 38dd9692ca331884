import { UsageError } from '../../../errors.ts';
import { DateError } from '../../../usage/date-error.ts';
import { parseSince, resolveRange } from '../../../usage/dates.ts';

/** Milliseconds UTC; from inclusive, to exclusive; null: open. */
export interface AskedSpan {
  sinceMs: number | null;
  toMs: number | null;
}

/** What `--since` and `--to` ask for; days are those of the zone, which is only asked for if need be. @throws UsageError */
export function askedSpan(
  since: string | undefined,
  to: string | undefined,
  nowMs: number,
  zone: () => string,
): AskedSpan {
  if (since === undefined && to === undefined) return { sinceMs: null, toMs: null };
  const tz = zone();
  try {
    const sinceMs = since === undefined ? null : parseSince(since, nowMs, tz);
    if (to === undefined) return { sinceMs, toMs: null };
    const from = new Date(sinceMs ?? 0).toISOString();
    return { sinceMs, toMs: resolveRange({ from, to, tz }, nowMs).toMs };
  } catch (error) {
    if (!(error instanceof DateError)) throw error;
    throw new UsageError(error.message.replace(/^(?:since|from):/, '--since:').replace(/^to:/, '--to:'), {
      cause: error,
    });
  }
}
