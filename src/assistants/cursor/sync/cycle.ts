import { Failure } from '../../../errors.ts';
import type { Delivery, Send } from './deliver.ts';
import { deliver } from './deliver.ts';
import type { Span } from './hours.ts';
import { HOUR_MS, hourName, hoursIn, newest, subtract, union, within } from './hours.ts';
import type { HourRows, ReadRow } from './hour-rows.ts';
import { hoursOfRows } from './hour-rows.ts';
import type { Outcome } from './outcome.ts';
import { noOutcome } from './outcome.ts';
import type { Plan } from './plan.ts';
import { frozenEnd, upTo } from './plan.ts';
import type { SyncMemory } from './sync-memory.ts';
import type { SyncState } from './sync-state.ts';
import { compareHour, forgetOld, knownAt, remember } from './sync-state.ts';

/** A window of the vendor's rows, whole. */
export interface Reading {
  rows: readonly ReadRow[];
  /** Rows that the vendor has but that cannot be read. */
  unreadable: number;
  /** The vendor's clock before the first row was read; null where it shows none. */
  dateMs: number | null;
  /** By how much that clock is ahead of ours; null where it shows none. */
  clockOffsetMs: number | null;
}

export interface CycleWorld {
  /** `toMs` is exclusive. Where it cannot be read at one go: how many rows there are, if that is known. */
  read: (window: Span, maxRows: number) => Promise<Reading | { total: number | null }>;
  send: Send;
  /** Resolves when the state is safe. */
  save: (state: SyncState) => Promise<void>;
  now: () => number;
  /** For people, on stderr. */
  warn: (line: string) => void;
  batchSize: number;
  memory: SyncMemory;
  /** Called when a window is done with. */
  onWindow?: (outcome: Readonly<Outcome>) => void;
}

/** Decides what is to be read, once it is known up to where rows can be. */
export type Planner = (state: SyncState, endMs: number, nowMs: number) => Plan;

export interface CycleResult {
  state: SyncState;
  outcome: Outcome;
  /** What kept it from being whole; null if it is. */
  error: Error | null;
}

/** Everything else went over; these rows would not do, now or perhaps ever. */
export class RefusedRows extends Failure {}

/** What was planned by a clock that is wrong by more is planned again. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * One cycle: reads what the plan says, newest hours first, and delivers what has changed. The state is saved after
 * each window that was acknowledged; a stop anywhere leaves the rest among what is pending.
 */
export class Cycle {
  readonly #world: CycleWorld;
  readonly #outcome = noOutcome();
  readonly #refused: Delivery['refused'] = [];
  #state: SyncState;
  #endMs = 0;
  #plannedOffsetMs = 0;
  #todo: Span[] = [];

  constructor(state: SyncState, world: CycleWorld) {
    this.#state = state;
    this.#world = world;
  }

  /** `untilMs`: no further window is begun after this time; the next cycle goes on. */
  async run(planner: Planner, untilMs = Number.POSITIVE_INFINITY): Promise<CycleResult> {
    let error: Error | null;
    try {
      await this.#readAll(planner, untilMs);
      error = this.#refusal();
    } catch (thrown) {
      error = thrown instanceof Error ? thrown : new Error(String(thrown));
    }
    return { state: this.#state, outcome: this.#outcome, error };
  }

  async #readAll(planner: Planner, untilMs: number): Promise<void> {
    const base = this.#state;
    this.#plan(planner, base);
    let taken = 0;
    let replanned = 0;
    while (taken === 0 || this.#world.now() < untilMs) {
      const window = newest(this.#todo, this.#world.memory.size.hours);
      if (!window) return;
      const reading = await this.#read(window);
      if (!reading) continue;
      // The first answer shows the vendor's clock; ours alone may have let the plan end where rows are still coming.
      const apartMs = Math.abs(this.#world.memory.clockOffsetMs - this.#plannedOffsetMs);
      if (taken === 0 && replanned < 3 && apartMs > CLOCK_TOLERANCE_MS) {
        this.#plan(planner, base);
        replanned += 1;
        continue;
      }
      await this.#take(window, reading);
      taken += 1;
    }
  }

  #plan(planner: Planner, base: SyncState): void {
    const nowMs = this.#now();
    this.#plannedOffsetMs = this.#world.memory.clockOffsetMs;
    this.#endMs = frozenEnd(nowMs, base.readToMs);
    const { state, span } = planner(upTo(base, this.#endMs), this.#endMs, nowMs);
    this.#state = state;
    this.#todo = within(state.pending, span);
  }

  #clipped = ({ fromMs, toMs }: Span): Span => ({ fromMs, toMs: Math.min(toMs, this.#endMs) });

  /** Null where the window has to be smaller. */
  async #read(window: Span): Promise<Reading | null> {
    const { size } = this.#world.memory;
    const hours = hoursIn(window);
    const maxRows = hours > 1 ? size.maxRows : Number.POSITIVE_INFINITY;
    const reading = await this.#world.read(this.#clipped(window), maxRows);
    if ('total' in reading) {
      size.tooMany(reading.total, hours);
      return null;
    }
    size.took(reading.rows.length, hours);
    this.#world.memory.clockOffsetMs = reading.clockOffsetMs ?? this.#world.memory.clockOffsetMs;
    return reading;
  }

  async #take(window: Span, reading: Reading): Promise<void> {
    const hours = hoursOfRows(reading.rows);
    const changed = hours.filter((hour) => knownAt(this.#state, hour.bucketMs)?.hash !== hour.hash);
    this.#count(window, reading, hours);
    this.#warn(window, reading, hours);
    const snapshotMs = this.#newerSnapshot(reading);
    if (changed.length > 0) {
      this.#state = beforeSending(this.#state, changed, snapshotMs);
      await this.#world.save(this.#state);
    }
    const { batchSize, send } = this.#world;
    const delivery = await deliver(changed, { snapshotMs, batchSize, send });
    this.#outcome.sent += rowsIn(delivery.acknowledged);
    this.#outcome.failed += rowsIn(changed) - rowsIn(delivery.acknowledged);
    this.#remember(delivery, snapshotMs);
    if (!delivery.error) this.#finish(window, reading, delivery);
    await this.#world.save(this.#state);
    this.#world.onWindow?.(this.#outcome);
    if (delivery.error) throw delivery.error;
  }

  #remember({ acknowledged }: Delivery, snapshotMs: number): void {
    const nowMs = this.#now();
    const hours = { ...this.#state.hours };
    for (const hour of acknowledged) hours[hourName(hour.bucketMs)] = remember(hour, snapshotMs, nowMs);
    this.#state = { ...this.#state, hours: forgetOld(hours, nowMs) };
  }

  /** Moves the marks, past what was acknowledged alone. */
  #finish(window: Span, { dateMs }: Reading, { refused }: Delivery): void {
    const left = refused.map(({ hour }) => ({ fromMs: hour.bucketMs, toMs: hour.bucketMs + HOUR_MS }));
    const { readToMs, pending } = this.#state;
    this.#state = {
      ...this.#state,
      pending: union([...subtract(pending, window), ...left]),
      // By our own clock alone nobody knows how far it really was.
      readToMs: dateMs === null ? readToMs : Math.max(readToMs, this.#clipped(window).toMs),
    };
    this.#todo = subtract(this.#todo, window);
    this.#refused.push(...refused);
  }

  #newerSnapshot({ dateMs }: Reading): number {
    return Math.max((dateMs ?? this.#now()) + this.#world.memory.tiebreakMs, this.#state.lastSnapshotMs + 1);
  }

  /** By the vendor's clock, as far as it is known. */
  #now(): number {
    return this.#world.now() + this.#world.memory.clockOffsetMs;
  }

  #count(window: Span, reading: Reading, hours: readonly HourRows[]): void {
    const outcome = this.#outcome;
    const { fromMs, toMs } = this.#clipped(window);
    outcome.fromMs = Math.min(outcome.fromMs ?? fromMs, fromMs);
    outcome.toMs = Math.max(outcome.toMs ?? toMs, toMs);
    outcome.fetched += reading.rows.length + reading.unreadable;
    outcome.failed += reading.unreadable;
    for (const hour of hours) {
      const { fresh, amended, same } = compareHour(knownAt(this.#state, hour.bucketMs), hour);
      outcome.new += fresh;
      outcome.amended += amended;
      outcome.duplicates += same;
    }
  }

  #warn(window: Span, { unreadable }: Reading, hours: readonly HourRows[]): void {
    const { warn, memory } = this.#world;
    if (unreadable > 0) warn(`${unreadable} rows from Cursor cannot be read and were left out`);
    const there = new Set(hours.map(({ bucketMs }) => bucketMs));
    for (let hour = window.fromMs; hour < window.toMs; hour += HOUR_MS) {
      const known = there.has(hour) ? undefined : knownAt(this.#state, hour);
      // An empty answer may be a fault of the vendor's, and never erases anything.
      if (known && memory.once(`emptied ${hour}`))
        warn(`Cursor shows none of the ${known.count} rows that ${hourName(hour)}:00Z had; they are kept`);
    }
  }

  #refusal(): RefusedRows | null {
    const [first] = this.#refused;
    if (!first) return null;
    const hours = this.#refused.length === 1 ? '1 hour' : `${this.#refused.length} hours`;
    return new RefusedRows(`the endpoint did not take all rows of ${hours}: ${first.why}`, {
      hint: 'The next sync reads and sends them again.',
      retryable: true,
    });
  }
}

/**
 * What has to be safe before anything is sent: no two readings may share a snapshot, and until the endpoint has
 * answered nobody knows which reading of these hours it has.
 */
function beforeSending(state: SyncState, changed: readonly HourRows[], lastSnapshotMs: number): SyncState {
  const hours = { ...state.hours };
  for (const { bucketMs } of changed) {
    const known = knownAt(state, bucketMs);
    if (known) hours[hourName(bucketMs)] = { ...known, hash: '' };
  }
  return { ...state, hours, lastSnapshotMs };
}

const rowsIn = (hours: readonly HourRows[]): number => hours.reduce((sum, { rows }) => sum + rows.length, 0);
