import type { Activity } from '../usage/event.ts';

/** How a value is kept, whatever the engine: text, integer (64 bit), hash (unsigned 64 bit), a list of those, bytes, flag. */
export type Kind = 'text' | 'integer' | 'hash' | 'hashes' | 'bytes' | 'flag';

export interface Column {
  name: string;
  kind: Kind;
  nullable?: true;
}

const columns = (kind: Kind, names: string): Column[] => names.split(' ').map((name) => ({ name, kind }));
const nullable = (kind: Kind, names: string): Column[] => columns(kind, names).map((c) => ({ ...c, nullable: true }));

/**
 * `day` and `quarter_hour` are integers in UTC, so that reports need no date functions. `lane`: what makes a run of
 * work, see `lane.ts`.
 */
export const EVENT_COLUMNS: readonly Column[] = [
  ...columns('hash', 'hash'),
  ...columns('text', 'org'),
  ...columns('bytes', 'id'),
  ...columns('integer', 'at_ms day quarter_hour'),
  ...columns('hash', 'lane'),
  ...columns('flag', 'counted derived idless partial'),
  ...nullable('hash', 'message_key call_key'),
  ...nullable('hashes', 'more_call_keys'),
  ...columns('text', 'assistant granularity'),
  ...columns('integer', 'sources'),
  ...nullable('text', 'actor login session_id prompt_id organization product project repository agent model version'),
  ...columns('integer', 'input_tokens output_tokens reasoning_tokens cache_read_tokens'),
  ...columns('integer', 'cache_write_5m_tokens cache_write_1h_tokens requests'),
  ...nullable('integer', 'web_searches sessions list_micros cache_savings_micros reported_micros billed_micros'),
  ...nullable('text', 'reporter tier'),
  ...columns('text', 'billing'),
  ...nullable('text', 'service_tier inference_geo speed'),
  ...nullable('integer', 'duration_ms ttft_ms'),
  ...columns('text', 'status provenance'),
];

export const ACTIVITY_COLUMNS: readonly Column[] = [
  ...columns('hash', 'hash'),
  ...columns('text', 'org'),
  ...columns('bytes', 'id'),
  ...columns('integer', 'at_ms day quarter_hour'),
  ...columns('text', 'kind assistant'),
  ...nullable('text', 'actor session_id prompt_id organization product project repository agent model version'),
  ...nullable('text', 'name outcome decided_by'),
  ...nullable('integer', 'duration_ms size'),
];

export type StoredActivity = Activity & { hash: bigint };

/** `cache_write_5m_tokens` -> `cacheWrite5mTokens` */
export const fieldOf = (column: string): string =>
  column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
