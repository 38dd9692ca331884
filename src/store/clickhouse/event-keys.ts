import type { EventState } from '../../usage/event.ts';
import { hash64, storeHash } from '../../usage/identity.ts';
import type { Bucket } from '../../usage/snapshot.ts';
import { bucketKey, bucketOf, isBucketRow } from '../../usage/snapshot.ts';
import type { Connection } from './connection.ts';
import type { Observed } from './observation.ts';
import { RowBinary } from './row-binary.ts';

/**
 * The table `event_key`: by which other things than its id an event is looked for. Keys are only ever added, so that
 * what was linked once stays linked.
 */
const KEY_TABLE = { name: 'event_key', columns: ['key', 'hash'] };

export interface KeyedHash {
  key: bigint;
  hash: bigint;
}

export const keyOfBucket = (bucket: Bucket): bigint => hash64('bucket', bucketKey(bucket));

/** By which rows are linked that may be one call. */
export const linksOf = ({ state, messageKeys }: Observed): readonly bigint[] => [...messageKeys, ...state.callKeys];

/** All keys under which an observation must be found. */
export function keysOf(state: EventState): KeyedHash[] {
  const hash = storeHash(state.org, state.id);
  const keys = [...state.callKeys];
  if (state.messageKey !== null) keys.push(state.messageKey);
  if (isBucketRow(state)) keys.push(keyOfBucket(bucketOf(state)));
  return keys.map((key) => ({ key, hash }));
}

/** Resolves when they are durable. */
export async function insertKeys(connection: Connection, keys: readonly KeyedHash[]): Promise<void> {
  const rows = new RowBinary(keys.length * 16);
  for (const { key, hash } of keys) {
    rows.u64(key);
    rows.u64(hash);
  }
  await connection.insert(KEY_TABLE, rows.bytes);
}

export async function readKeys(connection: Connection, keys: readonly bigint[]): Promise<KeyedHash[]> {
  if (keys.length === 0) return [];
  const found = await connection.rows<[string, string]>(
    `SELECT DISTINCT key, hash FROM event_key WHERE key IN (${keys.join(', ')})`,
  );
  return found.map(([key, hash]) => ({ key: BigInt(key), hash: BigInt(hash) }));
}
