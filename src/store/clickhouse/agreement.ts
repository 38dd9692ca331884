import { randomUUID } from 'node:crypto';
import type { Connection } from './connection.ts';
import { RowBinary } from './row-binary.ts';

/**
 * How several processes agree on one value for a slot, with nothing but inserts that are visible once they are
 * answered: Disk Paxos (Gafni and Lamport, 2003) with the table as its one disk, a row for each thing that a voter
 * says.
 *
 * A voter opens a ballot, higher than all that it sees, and reads what others have said. If somebody has opened a
 * higher one, it gives up. Else it accepts a value in its ballot, the one that was accepted in the highest ballot
 * before it, or its own where there is none, and reads again. If there still is no higher ballot, the value is agreed
 * on: whoever opens a higher one later finds it accepted, and takes it over. A voter that dies holds nobody up, and a
 * row that arrives late carries a ballot that has been passed.
 */
interface Vote {
  voter: string;
  round: number;
  accepted: boolean;
  value: string;
}

type Ballot = Pick<Vote, 'round' | 'voter'>;

const VOTE_TABLE = { name: 'control_vote', columns: ['slot', 'voter', 'round', 'accepted', 'value'] };

const isHigher = (a: Ballot, b: Ballot): boolean => a.round > b.round || (a.round === b.round && a.voter > b.voter);

/** The value that everybody will find agreed on; null where another ballot came between: try again. */
export async function agree(connection: Connection, slot: number, proposed: string): Promise<string | null> {
  const seen = await readVotes(connection, slot);
  const ballot: Ballot = { voter: randomUUID(), round: 1 + Math.max(0, ...seen.map(({ round }) => round)) };
  await vote(connection, slot, { ...ballot, accepted: false, value: '' });
  const opened = await readVotes(connection, slot);
  if (opened.some((other) => isHigher(other, ballot))) return null;
  const accepted = opened.filter((other) => other.accepted);
  const [highest] = accepted.sort((a, b) => (isHigher(a, b) ? -1 : 1));
  const value = highest?.value ?? proposed;
  await vote(connection, slot, { ...ballot, accepted: true, value });
  const after = await readVotes(connection, slot);
  return after.some((other) => isHigher(other, ballot)) ? null : value;
}

async function readVotes(connection: Connection, slot: number): Promise<Vote[]> {
  const rows = await connection.rows<[string, string, boolean, string]>(
    `SELECT voter, round, accepted, value FROM control_vote WHERE slot = ${slot}`,
  );
  return rows.map(([voter, round, accepted, value]) => ({ voter, round: Number(round), accepted, value }));
}

async function vote(connection: Connection, slot: number, { voter, round, accepted, value }: Vote): Promise<void> {
  const rows = new RowBinary();
  rows.integer(slot);
  rows.text(voter);
  rows.integer(round);
  rows.u8(accepted ? 1 : 0);
  rows.text(value);
  await connection.insert(VOTE_TABLE, rows.bytes);
}
