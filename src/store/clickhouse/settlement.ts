import { utcDay } from '../../usage/days.ts';
import type { EventState } from '../../usage/event.ts';
import { storeHash } from '../../usage/identity.ts';
import { settle } from '../../usage/pairing.ts';
import type { Pricer } from '../store.ts';
import { linksOf } from './event-keys.ts';
import type { Observed } from './observation.ts';
import type { PlacedRow } from './placed-row.ts';

/**
 * Which rows reports shall see, decided by any number of processes at once, without locks or transactions.
 *
 * Whoever writes first inserts what was observed (durable, and visible to all from then on), then reads back every row
 * that is linked with it, and then inserts the outcome, under a revision: the number of inserts that the rows it has
 * read consist of. That number counts whatever is inserted, resends too, and never falls.
 *
 * Of all who write to a group of linked rows, one has its insert visible last. What it then reads is everything: its
 * revision is the number of all inserts. Anybody else has read either the same, and comes to the same outcome, since
 * that depends on nothing but what was read; or has missed at least one insert, and has a smaller revision. (Links and
 * rows are only added, so that a part of the group read earlier is a part of it.) So in every place that a group can
 * have rows in, the outcome of the whole stands in the end, in whatever order outcomes arrive, and however late.
 *
 * That needs every outcome to say something of each place that any smaller part of the group could have put a row in:
 * each row on each day that a time of the group lies on, and, where there are several rows, a call made of them in the
 * place of each. Places without a row are said to be void.
 *
 * A process that dies between its two inserts has not answered yet. What it inserted is in no report, until the same
 * is sent again, or something linked with it comes.
 */
export function settlementOf(rows: readonly Observed[], price: Pricer): PlacedRow[] {
  return groupsOf(rows).flatMap((group) => placesOf(group, price));
}

/** Rows of one organisation that are linked, directly or by others. */
export function groupsOf(rows: readonly Observed[]): Observed[][] {
  const parents = new Map<Observed, Observed>();
  const rootOf = (row: Observed): Observed => {
    let root = row;
    for (let up = parents.get(root); up; up = parents.get(root)) root = up;
    if (root !== row) parents.set(row, root);
    return root;
  };
  const first = new Map<string, Observed>();
  for (const row of rows) {
    for (const key of linksOf(row)) {
      const link = `${key} ${row.state.org}`;
      const [mine, theirs] = [rootOf(row), rootOf(first.get(link) ?? row)];
      if (mine !== theirs) parents.set(mine, theirs);
      if (!first.has(link)) first.set(link, row);
    }
  }
  const groups = new Map<Observed, Observed[]>();
  for (const row of rows) {
    const root = rootOf(row);
    const group = groups.get(root);
    if (group) group.push(row);
    else groups.set(root, [row]);
  }
  return [...groups.values()];
}

export const revisionOf = (group: readonly Observed[]): bigint =>
  group.reduce((inserts, row) => inserts + row.inserts, 0n);

/** What an outcome says of one place; absent: that it is void. */
type Standing = Pick<PlacedRow, 'state' | 'place' | 'day' | 'slot'>;

const positionOf = ({ place, day, slot }: Omit<Standing, 'state'>): string => `${slot} ${day} ${place}`;

function placesOf(group: readonly Observed[], price: Pricer): PlacedRow[] {
  const revision = revisionOf(group);
  const standing = standings(group, price);
  const days = new Set(group.flatMap((row) => row.days));
  const [first] = standing;
  // Nearly every group: one row, on one day.
  if (group.length === 1 && days.size === 1 && first) return [{ ...first, revision, void: false }];
  const taken = new Map(standing.map((row) => [positionOf(row), row]));
  const slots: readonly (0 | 1)[] = group.length > 1 ? [0, 1] : [0];
  return slots.flatMap((slot) =>
    group.flatMap(({ state }) =>
      [...days].map((day): PlacedRow => {
        const position = { place: state.hash, day, slot };
        const row = taken.get(positionOf(position));
        return { state, ...position, ...row, revision, void: !row };
      }),
    ),
  );
}

function standings(group: readonly Observed[], price: Pricer): Standing[] {
  const { counted, derived } = settle(group.map(({ state }) => state));
  const observed = group.map(({ state }): Standing => {
    const row = valued(state, counted.has(state.id), false, price);
    return { state: row, place: state.hash, day: utcDay(state.atMs), slot: 0 };
  });
  // There are fewer calls than rows that they are made of; any place will do, if it is the same for everybody.
  const places = group.map(({ state }) => state.hash).sort((a, b) => (a < b ? -1 : 1));
  const calls = derived
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((call, i): Standing => {
      const row = valued(call, true, true, price);
      row.hash = storeHash(row.org, row.id);
      return { state: row, place: places[i] ?? row.hash, day: utcDay(row.atMs), slot: 1 };
    });
  return [...observed, ...calls];
}

function valued(state: EventState, counted: boolean, derived: boolean, price: Pricer): EventState {
  const values = counted ? price(state) : { listMicros: null, cacheSavingsMicros: null };
  return { ...state, ...values, counted, derived };
}
