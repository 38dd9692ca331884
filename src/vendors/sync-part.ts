import type { DailyFigure } from '../usage/daily-figure.ts';
import type { Assistant, EventState } from '../usage/event.ts';
import type { PullRequest } from '../usage/pull-request.ts';

/** A span of time, whole UTC hours or days, half-open; ms UTC. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** All rows of one bucket (see `usage/snapshot.ts`) at one reading. */
export interface ReadBucket {
  assistant: Assistant;
  /** Of day rows; null for calls. */
  reporter: string | null;
  bucketMs: number;
  /** The rows as they are to be stored; `snapshotMs` is the reading's revision. */
  statesAt: (snapshotMs: number) => EventState[];
}

/** Who pays for a seat, as the vendor says. */
export interface SeatHolder {
  email: string;
  assistant: Assistant;
  holds: boolean;
}

/** What one piece of a vendor's data came to: whole, or not there at all. */
export interface PartReading {
  /** What was read: buckets within that are not listed are empty. */
  span: Span;
  /** The vendor's clock before the first row was read; null where it shows none. */
  dateMs: number | null;
  /** Rows as the vendor counts them. */
  fetched: number;
  /** Of those, such as cannot be read. */
  unreadable: number;
  buckets?: readonly ReadBucket[];
  /** The reporter and assistant of `buckets`, also of empty ones. */
  of?: { assistant: Assistant; reporter: string | null };
  figures?: readonly DailyFigure[];
  pullRequests?: readonly PullRequest[];
  seats?: readonly SeatHolder[];
  /** For whoever looks at the run. */
  warnings?: readonly string[];
}

/** One kind of data that a vendor gives. Parts are read one after the other; where one fails the others go on. */
export interface SyncPart {
  /** `claude-code`, `messages`: unique within its vendor. */
  name: string;
  /** How much is read at once, before progress is noted. */
  stepMs: number;
  /** Recent data is still revised: so much of it is read again by each run. */
  overlapMs: number;
  /** Some plans do not have it: a vendor that forbids it is no failure. */
  optional?: true;
  /** @throws VendorError */
  read: (span: Span) => AsyncGenerator<PartReading>;
}

export interface StoredReport {
  /** Rows with tokens. */
  used: number;
  /** Rows with charges. */
  charged: number;
}

/** What a vendor's parts are made with. */
export interface PartContext {
  org: string;
  /** Milliseconds UTC. */
  now: () => number;
  /** List value of a row, micro-dollars; null where no price is known. */
  valueOf: (usage: ValuedUsage) => number | null;
  /** What the store has of a report in a span. */
  storedOf: (reporter: string, span: Span) => Promise<StoredReport>;
}

/** What of a row decides its list value. */
export type ValuedUsage = Pick<
  EventState,
  | 'assistant'
  | 'model'
  | 'inputTokens'
  | 'outputTokens'
  | 'cacheReadTokens'
  | 'cacheWrite5mTokens'
  | 'cacheWrite1hTokens'
  | 'webSearches'
  | 'speed'
  | 'serviceTier'
  | 'inferenceGeo'
> & { day: number };
