import type { Connection } from './connection.ts';

/**
 * A number for rows that are replaced together: greater than those given before by the same node's clock, in
 * microseconds, with a part of chance, so that no two are one.
 */
export async function nextGeneration(connection: Connection): Promise<bigint> {
  const [[micros] = ['0']] = await connection.rows<[string]>('SELECT toUnixTimestamp64Micro(now64(6))');
  return BigInt(micros) * 1024n + BigInt(Math.floor(Math.random() * 1024));
}
