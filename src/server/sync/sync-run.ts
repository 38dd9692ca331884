import type { Span } from '../../vendors/sync-part.ts';

export const VENDORS = ['anthropic', 'openai', 'cursor', 'github'] as const;
export type Vendor = (typeof VENDORS)[number];

/** How one part of a vendor's data stands in a run. */
export interface PartState {
  name: string;
  /** What is still to be read; empty: nothing. */
  left: readonly Span[];
  /** Up to here regular runs have read everything; null: no run has ended yet. */
  coveredToMs: number | null;
  /** When a regular run last read far back. */
  wideMs: number | null;
  /** Rows as the vendor counts them. */
  fetched: number;
  unreadable: number;
  /** Rows of days or hours that were not as they are now. */
  written: number;
  error: string | null;
}

/**
 * `running` for as long as its lease lasts; a run whose process was killed stays so. `partial`: some parts failed.
 * `interrupted`: the server was stopped.
 */
export type RunState = 'running' | 'done' | 'partial' | 'failed' | 'interrupted';

/** One sync of one vendor, as it stands. */
export interface SyncRun {
  id: string;
  vendor: Vendor;
  state: RunState;
  trigger: 'schedule' | 'request';
  /** What was asked for; null: what is new, and what may have been revised. */
  asked: Span | null;
  startedMs: number;
  finishedMs: number | null;
  /** Whoever runs it says so again before this. */
  leaseUntilMs: number;
  parts: readonly PartState[];
  warnings: readonly string[];
  /** What kept it from being whole. */
  error: string | null;
  /** When it is due again; null while it runs. */
  nextMs: number | null;
}

export const isRunning = ({ state, leaseUntilMs }: SyncRun, nowMs: number): boolean =>
  state === 'running' && leaseUntilMs > nowMs;

/** Ended before all was read, or not at all. */
export const isUnfinished = ({ parts }: SyncRun): boolean => parts.some(({ left }) => left.length > 0);
