/**
 * The schema, as the steps that led to it. Numbered from 1; each runs once, in one transaction with its number.
 * Append only from the first release on: what has been released is never edited, since files made by it exist.
 */

const EVENT = `
  hash UBIGINT NOT NULL, org VARCHAR NOT NULL, id BLOB NOT NULL, at_ms BIGINT NOT NULL, day BIGINT NOT NULL,
  quarter_hour BIGINT NOT NULL, lane UBIGINT NOT NULL, counted BOOLEAN NOT NULL, derived BOOLEAN NOT NULL,
  idless BOOLEAN NOT NULL, partial BOOLEAN NOT NULL, message_key UBIGINT, call_key UBIGINT,
  more_call_keys UBIGINT[], assistant VARCHAR NOT NULL, granularity VARCHAR NOT NULL, sources BIGINT NOT NULL,
  actor VARCHAR, login VARCHAR, session_id VARCHAR, prompt_id VARCHAR, organization VARCHAR, product VARCHAR,
  project VARCHAR, repository VARCHAR, agent VARCHAR, model VARCHAR, version VARCHAR,
  input_tokens BIGINT NOT NULL, output_tokens BIGINT NOT NULL, reasoning_tokens BIGINT NOT NULL,
  cache_read_tokens BIGINT NOT NULL, cache_write_5m_tokens BIGINT NOT NULL,
  cache_write_1h_tokens BIGINT NOT NULL, requests BIGINT NOT NULL, web_searches BIGINT, sessions BIGINT,
  list_micros BIGINT, cache_savings_micros BIGINT, reported_micros BIGINT, billed_micros BIGINT,
  reporter VARCHAR, tier VARCHAR, billing VARCHAR NOT NULL, service_tier VARCHAR, inference_geo VARCHAR,
  speed VARCHAR, duration_ms BIGINT, ttft_ms BIGINT, status VARCHAR NOT NULL, provenance VARCHAR NOT NULL`;

const ACTIVITY = `
  hash UBIGINT NOT NULL, org VARCHAR NOT NULL, id BLOB NOT NULL, at_ms BIGINT NOT NULL, day BIGINT NOT NULL,
  quarter_hour BIGINT NOT NULL, kind VARCHAR NOT NULL, assistant VARCHAR NOT NULL, actor VARCHAR,
  session_id VARCHAR, prompt_id VARCHAR, organization VARCHAR, product VARCHAR, project VARCHAR,
  repository VARCHAR, agent VARCHAR, model VARCHAR, version VARCHAR, name VARCHAR, outcome VARCHAR,
  decided_by VARCHAR, duration_ms BIGINT, size BIGINT`;

const SLICE = `
  org VARCHAR NOT NULL, day BIGINT NOT NULL, quarter_hour BIGINT NOT NULL, lane UBIGINT NOT NULL,
  assistant VARCHAR NOT NULL, granularity VARCHAR NOT NULL, reported BIGINT NOT NULL, reporter VARCHAR,
  actor VARCHAR, session_id VARCHAR, organization VARCHAR, product VARCHAR, project VARCHAR,
  repository VARCHAR, agent VARCHAR, model VARCHAR, tier VARCHAR, billing VARCHAR NOT NULL,
  events BIGINT NOT NULL, requests BIGINT NOT NULL, input_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL, reasoning_tokens BIGINT NOT NULL, cache_read_tokens BIGINT NOT NULL,
  cache_write_5m_tokens BIGINT NOT NULL, cache_write_1h_tokens BIGINT NOT NULL, web_searches BIGINT NOT NULL,
  reported_sessions BIGINT NOT NULL, list_micros BIGINT NOT NULL, billed_micros BIGINT NOT NULL,
  direct_micros BIGINT NOT NULL, estimated_micros BIGINT NOT NULL, unpriced_requests BIGINT NOT NULL,
  partial_requests BIGINT NOT NULL, error_requests BIGINT NOT NULL, cache_savings_micros BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL, timed_requests BIGINT NOT NULL, active_ms BIGINT NOT NULL, runs BIGINT NOT NULL,
  prompts BIGINT NOT NULL, first_ms BIGINT NOT NULL, last_ms BIGINT NOT NULL`;

export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    // What is new is small and soon folded in; a reader sees both as one.
    `CREATE TABLE event_fresh (${EVENT})`,
    `CREATE TABLE event_kept (${EVENT})`,
    'CREATE VIEW usage_event AS SELECT * FROM event_kept UNION ALL SELECT * FROM event_fresh',
    `CREATE TABLE activity_fresh (${ACTIVITY})`,
    `CREATE TABLE activity_kept (${ACTIVITY})`,
    'CREATE VIEW activity AS SELECT * FROM activity_kept UNION ALL SELECT * FROM activity_fresh',
    `CREATE TABLE usage_slice (${SLICE})`,
    // Days whose slices may be behind their events.
    'CREATE TABLE slice_stale (day BIGINT NOT NULL, mark BIGINT NOT NULL)',
    // What events that retention has removed said of first use.
    `CREATE TABLE first_seen_before (org VARCHAR NOT NULL, actor VARCHAR, assistant VARCHAR NOT NULL,
      at_ms BIGINT NOT NULL)`,
    `CREATE VIEW first_seen AS SELECT org, actor, assistant, min(at_ms) AS at_ms FROM (
      SELECT org, actor, assistant, first_ms AS at_ms FROM usage_slice
      UNION ALL SELECT org, actor, assistant, at_ms FROM first_seen_before
    ) GROUP BY org, actor, assistant`,
    `CREATE TABLE control (kind VARCHAR NOT NULL, entity_id VARCHAR NOT NULL, version BIGINT NOT NULL,
      org VARCHAR NOT NULL, at_ms BIGINT NOT NULL, author VARCHAR NOT NULL, data VARCHAR NOT NULL)`,
    `CREATE TABLE directory (org VARCHAR NOT NULL, actor VARCHAR NOT NULL, from_ms BIGINT NOT NULL,
      to_ms BIGINT NOT NULL, person VARCHAR NOT NULL, team VARCHAR, department VARCHAR)`,
    `CREATE TABLE daily_figure (org VARCHAR NOT NULL, reporter VARCHAR NOT NULL, day BIGINT NOT NULL,
      assistant VARCHAR NOT NULL, actor VARCHAR, name VARCHAR NOT NULL, value BIGINT NOT NULL)`,
    `CREATE TABLE pull_request (org VARCHAR NOT NULL, repository VARCHAR NOT NULL, number BIGINT NOT NULL,
      merged_at_ms BIGINT NOT NULL, day BIGINT NOT NULL, quarter_hour BIGINT NOT NULL, actor VARCHAR, email VARCHAR,
      is_bot BOOLEAN NOT NULL, additions BIGINT NOT NULL, deletions BIGINT NOT NULL, commits BIGINT NOT NULL,
      commit_tools VARCHAR NOT NULL, other_tools VARCHAR NOT NULL, read_at_ms BIGINT NOT NULL)`,
  ],
  [
    // What events there are of a day, so that no report has to look through them for it; perhaps more than there are.
    `CREATE TABLE usage_kind (org VARCHAR NOT NULL, day BIGINT NOT NULL, assistant VARCHAR NOT NULL, tier VARCHAR,
      granularity VARCHAR NOT NULL)`,
    'INSERT INTO usage_kind SELECT DISTINCT org, day, assistant, tier, granularity FROM usage_event WHERE counted',
  ],
];
