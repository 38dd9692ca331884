import type { DuckDBDataChunk } from '@duckdb/node-api';
import { DuckDBListVector, listValue } from '@duckdb/node-api';
import type { Vector } from '@duckdb/node-bindings';
import duckdb from '@duckdb/node-bindings';
import type { Kind } from '../columns.ts';
import type { RowValue } from '../rows.ts';

/**
 * Columns of a data chunk, written in DuckDB's own layout (as its C API documents it, little-endian as every platform
 * is that it runs on). One copy for a column takes a tenth of the time of setting its values one by one.
 */

/** DuckDB's vector size: the most rows that one chunk can hold. */
export const CHUNK_ROWS = 2048;
/** `duckdb_string_t`: length, then up to twelve bytes inline, else four and a pointer. */
const STRING_BYTES = 16;
const INLINE_BYTES = 12;

// One for all: a column is copied before the next is begun.
const memory = Buffer.alloc(CHUNK_ROWS * STRING_BYTES);
const halves = new Int32Array(memory.buffer, memory.byteOffset);
const words = new BigUint64Array(memory.buffer, memory.byteOffset);
const valid = new Uint8Array(CHUNK_ROWS / 8);

/** Writes `values` into one column; the chunk must have as many rows. */
export function writeColumn(chunk: DuckDBDataChunk, index: number, kind: Kind, values: readonly RowValue[]): void {
  if (kind === 'hashes') {
    writeLists(chunk, index, values);
    return;
  }
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
  writeValid(vector, values);
  const bytes = WRITERS[kind](values, vector);
  duckdb.copy_data_to_vector(vector, 0, memory.buffer, memory.byteOffset, bytes);
}

/** Fills `memory`; the number of bytes that it has used. */
type Writer = (values: readonly RowValue[], vector: Vector) => number;

const WRITERS: Record<Exclude<Kind, 'hashes'>, Writer> = {
  integer: (values) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value === 'number') writeInteger(i, value);
    }
    return values.length * 8;
  },
  hash: (values) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value === 'bigint') words[i] = value;
    }
    return values.length * 8;
  },
  flag: (values) => {
    for (let i = 0; i < values.length; i++) memory[i] = values[i] === true ? 1 : 0;
    return values.length;
  },
  bytes: (values, vector) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value === 'string') duckdb.vector_assign_string_element_len(vector, i, Buffer.from(value, 'hex'));
    }
    memory.set(duckdb.vector_get_data(vector, values.length * STRING_BYTES));
    return values.length * STRING_BYTES;
  },
  text: writeTexts,
};

function writeInteger(i: number, value: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not an integer`);
  const high = Math.floor(value / 2 ** 32);
  halves[2 * i] = value - high * 2 ** 32;
  halves[2 * i + 1] = high;
}

/**
 * What is long is handed to the engine once for all rows that have it: their string structs then point to the one
 * copy that the vector owns.
 */
function writeTexts(values: readonly RowValue[], vector: Vector): number {
  memory.fill(0, 0, values.length * STRING_BYTES);
  const owners = new Map<string, number>();
  const copies: [row: number, owner: number][] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'string') continue;
    if (i > 0 && value === values[i - 1]) copies.push([i, i - 1]);
    else if (!writeInline(i, value)) {
      const owner = owners.get(value) ?? i;
      if (owner === i) {
        owners.set(value, i);
        duckdb.vector_assign_string_element(vector, i, value);
      } else copies.push([i, owner]);
    }
  }
  if (owners.size > 0) {
    const structs = duckdb.vector_get_data(vector, values.length * STRING_BYTES);
    for (const i of owners.values())
      memory.set(structs.subarray(i * STRING_BYTES, (i + 1) * STRING_BYTES), i * STRING_BYTES);
  }
  for (const [row, owner] of copies) {
    words[2 * row] = words[2 * owner] ?? 0n;
    words[2 * row + 1] = words[2 * owner + 1] ?? 0n;
  }
  return values.length * STRING_BYTES;
}

function writeInline(i: number, value: string): boolean {
  if (value.length > INLINE_BYTES) return false;
  const at = i * STRING_BYTES;
  for (let c = 0; c < value.length; c++) {
    const code = value.charCodeAt(c);
    if (code > 0x7f) {
      memory.fill(0, at, at + STRING_BYTES);
      return false;
    }
    memory[at + 4 + c] = code;
  }
  memory[at] = value.length;
  return true;
}

function writeValid(vector: Vector, values: readonly RowValue[]): void {
  let all = true;
  valid.fill(0xff);
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== null) continue;
    valid[i >> 3] = (valid[i >> 3] ?? 0) & ~(1 << (i & 7));
    all = false;
  }
  if (all) return;
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, valid.buffer, 0, valid.byteLength);
}

// Hardly any row has one, so that the plain way is good enough.
function writeLists(chunk: DuckDBDataChunk, index: number, values: readonly RowValue[]): void {
  const vector = chunk.getColumnVector(index);
  if (!(vector instanceof DuckDBListVector)) throw new TypeError(`column ${index} holds no lists`);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    vector.setItem(i, Array.isArray(value) ? listValue([...(value as readonly bigint[])]) : null);
  }
  vector.flush();
}
