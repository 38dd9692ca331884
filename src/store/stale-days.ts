import { utcDay } from '../usage/days.ts';
import type { EventState } from '../usage/event.ts';
import type { Kind } from './kinds.ts';
import { kindsOf } from './kinds.ts';
import { laneOf } from './lane.ts';

/** Which slices are behind their events: of a day some lanes, or all of it. */
export class StaleDays {
  readonly #days = new Map<number, Set<bigint> | 'whole'>();
  readonly #kinds: Kind[] = [];

  get isEmpty(): boolean {
    return this.#days.size === 0;
  }

  days(): number[] {
    return [...this.#days.keys()].sort((a, b) => a - b);
  }

  /** Of the events added, by themselves; a kind may come twice. */
  get kinds(): readonly Kind[] {
    return this.#kinds;
  }

  addEvents(events: readonly EventState[]): void {
    this.#kinds.push(...kindsOf(events));
    for (const event of events) {
      if (!event.counted) continue;
      const day = utcDay(event.atMs);
      const lanes = this.#days.get(day);
      if (lanes === undefined) this.#days.set(day, new Set([laneOf(event)]));
      else if (lanes !== 'whole') lanes.add(laneOf(event));
    }
  }

  addWhole(days: readonly number[]): void {
    for (const day of days) this.#days.set(day, 'whole');
  }

  addAll(other: StaleDays): void {
    for (const [day, lanes] of other.#days) {
      const mine = this.#days.get(day);
      if (lanes === 'whole' || mine === undefined) this.#days.set(day, lanes);
      else if (mine !== 'whole') for (const lane of lanes) mine.add(lane);
    }
  }

  /** Days to be made anew from end to end: what happened on one decides what the next one shows. */
  wholeDays(): number[] {
    const whole = this.days().filter((day) => this.#days.get(day) === 'whole');
    return [...new Set(whole.flatMap((day) => [day, day + 1]))].sort((a, b) => a - b);
  }

  /** The rest, each with its next day, in groups of about `size`, by day. */
  *laneGroups(size: number): Generator<{ day: number; lane: bigint }[]> {
    let group: { day: number; lane: bigint }[] = [];
    for (const day of this.days()) {
      const lanes = this.#days.get(day);
      if (lanes === undefined || lanes === 'whole') continue;
      for (const lane of lanes) {
        group.push({ day, lane }, { day: day + 1, lane });
        if (group.length < size) continue;
        yield group;
        group = [];
      }
    }
    if (group.length > 0) yield group;
  }
}
