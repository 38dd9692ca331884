import { periodNumber } from './period.ts';
import type { Sql } from './sql.ts';
import { raw, sql } from './sql.ts';
import type { Usage } from './usage.ts';

const RUN_GAP_MS = 30 * 60_000;

const MEASURES = raw(`max(assistant) AS assistant, max(session_id) AS session_id, max(actor) AS actor,
  min(first_ms) AS began_ms, max(last_ms) AS ended_ms, max(project) AS project, max(repository) AS repository,
  max(model) AS a_model, count(DISTINCT model) AS models, CAST(sum(requests) AS DOUBLE) AS calls,
  CAST(sum(prompts) AS DOUBLE) AS exchanges, CAST(sum(output_tokens) AS DOUBLE) AS output,
  CAST(sum(input_tokens + output_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens) AS DOUBLE) AS tokens,
  CAST(sum(list_micros) AS DOUBLE) AS list, CAST(sum(direct_micros) AS DOUBLE) AS direct,
  CAST(sum(error_requests) AS DOUBLE) AS errors, CAST(sum(active_ms) AS DOUBLE) AS working_ms`);

/**
 * Relation of sessions, each period's by itself: (period, lane, piece, slot, …). A session with an id is one; where an
 * assistant has none, each run of a person's events without a gap over thirty minutes. A gap within a slice cannot be
 * so long.
 */
export function sessionPieces(usage: Usage): Sql {
  const { slot } = usage.directory;
  const from = sql`FROM usage_slice WHERE ${usage.filtered} AND granularity = 'call'`;
  const period = periodNumber(usage.period);
  return sql`(
    SELECT ${period} AS period, lane, 0 AS piece, max(${slot}) AS slot, ${MEASURES}
    ${from} AND session_id IS NOT NULL GROUP BY 1, 2
    UNION ALL
    SELECT ${period} AS period, lane, piece, max(${slot}) AS slot, ${MEASURES} FROM (
      SELECT *, sum(begins) OVER (PARTITION BY lane ORDER BY first_ms, last_ms ROWS UNBOUNDED PRECEDING) AS piece FROM (
        SELECT *, CASE WHEN first_ms - max(last_ms) OVER (
            PARTITION BY lane ORDER BY first_ms, last_ms ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
          ) <= ${raw(String(RUN_GAP_MS))} THEN 0 ELSE 1 END AS begins
        ${from} AND session_id IS NULL
      ) AS spaced
    ) AS runs GROUP BY 1, 2, 3)`;
}

/** One request only, or next to nothing answered: a condition on a piece. */
export const SHALLOW = raw('(calls <= 1 OR output < 1000)');
