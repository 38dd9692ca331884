import type { EventState } from '../../usage/event.ts';
import { storeHash } from '../../usage/identity.ts';
import { GROUPS, observe } from '../../usage/merge.ts';
import { utcDay } from '../../usage/days.ts';
import type { Column } from '../columns.ts';
import { EVENT_COLUMNS, fieldOf } from '../columns.ts';
import type { RowBinary } from './row-binary.ts';

/**
 * The table `observation`: what has been seen of an event, one row an id, joined by the engine itself. Each group of
 * `merge.ts` is a tuple (rank, revision, values) whose maximum is the join, so that a writer needs to read nothing.
 * `inserts` counts how often something was written of the id: it only grows, which settling rests on.
 */

/** A value as a place in a tuple, so that the engine's order of tuples is the order of `merge.ts`. */
interface Element {
  types: readonly string[];
  write: (rows: RowBinary, value: unknown) => void;
  /** Reads `types.length` cells. */
  read: (cells: readonly unknown[]) => unknown;
}

const TEXT: Element = {
  types: ['String'],
  write: (rows, value) => rows.text(String(value)),
  read: ([text]) => text,
};
const INTEGER: Element = {
  types: ['Int64'],
  write: (rows, value) => rows.integer(Number(value)),
  read: ([number]) => Number(number),
};
/** The earlier, the greater. */
const EARLIEST: Element = {
  types: ['Int64'],
  write: (rows, value) => rows.integer(-Number(value)),
  read: ([number]) => -Number(number),
};
/** What is complete stands above what is partial. */
const PARTIAL: Element = {
  types: ['UInt8'],
  write: (rows, value) => rows.u8(value ? 0 : 1),
  read: ([complete]) => Number(complete) === 0,
};

/** Null stands below every value. */
const nullable = (element: Element, blank: unknown): Element => ({
  types: ['UInt8', ...element.types],
  write: (rows, value) => {
    rows.u8(value === null ? 0 : 1);
    element.write(rows, value ?? blank);
  },
  read: ([known, ...cells]) => (Number(known) === 0 ? null : element.read(cells)),
});

const COLUMN_OF = new Map<string, Column>(EVENT_COLUMNS.map((column) => [fieldOf(column.name), column]));

function elementOf(field: string, earliest: boolean): Element {
  const column = COLUMN_OF.get(field);
  if (earliest) return EARLIEST;
  if (column?.kind === 'flag') return PARTIAL;
  const element = column?.kind === 'integer' ? INTEGER : TEXT;
  return column?.nullable ? nullable(element, element === TEXT ? '' : 0) : element;
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const TUPLES = GROUPS.map(({ name, fields, earliest = false }) => {
  const elements = fields.map((field) => ({ field, element: elementOf(field, earliest) }));
  const types = ['UInt8', 'UInt64', ...elements.flatMap(({ element }) => element.types)];
  return { column: `seen_${snake(name)}`, elements, type: `Tuple(${types.join(', ')})` };
});

/** What is not in a group: how the engine joins it. */
const GATHERED = [
  { name: 'org', type: 'String', join: 'max' },
  { name: 'id', type: 'FixedString(32)', join: 'max' },
  { name: 'inserts', type: 'UInt64', join: 'sum' },
  { name: 'sources', type: 'UInt64', join: 'groupBitOr' },
  { name: 'idless', type: 'UInt8', join: 'min' },
  { name: 'is_call', type: 'UInt8', join: 'max' },
  { name: 'message_keys', type: 'Array(UInt64)', join: 'groupUniqArrayArray' },
  { name: 'call_keys', type: 'Array(UInt64)', join: 'groupUniqArrayArray' },
  { name: 'days', type: 'Array(Int32)', join: 'groupUniqArrayArray' },
] as const;

const JOINED = [...GATHERED, ...TUPLES.map(({ column, type }) => ({ name: column, type, join: 'max' as const }))];

/** Besides the key, `hash`. */
export const OBSERVATION_COLUMNS = JOINED.map(({ name, type, join }) => ({
  name,
  type: `SimpleAggregateFunction(${join}, ${type})`,
}));

export const OBSERVATION_TABLE = { name: 'observation', columns: ['hash', ...JOINED.map(({ name }) => name)] };

/** An event as stored, and what settling must know of it besides. */
export interface Observed {
  state: EventState;
  /** Every message key that was ever seen with it; the state has the one that stands. */
  messageKeys: readonly bigint[];
  /** Of every time that was ever seen. */
  days: readonly number[];
  inserts: bigint;
}

export const observed = (state: EventState): Observed => ({
  state,
  messageKeys: state.messageKey === null ? [] : [state.messageKey],
  days: [utcDay(state.atMs)],
  inserts: 1n,
});

function writeKeys(rows: RowBinary, keys: readonly bigint[]): void {
  rows.count(keys.length);
  for (const key of keys) rows.u64(key);
}

/** In the order of `OBSERVATION_TABLE.columns`. */
export function writeObservation(rows: RowBinary, state: EventState): void {
  rows.u64(storeHash(state.org, state.id));
  rows.text(state.org);
  rows.hex(state.id);
  rows.integer(1);
  rows.integer(state.sources);
  rows.u8(state.idless ? 1 : 0);
  rows.u8(state.granularity === 'call' ? 1 : 0);
  writeKeys(rows, state.messageKey === null ? [] : [state.messageKey]);
  writeKeys(rows, state.callKeys);
  rows.count(1);
  rows.i32(utcDay(state.atMs));
  for (const [i, { elements }] of TUPLES.entries()) {
    rows.u8(state.ranks[i] ?? 0);
    rows.integer(state.revisions[i] ?? 0);
    for (const { field, element } of elements) element.write(rows, state[field]);
  }
}

const selected = JOINED.map(({ name, join }) => (name === 'id' ? `lower(hex(max(id)))` : `${join}(${name})`));

/** The joined rows of `hashes`; to be read by `readObservation`. */
export const observationsSql = (hashes: readonly bigint[]): string =>
  `SELECT hash, ${selected.join(', ')} FROM observation WHERE hash IN (${hashes.join(', ')}) GROUP BY hash`;

const BLANK = observe({ org: '', id: '', assistant: 'claude-code', source: 'telemetry', atMs: 0 });
const byValue = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const bigints = (cell: unknown): bigint[] => (cell as string[]).map(BigInt).sort(byValue);

/** A row of `observationsSql`. */
export function readObservation(cells: readonly unknown[]): Observed {
  const [hash, org, id, inserts, sources, idless, isCall, messages, calls, days, ...tuples] = cells;
  const messageKeys = bigints(messages);
  const state: EventState = { ...BLANK };
  state.hash = BigInt(hash as string);
  state.org = String(org);
  state.id = String(id);
  state.sources = Number(sources);
  state.idless = Number(idless) === 1;
  state.granularity = Number(isCall) === 1 ? 'call' : 'day';
  state.messageKey = messageKeys.at(-1) ?? null;
  state.callKeys = bigints(calls);
  const fields = state as unknown as Record<string, unknown>;
  const ranks: number[] = [];
  const revisions: number[] = [];
  for (const [i, { elements }] of TUPLES.entries()) {
    const [rank, revision, ...values] = tuples[i] as unknown[];
    ranks.push(Number(rank));
    revisions.push(Number(revision));
    for (const { field, element } of elements) fields[field] = element.read(values.splice(0, element.types.length));
  }
  state.ranks = ranks;
  state.revisions = revisions;
  return { state, messageKeys, days: days as number[], inserts: BigInt(inserts as string) };
}
