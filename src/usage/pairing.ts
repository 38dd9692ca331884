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
  row.status !== 'test' && (row.messageKey !== null || pairingKey(row) !== null);

/** The key under which a row takes part in pairing; null where it has a common id or telemetry has it already. */
export function pairingKey(row: EventState): bigint | null {
  if (row.callKey === null || row.status === 'test') return null;
  return row.idless || !hasSource(row.sources, 'telemetry') ? row.callKey : null;
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

function groupBy<T>(items: readonly T[], keyOf: (item: T) => bigint | null): { groups: T[][]; rest: T[] } {
  const groups = new Map<bigint, T[]>();
  const rest: T[] = [];
  for (const item of items) {
    const key = keyOf(item);
    const group = key === null ? rest : groups.get(key);
    if (group) group.push(item);
    else if (key !== null) groups.set(key, [item]);
  }
  return { groups: [...groups.values()], rest };
}

/** Greedy pairing, nearest first; ties by (time, id) of the telemetry side, then of the file side. */
function pairs(telemetry: Call[], files: Call[]): [Call, Call][] {
  const ordered = (calls: Call[]): Call[] => [...calls].sort((a, b) => byTimeAndId(a.state, b.state));
  const left = ordered(telemetry);
  const right = ordered(files);
  const near: { t: number; f: number; gap: number }[] = [];
  let start = 0;
  for (const [t, call] of left.entries()) {
    while (start < right.length && (right[start]?.state.atMs ?? 0) < call.state.atMs - WINDOW_MS) start++;
    for (let f = start; f < right.length; f++) {
      const gap = Math.abs((right[f]?.state.atMs ?? 0) - call.state.atMs);
      if ((right[f]?.state.atMs ?? 0) > call.state.atMs + WINDOW_MS) break;
      near.push({ t, f, gap });
    }
  }
  near.sort((a, b) => a.gap - b.gap || a.t - b.t || a.f - b.f);
  const takenT = new Set<number>();
  const takenF = new Set<number>();
  const found: [Call, Call][] = [];
  for (const { t, f } of near) {
    const [a, b] = [left[t], right[f]];
    if (!a || !b || takenT.has(t) || takenF.has(f)) continue;
    takenT.add(t);
    takenF.add(f);
    found.push([a, b]);
  }
  return found;
}

/** `rows`: every observed (not derived) row of one organisation that shares a message or pairing key, transitively. */
export function settle(rows: readonly EventState[]): Settlement {
  const live = rows.filter(countsAlone);
  const byMessage = groupBy(live, (row) => row.messageKey);
  const calls = [...byMessage.groups, ...byMessage.rest.map((row) => [row])].flatMap(
    (members) => callOf(members) ?? [],
  );
  const byCall = groupBy(calls, (call) => pairingKey(call.state));
  const settled: Call[] = [...byCall.rest];
  for (const group of byCall.groups) {
    const telemetry = group.filter((call) => hasSource(call.state.sources, 'telemetry'));
    const files = group.filter((call) => !hasSource(call.state.sources, 'telemetry'));
    const paired = pairs(telemetry, files);
    const taken = new Set(paired.flat());
    settled.push(...group.filter((call) => !taken.has(call)));
    for (const [a, b] of paired) settled.push(callOf([...a.members, ...b.members]) ?? a);
  }
  return {
    counted: new Set(settled.flatMap((call) => (call.members.length === 1 ? [call.state.id] : []))),
    derived: settled.filter((call) => call.members.length > 1).map((call) => call.state),
  };
}
