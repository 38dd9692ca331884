/** What is counted and summed of a group; figures are arithmetic on these. */
export interface Totals {
  events: number;
  requests: number;
  inputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  webSearches: number;
  listMicros: number;
  /** List value of what a seat pays for. */
  seatListMicros: number;
  directMicros: number;
  /** The part of `directMicros` that no vendor confirmed. */
  estimatedMicros: number;
  unpricedRequests: number;
  partialRequests: number;
  errorRequests: number;
  cacheSavingsMicros: number;
  durationMs: number;
  timedRequests: number;
  activeMs: number;
  prompts: number;
  /** Runs of work where an assistant has no session ids. */
  runs: number;
  reportedSessions: number;
  firstMs: number | null;
  lastMs: number | null;
  /** Distinct session ids of calls. */
  sessionIds: number;
  /** Distinct people; events that name nobody are nobody's. */
  people: number;
  /** Distinct days of people, by the viewer's calendar. */
  activeDays: number;
  /** The group's part of what its people's seats cost. */
  seatMicros: number;
  /** Of that, what stands for seats that no roster knows. */
  assumedSeatMicros: number;
  /** Seats that nobody used; on the whole and on a row of their own only. */
  unusedSeatMicros: number;
  /** Length of the period. */
  days: number;
}

type Additive = Exclude<
  keyof Totals,
  | 'firstMs'
  | 'lastMs'
  | 'sessionIds'
  | 'people'
  | 'activeDays'
  | 'seatMicros'
  | 'assumedSeatMicros'
  | 'unusedSeatMicros'
  | 'days'
>;

/** Sums over `usage_slice`. */
export const SUMS: Readonly<Record<Additive, string>> = {
  events: 'events',
  requests: 'requests',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  reasoningTokens: 'reasoning_tokens',
  cacheReadTokens: 'cache_read_tokens',
  cacheWriteTokens: 'cache_write_5m_tokens + cache_write_1h_tokens',
  webSearches: 'web_searches',
  listMicros: 'list_micros',
  seatListMicros: `CASE WHEN billing = 'seat' THEN list_micros ELSE 0 END`,
  directMicros: 'direct_micros',
  estimatedMicros: 'estimated_micros',
  unpricedRequests: 'unpriced_requests',
  partialRequests: 'partial_requests',
  errorRequests: 'error_requests',
  cacheSavingsMicros: 'cache_savings_micros',
  durationMs: 'duration_ms',
  timedRequests: 'timed_requests',
  activeMs: 'active_ms',
  prompts: 'prompts',
  runs: `CASE WHEN session_id IS NULL AND granularity = 'call' THEN runs ELSE 0 END`,
  reportedSessions: 'reported_sessions',
};

export const NO_TOTALS: Totals = {
  events: 0,
  requests: 0,
  inputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  webSearches: 0,
  listMicros: 0,
  seatListMicros: 0,
  directMicros: 0,
  estimatedMicros: 0,
  unpricedRequests: 0,
  partialRequests: 0,
  errorRequests: 0,
  cacheSavingsMicros: 0,
  durationMs: 0,
  timedRequests: 0,
  activeMs: 0,
  prompts: 0,
  runs: 0,
  reportedSessions: 0,
  firstMs: null,
  lastMs: null,
  sessionIds: 0,
  people: 0,
  activeDays: 0,
  seatMicros: 0,
  assumedSeatMicros: 0,
  unusedSeatMicros: 0,
  days: 0,
};
