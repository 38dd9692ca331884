import type { Attributes } from './attributes.ts';
import type { EventName } from './events.ts';

/** A log record reduced to what is kept of it. */
export interface LogRecord {
  resource: Attributes;
  scope: { name: string | null; version: string | null };
  /** Milliseconds UTC. */
  atMs: number;
  eventName: EventName;
  attributes: Attributes;
}

/** Records that were not taken, and why. Reasons name fields, never their contents. */
export interface Rejected {
  count: number;
  /** Each once, the first few only. */
  reasons: string[];
}

export interface DecodedLogs {
  records: LogRecord[];
  rejected: Rejected;
  /** Records of events that are not read. */
  ignored: number;
}

const MAX_REASONS = 5;

export function reject(rejected: Rejected, reason: string): void {
  rejected.count += 1;
  if (rejected.reasons.length < MAX_REASONS && !rejected.reasons.includes(reason)) rejected.reasons.push(reason);
}
