import { resolved } from './directory.ts';
import { numberOf, numberOrNull, textOf } from './metric.ts';
import { raw, sql, text } from './sql.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';

export interface SessionCall {
  atMs: number;
  model: string | null;
  agent: string | null;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  apiEquivalentMicros: number | null;
  durationMs: number | null;
  ttftMs: number | null;
  status: string;
}

export interface SessionTool {
  name: string | null;
  results: number;
  failures: number;
}

export interface SessionDetails {
  sessionId: string;
  person: string | null;
  assistant: string;
  calls: SessionCall[];
  tools: SessionTool[];
  /** More calls than are listed. */
  truncated: boolean;
}

const MOST_CALLS = 2_000;
const CALL_COLUMNS = [
  ...['at_ms', 'assistant', 'model', 'agent', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'written'],
  ...['list_micros', 'duration_ms', 'ttft_ms', 'status'],
];

/** One session, call by call; null where there is none that the caller may see. */
export async function session(question: Question, id: string): Promise<SessionDetails | null> {
  const ever = { ...question, range: { ...question.range, fromMs: 0, toMs: question.context.nowMs + 86_400_000 } };
  const usage = await openUsage(ever, { withoutPrevious: true });
  const its = sql`session_id = ${text(id)}`;
  const calls = sql`(
    SELECT actor, ${usage.directory.slot} AS slot, at_ms, assistant, model, agent, input_tokens, output_tokens,
      cache_read_tokens, cache_write_5m_tokens + cache_write_1h_tokens AS written, list_micros, duration_ms, ttft_ms, status
    FROM usage_event WHERE counted AND ${usage.calls} AND ${its} ORDER BY at_ms LIMIT ${raw(String(MOST_CALLS + 1))})`;
  const [rows, tools] = await Promise.all([
    usage.context.query(sql`SELECT * FROM ${resolved(calls, CALL_COLUMNS, usage.directory)} AS calls ORDER BY at_ms`),
    usage.context.query(sql`
      SELECT name, count(*) AS results, sum(CASE WHEN outcome = 'false' THEN 1 ELSE 0 END) AS failures
      FROM activity WHERE ${usage.deeds} AND ${its} AND kind = 'tool-result' GROUP BY name ORDER BY results DESC, name`),
  ]);
  const [first] = rows;
  if (!first) return null;
  return {
    sessionId: id,
    person: rows.map((row) => textOf(row, 'person')).find((person) => person !== null) ?? null,
    assistant: String(first.assistant),
    calls: rows.slice(0, MOST_CALLS).map((row) => ({
      atMs: numberOf(row, 'at_ms'),
      model: textOf(row, 'model'),
      agent: textOf(row, 'agent'),
      inputTokens: numberOf(row, 'input_tokens'),
      outputTokens: numberOf(row, 'output_tokens'),
      cacheReadTokens: numberOf(row, 'cache_read_tokens'),
      cacheWriteTokens: numberOf(row, 'written'),
      apiEquivalentMicros: numberOrNull(row, 'list_micros'),
      durationMs: numberOrNull(row, 'duration_ms'),
      ttftMs: numberOrNull(row, 'ttft_ms'),
      status: String(row.status),
    })),
    tools: tools.map((row) => ({
      name: textOf(row, 'name'),
      results: numberOf(row, 'results'),
      failures: numberOf(row, 'failures'),
    })),
    truncated: rows.length > MOST_CALLS,
  };
}
