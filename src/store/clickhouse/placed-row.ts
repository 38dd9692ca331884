import type { EventState } from '../../usage/event.ts';
import { observe } from '../../usage/merge.ts';
import type { Column, Kind } from '../columns.ts';
import type { RowValue } from '../rows.ts';
import { EVENT_READERS } from '../rows.ts';
import type { RowBinary } from './row-binary.ts';

/**
 * The table `event_row`: what reports read, one row for each place that an event can have. A place is (org, day, the
 * hash of an observed event, slot): slot 0 for that event, slot 1 for a call made of it and others. Of several rows in
 * a place the one of the highest revision stands; a void one says that the place is empty.
 */
export interface PlacedRow {
  state: EventState;
  /** Of the observed event. */
  place: bigint;
  day: number;
  slot: 0 | 1;
  revision: bigint;
  void: boolean;
}

/** Of no use to a report: what only merging needs. */
const LEFT_OUT = new Set(['hash', 'message_key', 'call_key', 'more_call_keys', 'provenance', 'idless']);
/** Each value occurs in few rows, so that a list of them would be as long as the column. */
const MANIFOLD = new Set(['session_id', 'prompt_id']);

const ROW_READERS = EVENT_READERS.filter(({ column }) => !LEFT_OUT.has(column.name));

function typeOf({ name, kind, nullable }: Column): string {
  const types: Record<Kind, string> = {
    text: 'String',
    integer: name === 'day' || name === 'quarter_hour' ? 'Int32' : 'Int64',
    hash: 'UInt64',
    hashes: 'Array(UInt64)',
    bytes: 'FixedString(32)',
    flag: 'Bool',
  };
  const type = nullable ? `Nullable(${types[kind]})` : types[kind];
  return kind === 'text' && !MANIFOLD.has(name) ? `LowCardinality(${type})` : type;
}

/** Columns of a table for values of these kinds. */
export const definitionsOf = (columns: readonly Column[]): { name: string; type: string }[] =>
  columns.map((column) => ({ name: column.name, type: typeOf(column) }));

const columns = ROW_READERS.map(({ column }) => column);

/** What a report sees, from the table's columns. */
export const REPORT_COLUMNS = ['if(slot = 1, call_hash, place) AS hash', ...columns.map(({ name }) => name)];
export const ROW_COLUMNS = [
  ...definitionsOf(columns),
  { name: 'place', type: 'UInt64' },
  { name: 'slot', type: 'UInt8' },
  // Of a call made of several; else 0.
  { name: 'call_hash', type: 'UInt64' },
  { name: 'revision', type: 'UInt64' },
  { name: 'void', type: 'Bool' },
];
export const ROW_TABLE = { name: 'event_row', columns: ROW_COLUMNS.map(({ name }) => name) };

export function writeValue(rows: RowBinary, { name, kind, nullable }: Column, value: RowValue): void {
  if (nullable) {
    rows.u8(value === null ? 1 : 0);
    if (value === null) return;
  }
  if (kind === 'text') rows.text(String(value));
  else if (kind === 'hash') rows.u64(value as bigint);
  else if (kind === 'bytes') rows.hex(String(value));
  else if (kind === 'flag') rows.u8(value ? 1 : 0);
  else if (name === 'day' || name === 'quarter_hour') rows.i32(Number(value));
  else rows.integer(Number(value));
}

const NOTHING = observe({ org: '', id: '0'.repeat(64), assistant: 'claude-code', source: 'telemetry', atMs: 0 });

/** In the order of `ROW_TABLE.columns`. */
export function writePlacedRow(rows: RowBinary, row: PlacedRow): void {
  const state = row.void ? { ...NOTHING, org: row.state.org } : row.state;
  for (const { column, read } of ROW_READERS) writeValue(rows, column, column.name === 'day' ? row.day : read(state));
  rows.u64(row.place);
  rows.u8(row.slot);
  rows.u64(row.void || row.slot === 0 ? 0n : state.hash);
  rows.u64(row.revision);
  rows.u8(row.void ? 1 : 0);
}
