/**
 * What reports read: `usage_slice`, one row for all counted events that are alike in everything a report can filter or
 * group by, with measures that add up. Plain text that every engine reads alike.
 */

/** What tells one slice from another, in the order of the columns. */
export const SLICE_KEYS = [
  'org',
  'day',
  'quarter_hour',
  'lane',
  'assistant',
  'granularity',
  'reported',
  'reporter',
  'actor',
  'session_id',
  'organization',
  'product',
  'project',
  'repository',
  'agent',
  'model',
  'tier',
  'billing',
] as const;

/** After such a pause work counts as begun anew. */
const RUN_GAP_MS = 30 * 60_000;

// A vendor's charge stands; without one, calls that no seat covers are worth their list price.
const ESTIMATED = `billed_micros IS NULL AND billing <> 'seat'`;
const IS_CALL = `granularity = 'call'`;
const BEGINS = `(gap_ms IS NULL OR gap_ms > ${RUN_GAP_MS})`;

type Measure = readonly [how: 'count' | 'sum' | 'min' | 'max', of: string];

/** Additive, but for the last two. */
const MEASURES = {
  events: ['count', '*'],
  requests: ['sum', 'requests'],
  input_tokens: ['sum', 'input_tokens'],
  output_tokens: ['sum', 'output_tokens'],
  reasoning_tokens: ['sum', 'reasoning_tokens'],
  cache_read_tokens: ['sum', 'cache_read_tokens'],
  cache_write_5m_tokens: ['sum', 'cache_write_5m_tokens'],
  cache_write_1h_tokens: ['sum', 'cache_write_1h_tokens'],
  web_searches: ['sum', 'coalesce(web_searches, 0)'],
  reported_sessions: ['sum', `CASE WHEN ${IS_CALL} THEN 0 ELSE coalesce(sessions, 0) END`],
  list_micros: ['sum', 'coalesce(list_micros, 0)'],
  billed_micros: ['sum', 'coalesce(billed_micros, 0)'],
  direct_micros: ['sum', `CASE WHEN ${ESTIMATED} THEN coalesce(list_micros, 0) ELSE coalesce(billed_micros, 0) END`],
  estimated_micros: ['sum', `CASE WHEN ${ESTIMATED} THEN coalesce(list_micros, 0) ELSE 0 END`],
  unpriced_requests: ['sum', 'CASE WHEN list_micros IS NULL THEN requests ELSE 0 END'],
  partial_requests: ['sum', 'CASE WHEN partial THEN requests ELSE 0 END'],
  error_requests: ['sum', `CASE WHEN status = 'error' THEN requests ELSE 0 END`],
  cache_savings_micros: ['sum', 'coalesce(cache_savings_micros, 0)'],
  duration_ms: ['sum', 'coalesce(duration_ms, 0)'],
  timed_requests: ['sum', 'CASE WHEN duration_ms IS NULL THEN 0 ELSE requests END'],
  // Time belongs to the event that ends it; the first of a run brings its own duration.
  active_ms: ['sum', `CASE WHEN NOT (${IS_CALL}) THEN 0 WHEN ${BEGINS} THEN coalesce(duration_ms, 0) ELSE gap_ms END`],
  runs: ['sum', `CASE WHEN ${IS_CALL} AND ${BEGINS} THEN 1 ELSE 0 END`],
  prompts: [
    'sum',
    `CASE WHEN prompt_id IS NULL OR background = 1 THEN 0
    WHEN prompt_gap_days IS NULL OR prompt_gap_days > 1 THEN 1 ELSE 0 END`,
  ],
  first_ms: ['min', 'at_ms'],
  last_ms: ['max', 'at_ms'],
} as const satisfies Record<string, Measure>;

export const SLICE_MEASURES = Object.keys(MEASURES) as (keyof typeof MEASURES)[];

/** In one lane; the hash makes the order of events of one moment the same everywhere. */
const IN_ORDER = 'ORDER BY at_ms, coalesce(duration_ms, 0) DESC, hash';

const sums = Object.entries<Measure>(MEASURES).map(([name, [how, of]]) => `${how}(${of}) AS ${name}`);
const amounts = Object.entries<Measure>(MEASURES).map(
  ([name, [how, of]]) => `${how === 'count' ? '1' : of} AS ${name}`,
);

/**
 * Counted events with what their figures are made of. These depend on the lane's events of an event's own day and of
 * the day before, on nothing else: a prompt that goes on into a second day counts on its first, and one that is taken
 * up again after a whole day without it counts anew.
 */
const spaced = (events: string, wanted: string): string => `(
    SELECT *,
      at_ms - lag(at_ms) OVER (PARTITION BY lane, granularity ${IN_ORDER}) AS gap_ms,
      day - lag(day) OVER (PARTITION BY lane, prompt_id, background ${IN_ORDER}) AS prompt_gap_days
    FROM (
      SELECT *,
        CASE WHEN granularity = 'call' THEN 0 ELSE 1 END AS reported,
        CASE WHEN agent LIKE 'background:%' THEN 1 ELSE 0 END AS background
      FROM ${events} AS events WHERE counted
    ) AS looked_at
  ) AS spaced WHERE ${wanted}`;

/**
 * The slices of a relation like `usage_event`.
 *
 * @param events all that is to be looked at, a table's name or a query in parentheses
 * @param wanted a condition on events: the slices that come out; the others are only looked at
 */
export const slicesOf = (events: string, wanted = '1 = 1'): string => `
  SELECT ${SLICE_KEYS.join(', ')}, ${sums.join(', ')} FROM ${spaced(events, wanted)} GROUP BY ${SLICE_KEYS.join(', ')}`;

/** The same, of one event each: for an engine that makes slices only to add them up, and then need not group twice. */
export const finestSlicesOf = (events: string, wanted = '1 = 1'): string => `
  SELECT ${SLICE_KEYS.join(', ')}, ${amounts.join(', ')} FROM ${spaced(events, wanted)}`;
