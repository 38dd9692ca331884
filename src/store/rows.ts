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

// A column without a rule of its own carries the field of its name; `columns.test.ts` holds the two lists together.
function copy<T>(column: Column): Reader<T> {
  const field = fieldOf(column.name);
  return (value) => (value as Record<string, RowValue>)[field] ?? null;
}

function readers<T extends { atMs: number }>(
  columns: readonly Column[],
  special: Partial<Record<string, Reader<T>>>,
): { column: Column; read: Reader<T> }[] {
  return columns.map((column) => ({ column, read: special[column.name] ?? copy<T>(column) }));
}

export const EVENT_READERS = readers<EventState>(EVENT_COLUMNS, {
  day: (event) => utcDay(event.atMs),
  quarter_hour: (event) => quarterHour(event.atMs),
  lane: laneOf,
  provenance: encodeProvenance,
  // Nearly every row has one key at most, which is found fastest in a column of its own.
  call_key: ({ callKeys }) => callKeys[0] ?? null,
  more_call_keys: ({ callKeys }) => (callKeys.length > 1 ? callKeys.slice(1) : null),
});

export const ACTIVITY_READERS = readers<StoredActivity>(ACTIVITY_COLUMNS, {
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
