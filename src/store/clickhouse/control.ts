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

/** The log as far as it has been read: what is in it stays as it is, so that only the rest is asked for. */
export class ControlEntries {
  readonly #connection: Connection;
  readonly #known: Entry[] = [];

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** All of it, as it is now. */
  async read(): Promise<readonly Entry[]> {
    const rows = await this.#connection.rows<[string, string]>(
      `SELECT slot, value FROM control_log FINAL WHERE slot > ${this.#last} ORDER BY slot`,
    );
    for (const [slot, value] of rows)
      if (Number(slot) > this.#last)
        this.#known.push({ slot: Number(slot), ...(JSON.parse(value) as Pick<Entry, 'token' | 'records'>) });
    return this.#known;
  }

  get #last(): number {
    return this.#known.at(-1)?.slot ?? 0;
  }
}

export async function readControl(entries: ControlEntries): Promise<ControlRecord[]> {
  return (await entries.read()).flatMap(({ records }) => records);
}

/** @throws ControlConflict where the log has one of the versions, or a later one, already */
export async function appendControl(
  connection: Connection,
  entries: ControlEntries,
  records: readonly ControlRecord[],
): Promise<void> {
  if (records.length === 0) return;
  const token = randomUUID();
  const mine = JSON.stringify({ token, records });
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const log = await entries.read();
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
