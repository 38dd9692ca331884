import type { EventState } from './event.ts';
import { hasSource } from './event.ts';
import { eventId } from './identity.ts';
import { join } from './merge.ts';

/**
 * Which observations are one call though they have no id in common.
 *
 * Two things are settled, always for the whole set of rows that share a key, so that the outcome depends on the set
 * and not on the order of arrival: (1) rows with the same message id are replays of one answer; (2) telemetry without
 * a request id is paired with session-file rows of the same `callKey`, nearest in time first, within two seconds
 * (measured: 27..281 ms for Claude Code, 1..97 ms for Gemini CLI).
 *
 * Observed rows are never changed by this: they are only counted or not. Where several rows are one call, none of
 * them counts and a derived row, their join, counts in their place. Settling again replaces the derived rows.
 */
const WINDOW_MS = 2000;

export interface Settlement {
  /** Ids of observed rows that stand for a call on their own. */
  counted: ReadonlySet<string>;
  /** Calls made of several rows. */
  derived: EventState[];
}

/** Whether a row can be affected by other rows than those with its own id. */
export const needsSettling = (row: EventState): boolean =>
  row.status !== 'test' && (row.messageKey !== null || pairingKeys(row).length > 0);

/**
 * The keys under which a row takes part in pairing; none where it has a common id or telemetry has it already. A row
 * has several where a fork's copy of it was seen too, since a session is part of the key.
 */
export function pairingKeys(row: EventState): readonly bigint[] {
  if (row.status === 'test') return [];
  return row.idless || !hasSource(row.sources, 'telemetry') ? row.callKeys : [];
}

const byTimeAndId = (a: EventState, b: EventState): number =>
  a.atMs - b.atMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

const countsAlone = (row: EventState): boolean => row.status !== 'test' && row.status !== 'retracted';

/** Rows seen as one call: the state that counts, and the rows that it is made of. */
interface Call {
  state: EventState;
  members: readonly EventState[];
}

function callOf(members: readonly EventState[]): Call | null {
  const [first, ...rest] = [...members].sort(byTimeAndId);
  if (!first) return null;
  if (rest.length === 0) return { state: first, members };
  const state = rest.reduce((joined, row) => join(joined, row), first);
  const id = eventId(['call', ...members.map((row) => row.id).sort()]);
  const idless = members.every((row) => row.idless);
  return { state: { ...state, id, idless }, members };
}

function groupBy<K, T>(items: readonly T[], keysOf: (item: T) => readonly K[]): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items)
    for (const key of keysOf(item)) {
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
  return groups;
}

interface Candidate {
  telemetry: Call;
  file: Call;
  gapMs: number;
}

/** Calls of one key that lie within the window of each other. */
function candidates(group: readonly Call[]): Candidate[] {
  const isTelemetry = ({ state }: Call): boolean => hasSource(state.sources, 'telemetry');
  const files = group.filter((call) => !isTelemetry(call)).sort((a, b) => byTimeAndId(a.state, b.state));
  const found: Candidate[] = [];
  for (const telemetry of group.filter(isTelemetry)) {
    const { atMs } = telemetry.state;
    for (const file of files) {
      if (file.state.atMs > atMs + WINDOW_MS) break;
      const gapMs = Math.abs(file.state.atMs - atMs);
      if (gapMs <= WINDOW_MS) found.push({ telemetry, file, gapMs });
    }
  }
  return found;
}

/** Greedy pairing, nearest first; ties by (time, id) of the telemetry side, then of the file side. */
function pairs(calls: readonly Call[]): Candidate[] {
  const near = [...groupBy(calls, (call) => pairingKeys(call.state)).values()].flatMap(candidates);
  near.sort(
    (a, b) =>
      a.gapMs - b.gapMs || byTimeAndId(a.telemetry.state, b.telemetry.state) || byTimeAndId(a.file.state, b.file.state),
  );
  const taken = new Set<Call>();
  return near.filter(({ telemetry, file }) => {
    if (taken.has(telemetry) || taken.has(file)) return false;
    taken.add(telemetry).add(file);
    return true;
  });
}

/** `rows`: every observed (not derived) row of one organisation that shares a message or pairing key, transitively. */
export function settle(rows: readonly EventState[]): Settlement {
  const live = rows.filter(countsAlone);
  const replays = groupBy(live, ({ messageKey }) => (messageKey === null ? [] : [messageKey]));
  const groups = [...replays.values(), ...live.filter(({ messageKey }) => messageKey === null).map((row) => [row])];
  const calls = groups.flatMap((members) => callOf(members) ?? []);
  const paired = pairs(calls);
  const taken = new Set(paired.flatMap(({ telemetry, file }) => [telemetry, file]));
  const settled = calls.filter((call) => !taken.has(call));
  for (const { telemetry, file } of paired) settled.push(callOf([...telemetry.members, ...file.members]) ?? telemetry);
  return {
    counted: new Set(settled.flatMap((call) => (call.members.length === 1 ? [call.state.id] : []))),
    derived: settled.filter((call) => call.members.length > 1).map((call) => call.state),
  };
}
