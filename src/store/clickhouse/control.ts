import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ControlRecord } from '../store.ts';
import { ControlConflict, StoreUnavailable } from '../store.ts';
import { agree } from './agreement.ts';
import type { Connection } from './connection.ts';
import { RowBinary } from './row-binary.ts';

/**
 * Control data is one log, `control_log`: each slot holds what one call appended, whole. Which call gets a slot is
 * agreed on in `agreement.ts`; so all processes see the same calls in the same order, and each decides by what stands
 * before its own whether it was too late.
 */
interface Entry {
  slot: number;
  /** Of one call. */
  token: string;
  records: readonly ControlRecord[];
}

const LOG_TABLE = { name: 'control_log', columns: ['slot', 'value'] };
/** How often a call looks for another slot when many write at once. */
const MOST_TRIES = 40;

async function readLog(connection: Connection): Promise<Entry[]> {
  const rows = await connection.rows<[string, string]>('SELECT slot, value FROM control_log FINAL ORDER BY slot');
  return rows.map(([slot, value]) => ({
    slot: Number(slot),
    ...(JSON.parse(value) as Pick<Entry, 'token' | 'records'>),
  }));
}

export async function readControl(connection: Connection): Promise<ControlRecord[]> {
  return (await readLog(connection)).flatMap(({ records }) => records);
}

/** @throws ControlConflict where the log has one of the versions, or a later one, already */
export async function appendControl(connection: Connection, records: readonly ControlRecord[]): Promise<void> {
  if (records.length === 0) return;
  const token = randomUUID();
  const mine = JSON.stringify({ token, records });
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const log = await readLog(connection);
    // Somebody else may have put it there, having found it half written.
    if (log.some((entry) => entry.token === token)) return;
    refuseKnown(records, log);
    const slot = (log.at(-1)?.slot ?? 0) + 1;
    const startedMs = performance.now();
    const agreed = await agree(connection, slot, mine);
    if (agreed === null) {
      // Those who go on disturbing each other are parted by chance, over a time in which one of them can come through.
      await delay(Math.random() * (performance.now() - startedMs) * Math.min(tries + 1, 8));
      continue;
    }
    await write(connection, slot, agreed);
    if (agreed === mine) return;
  }
  throw new StoreUnavailable('too many wrote control data at the same time');
}

function refuseKnown(records: readonly ControlRecord[], log: readonly Entry[]): void {
  const versions = new Map<string, number>();
  const nameOf = ({ kind, entityId }: ControlRecord): string => `${kind} ${entityId}`;
  for (const record of log.flatMap((entry) => entry.records))
    versions.set(nameOf(record), Math.max(record.version, versions.get(nameOf(record)) ?? 0));
  for (const record of records) {
    if (record.version <= (versions.get(nameOf(record)) ?? 0))
      throw new ControlConflict(`${nameOf(record)} has a version ${record.version} already`);
    versions.set(nameOf(record), record.version);
  }
}

async function write(connection: Connection, slot: number, value: string): Promise<void> {
  const rows = new RowBinary();
  rows.integer(slot);
  rows.text(value);
  await connection.insert(LOG_TABLE, rows.bytes);
}
