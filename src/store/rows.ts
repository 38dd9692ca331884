import { quarterHour, utcDay } from '../usage/days.ts';
import type { Activity, EventState } from '../usage/event.ts';
import { storeHash } from '../usage/identity.ts';
import { decodeProvenance, encodeProvenance, observe } from '../usage/merge.ts';
import { laneOf } from './lane.ts';
import type { Column, StoredActivity } from './columns.ts';
import { ACTIVITY_COLUMNS, EVENT_COLUMNS, fieldOf } from './columns.ts';

/** A value as a column holds it; `bytes` as hex text here, engines convert. */
export type RowValue = string | number | boolean | bigint | readonly bigint[] | null;
export type Row = Readonly<Record<string, RowValue>>;

type Reader<T> = (value: T) => RowValue;

/** A table's columns with what is written into them. @throws for a column that has no reader */
function readers<T>(columns: readonly Column[], byName: Readonly<Record<string, Reader<T>>>): ColumnReader<T>[] {
  return columns.map((column) => {
    const read = byName[column.name];
    if (!read) throw new Error(`nothing is written into the column ${column.name}`);
    return { column, read };
  });
}

export interface ColumnReader<T> {
  column: Column;
  read: Reader<T>;
}

// A function for each: one that finds a property by a variable name is ten times slower.
export const EVENT_READERS = readers<EventState>(EVENT_COLUMNS, {
  hash: (event) => event.hash,
  org: (event) => event.org,
  id: (event) => event.id,
  at_ms: (event) => event.atMs,
  counted: (event) => event.counted,
  derived: (event) => event.derived,
  idless: (event) => event.idless,
  partial: (event) => event.partial,
  message_key: (event) => event.messageKey,
  assistant: (event) => event.assistant,
  granularity: (event) => event.granularity,
  sources: (event) => event.sources,
  actor: (event) => event.actor,
  login: (event) => event.login,
  session_id: (event) => event.sessionId,
  prompt_id: (event) => event.promptId,
  organization: (event) => event.organization,
  product: (event) => event.product,
  project: (event) => event.project,
  repository: (event) => event.repository,
  agent: (event) => event.agent,
  model: (event) => event.model,
  version: (event) => event.version,
  input_tokens: (event) => event.inputTokens,
  output_tokens: (event) => event.outputTokens,
  reasoning_tokens: (event) => event.reasoningTokens,
  cache_read_tokens: (event) => event.cacheReadTokens,
  cache_write_5m_tokens: (event) => event.cacheWrite5mTokens,
  cache_write_1h_tokens: (event) => event.cacheWrite1hTokens,
  requests: (event) => event.requests,
  web_searches: (event) => event.webSearches,
  sessions: (event) => event.sessions,
  list_micros: (event) => event.listMicros,
  cache_savings_micros: (event) => event.cacheSavingsMicros,
  reported_micros: (event) => event.reportedMicros,
  billed_micros: (event) => event.billedMicros,
  reporter: (event) => event.reporter,
  tier: (event) => event.tier,
  billing: (event) => event.billing,
  service_tier: (event) => event.serviceTier,
  inference_geo: (event) => event.inferenceGeo,
  speed: (event) => event.speed,
  duration_ms: (event) => event.durationMs,
  ttft_ms: (event) => event.ttftMs,
  status: (event) => event.status,
  day: (event) => utcDay(event.atMs),
  quarter_hour: (event) => quarterHour(event.atMs),
  lane: laneOf,
  provenance: encodeProvenance,
  // Nearly every row has one key at most, which is found fastest in a column of its own.
  call_key: ({ callKeys }) => callKeys[0] ?? null,
  more_call_keys: ({ callKeys }) => (callKeys.length > 1 ? callKeys.slice(1) : null),
});

export const ACTIVITY_READERS = readers<StoredActivity>(ACTIVITY_COLUMNS, {
  hash: (activity) => activity.hash,
  org: (activity) => activity.org,
  id: (activity) => activity.id,
  at_ms: (activity) => activity.atMs,
  kind: (activity) => activity.kind,
  assistant: (activity) => activity.assistant,
  actor: (activity) => activity.actor,
  session_id: (activity) => activity.sessionId,
  prompt_id: (activity) => activity.promptId,
  organization: (activity) => activity.organization,
  product: (activity) => activity.product,
  project: (activity) => activity.project,
  repository: (activity) => activity.repository,
  agent: (activity) => activity.agent,
  model: (activity) => activity.model,
  version: (activity) => activity.version,
  name: (activity) => activity.name,
  outcome: (activity) => activity.outcome,
  decided_by: (activity) => activity.decidedBy,
  duration_ms: (activity) => activity.durationMs,
  size: (activity) => activity.size,
  day: (activity) => utcDay(activity.atMs),
  quarter_hour: (activity) => quarterHour(activity.atMs),
});

// Numbers come back as bigint from 64-bit columns; hashes stay so.
function restore(column: Column, value: RowValue): RowValue {
  return column.kind === 'integer' && typeof value === 'bigint' ? Number(value) : value;
}

const COMPUTED = new Set(['day', 'quarter_hour', 'lane', 'provenance', 'call_key', 'more_call_keys']);
const STATE_COLUMNS = EVENT_COLUMNS.filter(({ name }) => !COMPUTED.has(name)).map((column) => ({
  column,
  field: fieldOf(column.name),
}));

// Rows are made by copying this one: an object that is built up field by field is slow to make and to read.
const BLANK = observe({ org: '', id: '', assistant: 'claude-code', source: 'telemetry', atMs: 0 });

// See the readers of these columns.
function callKeysOf({ call_key: first = null, more_call_keys: more = null }: Row): readonly bigint[] {
  return first === null ? BLANK.callKeys : [first as bigint, ...((more ?? []) as readonly bigint[])];
}

/** The state of a row that `EVENT_READERS` wrote. Its guarantee: every column is there, as the schema says. */
export function eventOf(row: Row): EventState {
  const state = { ...BLANK };
  const fields = state as unknown as Record<string, RowValue>;
  for (const { column, field } of STATE_COLUMNS) fields[field] = restore(column, row[column.name] ?? null);
  const { ranks, revisions } = decodeProvenance(String(row.provenance));
  state.ranks = ranks;
  state.revisions = revisions;
  state.callKeys = callKeysOf(row);
  return state;
}

export const storedActivity = (activity: Activity): StoredActivity => ({
  ...activity,
  hash: storeHash(activity.org, activity.id),
});
