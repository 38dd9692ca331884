import type { Directory } from './directory.ts';
import { resolved } from './directory.ts';
import type { Sql } from './sql.ts';
import { raw, sql } from './sql.ts';

const TOKENS = 'input_tokens + output_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens';

/** Calls are one source, each report of a vendor another. Calls come first where sources are of one size. */
const SOURCE = `CASE WHEN granularity = 'call' THEN '' ELSE coalesce(reporter, 'day') END`;

/**
 * A condition on `usage_slice`: one source stands for a person, an assistant and a UTC day. Where calls were seen and a
 * vendor reports the day too, or several reports do, the one with the most tokens stands and the others are left out;
 * so that nothing counts twice, and nothing that only one of them saw is lost. Decided over whole days, before filters.
 */
export function authoritative(days: Sql, directory: Directory): Sql {
  const cells = sql`(
    SELECT coalesce(actor, '') AS actor, ${directory.slot} AS slot, assistant, day, ${raw(SOURCE)} AS origin,
      sum(${raw(TOKENS)}) AS tokens
    FROM usage_slice WHERE ${days} GROUP BY 1, 2, 3, 4, 5)`;
  const people = resolved(cells, ['actor', 'slot', 'assistant', 'day', 'origin', 'tokens'], directory);
  return sql`(coalesce(actor, ''), ${directory.slot}, assistant, day, ${raw(SOURCE)}) NOT IN (
    SELECT actor, slot, assistant, day, origin FROM (
      SELECT actor, slot, assistant, day, origin,
        dense_rank() OVER (PARTITION BY person, assistant, day ORDER BY total DESC, origin) AS place
      FROM (
        SELECT actor, slot, assistant, day, origin, person,
          sum(tokens) OVER (PARTITION BY person, assistant, day, origin) AS total
        FROM ${people} AS named
      ) AS totals
    ) AS ranked WHERE place > 1)`;
}
