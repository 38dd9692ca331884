import type { Bucket } from '../usage/buckets.ts';
import { bucketsOf } from '../usage/buckets.ts';
import type { Seat } from '../usage/seat.ts';
import { QUARTER_MS, groupOf } from './period.ts';
import type { HolderCost } from './seat-cost.ts';
import { defaultPrice, heldShare, holderCosts, rosteredAssistants } from './seat-cost.ts';
import type { Sql } from './sql.ts';
import { among, joined, raw, rows, sql, text } from './sql.ts';
import type { Usage } from './usage.ts';

export type PricedSeat = HolderCost & { period: number };

export const pricedSeats = ({ period }: Usage, seats: readonly Seat[]): PricedSeat[] =>
  [period.range, period.previous].flatMap((range, i) =>
    holderCosts(seats, range).map((cost) => ({ ...cost, period: i })),
  );

export const seatRows = (seats: readonly PricedSeat[]) =>
  rows(
    { name: 'period', kind: 'integer', values: seats.map(({ period }) => period) },
    { name: 'person', kind: 'text', values: seats.map(({ person }) => person) },
    { name: 'assistant', kind: 'text', values: seats.map(({ assistant }) => assistant) },
    { name: 'micros', kind: 'integer', values: seats.map(({ micros }) => micros) },
  );

export interface PricedTier {
  assistant: string;
  tier: string;
  micros: number;
}

/** Tiers seen in the data that stand for seats, since the roster knows none of their assistant. */
export function pricedTiers(usage: Usage): PricedTier[] {
  const rostered = rosteredAssistants(usage.context.roster.seats);
  return usage.tiers.flatMap(({ assistant, tier }) => {
    const micros = tier === null || rostered.includes(assistant) ? 0 : defaultPrice(usage.context, assistant, tier);
    return tier !== null && micros > 0 ? [{ assistant, tier, micros }] : [];
  });
}

const onRoster = ({ context: { roster } }: Usage): Sql =>
  among(raw('held.assistant'), rosteredAssistants(roster.seats));
export const assumedSql = (usage: Usage): Sql => sql`CASE WHEN ${onRoster(usage)} THEN 0 ELSE 1 END`;
export const priceSql = (usage: Usage): Sql =>
  sql`CASE WHEN ${onRoster(usage)} THEN coalesce(seats.micros, 0) ELSE held.seen_price END`;

const monthsOf = ({ period }: Usage): Bucket[] => [
  ...bucketsOf(period.previous, 'month'),
  ...bucketsOf(period.range, 'month'),
];

/** Of a quarter-hour. */
export const monthNumber = (usage: Usage, quarter: Sql): Sql =>
  groupOf(quarter, [...monthsOf(usage).map(({ startMs }) => Math.ceil(startMs / QUARTER_MS)), usage.period.to]);

/** Of a slice: what its tier costs in a whole month, where that stands for a seat. */
export function tierMicros(tiers: readonly PricedTier[]): Sql {
  if (tiers.length === 0) return raw('0');
  const of = (wanted: string): Sql =>
    joined(
      tiers.flatMap(({ assistant, tier, micros }) =>
        assistant === wanted ? [sql`WHEN tier = ${text(tier)} THEN ${raw(String(micros))}`] : [],
      ),
      ' ',
    );
  const assistants = [...new Set(tiers.map(({ assistant }) => assistant))];
  const cases = assistants.map((name) => sql`WHEN assistant = ${text(name)} THEN CASE ${of(name)} ELSE 0 END`);
  return sql`CASE ${joined(cases, ' ')} ELSE 0 END`;
}

/**
 * Without a roster a seat of the dearest tier seen in a month is held for all of that month's days in the period. Of
 * columns `tier_micros` and `month`: worked out once for all slices of somebody's month, not for each.
 */
export function priceByMonth(usage: Usage, tiers: readonly PricedTier[]): Sql {
  const months = monthsOf(usage);
  const cases = [...new Set(tiers.map(({ micros }) => micros))].map((micros) => {
    const prices = months.map((span, i) => `WHEN ${i} THEN ${Math.round(micros * heldShare(span, usage.range.tz))}`);
    return `WHEN tier_micros = ${micros} THEN CASE month ${prices.join(' ')} ELSE 0 END`;
  });
  return raw(cases.length === 0 ? '0' : `CASE ${cases.join(' ')} ELSE 0 END`);
}
