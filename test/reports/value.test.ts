import { expect, it } from 'vitest';
import { value } from '../../src/reports/value.ts';
import type { Seat } from '../../src/usage/seat.ts';
import { days, reportWorld } from '../support/report-world.ts';

const world = reportWorld();
const NOVEMBER = days('2026-11-01', '2026-12-01');
const DOLLAR = 1_000_000;

const seat = (person: string, dollars: number, from: string, to: string | null = null): Seat => ({
  ...{ person: `email:${person}@acme.com`, assistant: 'claude-code', tier: 'pro', plan: 'Claude Pro' },
  monthlyMicros: dollars * DOLLAR,
  fromMs: Date.parse(from),
  toMs: to === null ? null : Date.parse(to),
});

async function statesOf(seats: readonly Seat[], at = '2026-11-03T10:00:00Z', range = NOVEMBER) {
  const org = await world.organization([{ at, actor: 'email:ada@acme.com', value: 30 * DOLLAR, tier: 'pro' }]);
  const found = await value(world.ask({ org }, range, { roster: { people: new Map(), seats } }));
  return { ...found, states: found.seats.map(({ person, state, costMicros }) => [person, state, costMicros]) };
}

it('a seat that nobody uses stays inactive when its price changes', async () => {
  const seats = [seat('bob', 24, '2025-01-01', '2026-11-26'), seat('bob', 30, '2026-11-26')];
  const { states, inactiveSeats, recoverableMicros } = await statesOf(seats);
  expect(states).toEqual([['email:bob@acme.com', 'inactive', (20 + 5) * DOLLAR]]);
  expect([inactiveSeats, recoverableMicros]).toEqual([1, 30 * DOLLAR]);
});

it('a seat that was given back, and given again, is a new one', async () => {
  const seats = [seat('bob', 20, '2025-01-01', '2026-10-01'), seat('bob', 20, '2026-11-26')];
  expect((await statesOf(seats)).states.map(([person, state]) => [person, state])).toEqual([
    ['email:bob@acme.com', 'new'],
  ]);
});

it('use is held against what the seat has cost in all of the period, whatever its plans were', async () => {
  // 80 dollars of seat for 30 dollars of use; five dollars of it since the change.
  const seats = [seat('ada', 90, '2025-01-01', '2026-11-26'), seat('ada', 30, '2026-11-26')];
  expect((await statesOf(seats)).states).toEqual([['email:ada@acme.com', 'underused', 80 * DOLLAR]]);
});

it('seats are judged before as they would have been then: by what was held, how long, and their own thirty days', async () => {
  const seats = [
    // Another price in the new period, of one who has had it for long.
    seat('bob', 24, '2025-01-01', '2026-11-23'),
    seat('bob', 30, '2026-11-23'),
    // Eleven days old when the period began, and given back in it.
    seat('cem', 20, '2026-11-09', '2026-11-25'),
    seat('dee', 20, '2026-11-09'),
    seat('ada', 20, '2025-01-01'),
  ];
  const {
    states,
    previous,
    seats: found,
    ...now
  } = await statesOf(seats, '2026-10-23T10:00:00Z', days('2026-11-20', '2026-11-27'));
  // A use of 23 October is within the thirty days up to 20 November, not up to the 27th.
  expect(states.map(([person, state]) => [person, state])).toEqual([
    ['email:bob@acme.com', 'inactive'],
    ['email:ada@acme.com', 'inactive'],
    ['email:dee@acme.com', 'inactive'],
  ]);
  expect(found.map((one) => one.previous?.state)).toEqual(['inactive', 'underused', 'new']);
  expect([now.inactiveSeats, now.recoverableMicros, now.underusedSeats]).toEqual([3, 70 * DOLLAR, 0]);
  expect([previous.inactiveSeats, previous.recoverableMicros, previous.underusedSeats]).toEqual([1, 24 * DOLLAR, 1]);
});
