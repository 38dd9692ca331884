import { openDatabase } from '../../src/store/duckdb/database.ts';

const DAY_MS = 86_400_000;
/** Model calls of one session, half a minute apart. */
const SESSION = 40;
const PEOPLE = 2000;
const AT_ONCE = 1_000_000;

/** What `storeHash` mixes into the ids of the organisation `default` is left out: made rows are never sent again. */
const select = (from: number, to: number, total: number, firstMs: number, spanMs: number): string => `
  WITH numbered AS (
    SELECT n, n // ${SESSION} AS s, n % ${SESSION} AS i, sha256('made ' || n) AS hex FROM range(${from}, ${to}) AS made(n)
  ), placed AS (
    SELECT *, hash(s) % ${PEOPLE} AS who,
      ${firstMs} + (s * ${SESSION} * ${spanMs} // ${total}) + i * 30000 AS at_ms, hash(n) AS r FROM numbered
  )
  SELECT ('0x' || hex[1:16])::UBIGINT AS hash, 'default' AS org, unhex(hex) AS id, at_ms, at_ms // ${DAY_MS} AS day,
    at_ms // 900000 AS quarter_hour, hash('lane' || s) AS lane, true AS counted, false AS derived, false AS idless,
    false AS partial, NULL AS message_key, NULL AS call_key, NULL AS more_call_keys,
    CASE who % 10 WHEN 0 THEN 'gemini-cli' WHEN 1 THEN 'cursor' ELSE 'claude-code' END AS assistant,
    'call' AS granularity, 1 AS sources, 'email:dev' || who || '@acme.com' AS actor,
    'dev' || who || '@acme.com' AS login, md5('session ' || s) AS session_id,
    'p' || (s * 8 + i // 5) AS prompt_id, 'Team ' || who % 12 AS organization, 'demo' AS product,
    'project-' || (hash(s // 3) % 60) AS project, 'repo-' || (hash(s // 3) % 60) AS repository,
    CASE WHEN r % 10 < 8 THEN 'main' WHEN r % 10 = 8 THEN 'explorer' ELSE 'background:title' END AS agent,
    CASE WHEN r % 10 < 8 THEN 'claude-opus-5-5' ELSE 'claude-haiku-4-5-20251001' END AS model, '2.1.329' AS version,
    100 + r % 900 AS input_tokens, 50 + r % 3000 AS output_tokens, 0 AS reasoning_tokens,
    20000 + r % 100000 AS cache_read_tokens, 600 AS cache_write_5m_tokens, 400 + r % 700 AS cache_write_1h_tokens,
    1 AS requests, NULL AS web_searches, NULL AS sessions, 5000 + r % 50000 AS list_micros, 20000 AS cache_savings_micros,
    5000 + r % 50000 AS reported_micros, NULL AS billed_micros, NULL AS reporter,
    CASE WHEN who % 3 = 0 THEN 'pro' ELSE 'max_5x' END AS tier, 'seat' AS billing, NULL AS service_tier,
    NULL AS inference_geo, 'standard' AS speed, 300 + r % 9000 AS duration_ms, 52 + r % 500 AS ttft_ms,
    'ok' AS status, '55355505500555555555055555' AS provenance
  FROM placed ORDER BY day, lane, at_ms`;

/** Puts so many events of the 90 days before `endMs` into a data directory of DuckDB's that no server has open. */
export async function fill(directory: string, events: number, endMs: number): Promise<void> {
  const database = await openDatabase({ directory });
  const spanMs = 90 * DAY_MS;
  const firstMs = endMs - spanMs;
  for (let from = 0; from < events; from += AT_ONCE) {
    const to = Math.min(events, from + AT_ONCE);
    await database.writing.run(`INSERT INTO event_kept BY NAME ${select(from, to, events, firstMs, spanMs)}`);
    await database.checkpoint();
  }
  await database.writing.run('INSERT INTO slice_stale SELECT DISTINCT day, 0 FROM event_kept');
  await database.writing.run(
    'INSERT INTO usage_kind SELECT DISTINCT org, day, assistant, tier, granularity FROM event_kept',
  );
  await database.close();
}
