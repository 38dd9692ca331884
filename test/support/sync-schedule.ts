import fc from 'fast-check';
import type { CursorFault, VendorRow } from './cursor-api.ts';
import type { EndpointFault } from './metering-endpoint.ts';
import type { SyncWorld } from './sync-world.ts';

/** Histories of a vendor, a network and two machines, that a sync has to come through. */

const HOUR = 3_600_000;
/** Of the vendor's pages: small, so that a few rows take several. */
export const PAGE_SIZE = 5;
const MINUTE = 60_000;

/** What happens before and during one cycle. */
export interface Step {
  minutes: number;
  /** Rows that come, by the part of the time since the last step that has passed. */
  arrivals: number[];
  /** Rows that come late, by hours. */
  late: number[];
  /** Rows that change, by their place in the vendor's list. */
  revised: number[];
  rekinded: number[];
  /** What was revised in the step before is taken back. */
  undone: boolean;
  vanished: number[];
  /** Rows that come again in the same millisecond: alike in everything, or in all but their figures. */
  twins: { of: number; exact: boolean }[];
  /** Late rows that come while the sync is paging. */
  amidPaging: number;
  cursorFaults: CursorFault[];
  endpointFaults: EndpointFault[];
  endpointDown: boolean;
  skewMs: number;
  /** After so many writes and requests the process is killed. */
  killAfter: number | null;
  restart: boolean;
  stateLost: boolean;
}

const some = (max: number): fc.Arbitrary<number[]> => fc.array(fc.nat(1000), { maxLength: max });
const rarely = <T>(value: T, otherwise: T, oneIn: number): fc.Arbitrary<T> =>
  fc.nat(oneIn - 1).map((n) => (n === 0 ? value : otherwise));

const cursorFault: fc.Arbitrary<CursorFault> = fc.oneof(
  fc.record({
    kind: fc.constant('status' as const),
    status: fc.constantFrom(429, 500, 502, 503, 429, 503, 401, 403),
    shape: fc.constantFrom('error' as const, 'code' as const),
  }),
  fc.record({
    kind: fc.constant('status' as const),
    status: fc.constant(429),
    shape: fc.constantFrom('error' as const, 'code' as const),
    retryAfter: fc.constantFrom('60', '1', 'Fri, 20 Nov 2026 12:00:00 GMT'),
  }),
  fc.constantFrom<CursorFault>(
    { kind: 'reset' },
    { kind: 'half' },
    { kind: 'garbage' },
    { kind: 'empty' },
    { kind: 'no-date' },
    { kind: 'slow', ms: 5 },
  ),
);

const endpointFault: fc.Arbitrary<EndpointFault> = fc.oneof(
  fc.constantFrom<EndpointFault>({ kind: 'reset' }, { kind: 'lost-answer' }),
  fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom(503, 429, 502, 500, 400, 401, 413) }),
);

const step: fc.Arbitrary<Step> = fc.record({
  minutes: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 300 })),
  arrivals: some(8),
  late: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 2 }),
  revised: some(3),
  rekinded: some(1),
  undone: rarely(true, false, 4),
  vanished: some(1),
  twins: fc.array(fc.record({ of: fc.nat(1000), exact: fc.boolean() }), { maxLength: 2 }),
  amidPaging: rarely(1, 0, 3),
  cursorFaults: fc.array(cursorFault, { maxLength: 2 }),
  endpointFaults: fc.array(endpointFault, { maxLength: 2 }),
  endpointDown: rarely(true, false, 6),
  skewMs: fc.constantFrom(0, 0, 0, 90_000, -90_000, HOUR, -2 * HOUR, 400 * 24 * HOUR),
  killAfter: fc.oneof(fc.constant(null), fc.nat(12)),
  restart: rarely(true, false, 4),
  stateLost: rarely(true, false, 10),
});

export const schedule: fc.Arbitrary<Step[]> = fc.array(step, { minLength: 1, maxLength: 14 });

const KINDS = ['Usage-based', 'Included in Business', 'Errored, Not Charged', 'Free credit of a new kind'];
const WHO: Partial<VendorRow>[] = [
  { userEmail: 'ada@acme.com' },
  { userEmail: 'Grace@Acme.com' },
  { userEmail: '', serviceAccountId: 'sa_01' },
  {},
];

const pick = <T>(items: readonly T[], n: number): T | undefined => items[n % items.length];

/** A row that differs by `n` in who, what and how much. */
export function newRow(timestamp: number, n: number): VendorRow {
  const conversation = n % 3 === 0 ? {} : { conversationId: `c${n % 4}` };
  const row: VendorRow = {
    timestamp,
    ...pick(WHO, n),
    ...conversation,
    model: pick(['default', 'Opus 5 (Auto Balanced)', 'composer-2.5-fast'], n) ?? '',
    kind: pick(KINDS, n) ?? '',
    isChargeable: n % 2 === 0,
  };
  return figures(row, n);
}

function figures(row: VendorRow, n: number): VendorRow {
  const charged = { ...row, chargedCents: (n * 13) / 10_000 };
  if (n % 5 === 0) return charged;
  return {
    ...charged,
    isTokenBasedCall: true,
    tokenUsage: { inputTokens: n, outputTokens: n * 2, cacheReadTokens: n * 3, totalCents: (n * 11) / 10_000 },
    cursorTokenFee: (n * 2) / 10_000,
  };
}

const hourOf = ({ timestamp }: VendorRow): number => Math.floor(timestamp / HOUR);

/** A vendor with a history, as far as a schedule has played it. */
export class History {
  readonly #world: SyncWorld;
  /** Rows that came in their time and have stayed as they were: no cycle may miss them. */
  punctual = new Set<VendorRow>();
  #revised: { row: VendorRow; before: VendorRow }[] = [];

  constructor(world: SyncWorld) {
    this.#world = world;
  }

  /** Lets a step's time pass at the vendor, and sets its faults up. */
  play(step: Step): void {
    const { cursor } = this.#world;
    const before = this.#world.nowMs;
    this.#world.nowMs += step.minutes * MINUTE;
    for (const n of step.arrivals) {
      const row = newRow(before + Math.floor((step.minutes * MINUTE * n) / 1000), n);
      cursor.rows.push(row);
      this.punctual.add(row);
    }
    for (const hours of step.late) cursor.rows.push(newRow(this.#world.nowMs - hours * HOUR - hours * 77_777, hours));
    if (step.undone) for (const { row, before: old } of this.#revised) this.#replace(row, old);
    this.#revised = step.revised.flatMap((n) => {
      const old = pick(cursor.rows, n);
      return old ? [{ before: old, row: this.#replace(old, figures(old, n + 1)) }] : [];
    });
    for (const n of step.rekinded) {
      const old = pick(cursor.rows, n);
      if (old) this.#replace(old, { ...old, kind: pick(KINDS, n + 1) ?? '' });
    }
    for (const { of, exact } of step.twins) {
      const row = pick(cursor.rows, of);
      // More of one millisecond than a page holds, in another order each time, nobody could read.
      if (row && cursor.rows.filter(({ timestamp }) => timestamp === row.timestamp).length < PAGE_SIZE)
        cursor.rows.push(exact ? { ...row } : figures({ ...row }, of + 3));
    }
    for (const n of step.vanished) {
      const row = pick(cursor.rows, n);
      // An hour that loses its last row is kept by design: that is a test of its own.
      if (row && cursor.rows.filter((other) => hourOf(other) === hourOf(row)).length > 1)
        cursor.rows.splice(cursor.rows.indexOf(row), 1);
    }
    this.punctual = new Set([...this.punctual].filter((row) => cursor.rows.includes(row)));
    setFaults(this.#world, step);
  }

  #replace(old: VendorRow, row: VendorRow): VendorRow {
    const { rows } = this.#world.cursor;
    const at = rows.indexOf(old);
    if (at >= 0) rows[at] = row;
    return row;
  }
}

function setFaults(world: SyncWorld, step: Step): void {
  const { cursor, endpoint } = world;
  const { rows } = cursor;
  let amidst = step.amidPaging;
  cursor.beforePage = ({ body: { page } }) => {
    if (page < 2 || amidst === 0) return;
    amidst -= 1;
    rows.push(newRow(world.nowMs - 20 * MINUTE, page + 500));
  };
  cursor.faults = [...step.cursorFaults];
  endpoint.faults = [...step.endpointFaults];
  endpoint.down = step.endpointDown;
  // Without the vendor's clock there is only the machine's.
  world.skewMs = step.cursorFaults.some(({ kind }) => kind === 'no-date') ? 0 : step.skewMs;
  world.killAfter = step.killAfter ?? Number.POSITIVE_INFINITY;
}

/** After a step: what does not outlive it. */
export function settle(world: SyncWorld, step: Step): void {
  if (step.stateLost) world.disk = null;
  if (step.restart || step.stateLost || step.killAfter !== null) world.restart();
}

/** Everything works again, and a week passes. */
export function calm(world: SyncWorld): void {
  const { cursor, endpoint } = world;
  cursor.beforePage = () => undefined;
  cursor.faults = [];
  endpoint.faults = [];
  endpoint.down = false;
  world.skewMs = 0;
  world.killAfter = Number.POSITIVE_INFINITY;
  world.nowMs += 8 * 24 * HOUR;
}
