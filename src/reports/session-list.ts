import { resolved } from './directory.ts';
import { numberOf, textOf } from './metric.ts';
import { SHALLOW, sessionPieces } from './pieces.ts';
import { integer, raw, sql, text } from './sql.ts';
import type { Question } from './usage.ts';
import { openUsage } from './usage.ts';

export interface SessionRow {
  /** Null: a run of an assistant without session ids. */
  sessionId: string | null;
  person: string | null;
  assistant: string;
  startMs: number;
  endMs: number;
  durationMs: number;
  requests: number;
  exchanges: number;
  tokens: number;
  outputTokens: number;
  apiEquivalentMicros: number;
  errors: number;
  project: string | null;
  repository: string | null;
  /** One of its models, where it has several. */
  model: string | null;
  models: number;
  shallow: boolean;
}

/** Where the next page begins: after the row that ended so, of that lane. */
export interface SessionCursor {
  endMs: number;
  name: string;
}

export interface SessionPage {
  rows: SessionRow[];
  next: SessionCursor | null;
}

const COLUMNS = [
  ...['assistant', 'session_id', 'began_ms', 'ended_ms', 'project', 'repository', 'a_model', 'models', 'calls'],
  ...['exchanges', 'output', 'tokens', 'list', 'errors', 'working_ms', 'name'],
];

/** Sessions of the period, the latest first. */
export async function sessionList(
  question: Question,
  limit: number,
  after: SessionCursor | null,
): Promise<SessionPage> {
  const usage = await openUsage(question, { withoutPrevious: true });
  const from =
    after === null
      ? raw('1 = 1')
      : sql`(ended_ms < ${integer(after.endMs)} OR (ended_ms = ${integer(after.endMs)} AND name > ${text(after.name)}))`;
  const page = sql`(
    SELECT * FROM (
      SELECT *, concat(CAST(lane AS VARCHAR), '-', CAST(piece AS VARCHAR)) AS name FROM ${sessionPieces(usage)} AS pieces
    ) AS named WHERE ${from} ORDER BY ended_ms DESC, name LIMIT ${raw(String(limit + 1))})`;
  const rows = await usage.context.query(sql`
    SELECT *, CASE WHEN ${SHALLOW} THEN 1 ELSE 0 END AS is_shallow
    FROM ${resolved(page, COLUMNS, usage.directory)} AS sessions ORDER BY ended_ms DESC, name`);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    rows: rows.slice(0, limit).map((row) => ({
      sessionId: textOf(row, 'session_id'),
      person: textOf(row, 'person'),
      assistant: String(row.assistant),
      startMs: numberOf(row, 'began_ms'),
      endMs: numberOf(row, 'ended_ms'),
      durationMs: numberOf(row, 'working_ms'),
      requests: numberOf(row, 'calls'),
      exchanges: numberOf(row, 'exchanges'),
      tokens: numberOf(row, 'tokens'),
      outputTokens: numberOf(row, 'output'),
      apiEquivalentMicros: numberOf(row, 'list'),
      errors: numberOf(row, 'errors'),
      project: textOf(row, 'project'),
      repository: textOf(row, 'repository'),
      model: textOf(row, 'a_model'),
      models: numberOf(row, 'models'),
      shallow: numberOf(row, 'is_shallow') === 1,
    })),
    next: last ? { endMs: numberOf(last, 'ended_ms'), name: String(last.name) } : null,
  };
}
