import { z } from 'zod';
import type { Span } from './hours.ts';
import { DAY_MS, hourName, hourNamed, union } from './hours.ts';
import type { Difference, HourRows } from './hour-rows.ts';
import { differenceOf } from './hour-rows.ts';

/**
 * What a sync remembers: which hours are still to be read, and what the endpoint has acknowledged. Losing it costs a
 * re-read and nothing else.
 */

const knownHour = z.object({
  /** The reading that was delivered, ms of the vendor's clock. */
  snapshot: z.int().positive(),
  count: z.int().positive(),
  /** Empty while it is not known whether a later reading has arrived. */
  hash: z.string(),
  /** Fingerprints of its rows, base64; kept for as long as the hour is regularly read again. */
  rows: z.string().optional(),
});
export type KnownHour = z.infer<typeof knownHour>;

const span = z.object({ fromMs: z.int(), toMs: z.int() });
const time = z.int().nullable();

const totals = z.object({ fetched: z.int(), new: z.int(), amended: z.int(), sent: z.int() });

const runs = z.object({
  /** The last cycle that brought everything over. */
  lastSuccessMs: time,
  lastAttemptMs: time,
  /** Of the last attempt; null if it succeeded. */
  lastError: z.string().nullable(),
  /** Attempts since the last success. */
  failures: z.int(),
  /** When a watching sync means to run again. */
  nextRunMs: time,
  totals,
});

export const syncStateSchema = z.object({
  version: z.literal(1),
  /** To whom the hours were delivered; they say nothing of another endpoint. */
  destination: z.string().nullable(),
  /** The newest reading that was ever sent, so that the next is newer whatever clocks do. */
  lastSnapshotMs: z.int(),
  /** Everything before is either delivered or among `pending`. */
  coveredToMs: time,
  /** Up to here nothing was left to deliver at the end of a cycle; what is pending before it is looked at again. */
  wholeToMs: time.default(null),
  /** The latest end that was ever read to. */
  readToMs: z.int(),
  pending: z.array(span),
  /** What a person asked for last, and when: asked for again, it goes on where it was stopped. */
  asked: span.extend({ atMs: z.int() }).nullable(),
  /** When the last re-read of 48 hours and of 35 days was put among `pending`. */
  dailyMs: time,
  weeklyMs: time,
  hours: z.record(z.string(), knownHour),
  runs,
});
export type SyncState = z.infer<typeof syncStateSchema>;

export const emptyState = (): SyncState => ({
  version: 1,
  destination: null,
  lastSnapshotMs: 0,
  coveredToMs: null,
  wholeToMs: null,
  readToMs: 0,
  pending: [],
  asked: null,
  dailyMs: null,
  weeklyMs: null,
  hours: {},
  runs: {
    lastSuccessMs: null,
    lastAttemptMs: null,
    lastError: null,
    failures: 0,
    nextRunMs: null,
    totals: { fetched: 0, new: 0, amended: 0, sent: 0 },
  },
});

/** The state for another endpoint: all of it has to be delivered there. */
export function forDestination(state: SyncState, destination: string): SyncState {
  if (state.destination === destination) return state;
  const { lastSnapshotMs, runs } = state;
  return { ...emptyState(), destination, lastSnapshotMs, runs: { ...runs, lastSuccessMs: null } };
}

/** From this time on there is something left to deliver; null before the first run. */
export function deliveredToMs({ pending, coveredToMs, wholeToMs }: SyncState): number | null {
  const first = pending[0]?.fromMs;
  if (first === undefined || coveredToMs === null) return coveredToMs;
  return Math.min(Math.max(first, wholeToMs ?? first), coveredToMs);
}

/** Fingerprints outlast the longest regular re-read; an hour's hash outlasts a year. */
const PRINTS_MS = 36 * DAY_MS;
const HOURS_MS = 400 * DAY_MS;

export function remember(hour: HourRows, snapshotMs: number, nowMs: number): KnownHour {
  const recent = hour.bucketMs > nowMs - PRINTS_MS;
  return {
    snapshot: snapshotMs,
    count: hour.rows.length,
    hash: hour.hash,
    ...(recent && { rows: hour.prints.toString('base64') }),
  };
}

/** Drops what is too old to be asked for again; the file stays as large as a team is busy. */
export function forgetOld(hours: SyncState['hours'], nowMs: number): SyncState['hours'] {
  const kept: SyncState['hours'] = {};
  for (const [name, hour] of Object.entries(hours)) {
    const age = nowMs - hourNamed(name);
    if (age > HOURS_MS) continue;
    const { snapshot, count, hash } = hour;
    kept[name] = age > PRINTS_MS ? { snapshot, count, hash } : hour;
  }
  return kept;
}

export const knownAt = (state: SyncState, bucketMs: number): KnownHour | undefined => state.hours[hourName(bucketMs)];

/** What a reading of an hour brings beside what is known of it. */
export function compareHour(known: KnownHour | undefined, hour: HourRows): Difference {
  const count = hour.rows.length;
  if (!known) return { fresh: count, amended: 0, same: 0 };
  if (known.hash === hour.hash) return { fresh: 0, amended: 0, same: count };
  if (known.rows !== undefined) return differenceOf(Buffer.from(known.rows, 'base64'), hour.prints);
  const both = Math.min(count, known.count);
  return { fresh: count - both, amended: both, same: 0 };
}

export const withPending = (state: SyncState, spans: readonly Span[]): SyncState => ({
  ...state,
  pending: union([...state.pending, ...spans]),
});
