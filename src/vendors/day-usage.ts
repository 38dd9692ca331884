import { DAY_MS } from '../usage/days.ts';
import type { Assistant, Billing, EventState, Source } from '../usage/event.ts';
import { eventId } from '../usage/identity.ts';
import { observe } from '../usage/merge.ts';

/** A day's sum as a vendor's report has it, in our words. */
export interface DayUsage {
  /** Days since 1970-01-01 UTC. */
  day: number;
  assistant: Assistant;
  /** Which report it is from: `anthropic-messages`. */
  reporter: string;
  /** By what the report tells this row from the day's others: the vendor's own ids, never what we make of them. */
  key: readonly (string | null)[];
  actor: string | null;
  model: string | null;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
  /** False: how cache writes divide is not said, all of them stand under 5 m. */
  splitKnown: boolean;
  /** 0 where the report does not count them. */
  requests: number;
  webSearches: number | null;
  sessions: number | null;
  reportedMicros: number | null;
  billedMicros: number | null;
  tier: string | null;
  billing: Billing;
  serviceTier: string | null;
  inferenceGeo: string | null;
  speed: string | null;
}

/** What a row of no use at all would be. */
export const NO_USAGE = {
  actor: null,
  model: null,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  splitKnown: true,
  requests: 0,
  webSearches: null,
  sessions: null,
  reportedMicros: null,
  billedMicros: null,
  tier: null,
  billing: 'unknown',
  serviceTier: null,
  inferenceGeo: null,
  speed: null,
} as const satisfies Omit<DayUsage, 'day' | 'assistant' | 'reporter' | 'key'>;

/** Noon UTC: nearly every zone counts it on that date. */
export const noonOf = (day: number): number => day * DAY_MS + DAY_MS / 2;

export const tokensOf = (usage: DayUsage): number =>
  usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;

export interface DayContext {
  org: string;
  source: Extract<Source, 'report' | 'import'>;
  /** The vendor's clock when the report was read, ms: what is newer replaces all that an older reading said. */
  snapshotMs: number;
}

export function dayState(usage: DayUsage, { org, source, snapshotMs }: DayContext): EventState {
  const { day, key, ...values } = usage;
  return observe({
    ...values,
    org,
    source,
    granularity: 'day',
    revision: snapshotMs,
    id: eventId(['day', usage.reporter, day, ...key]),
    atMs: noonOf(day),
  });
}
