import { spread } from '../usage/money.ts';
import type { DayUsage } from './day-usage.ts';
import { tokensOf } from './day-usage.ts';

/** An amount that a vendor charged, without saying for whom. */
export interface Charge {
  micros: number;
  /** What usage it may be for, most exactly first: `['2026-11-19 w1 opus standard', '2026-11-19 w1 opus']`. */
  groups: readonly string[];
}

export interface SpreadUsage {
  usage: DayUsage;
  /** The groups that it belongs to, each of them once. */
  groups: readonly string[];
}

/**
 * Divides charges among the usage that they are for, in proportion to its list value (to its tokens where no price is
 * known), so that the parts add up to each charge exactly. Gives the usage with `billedMicros`, in its order, and the
 * charges that are for none of it.
 */
export function spreadCharges<C extends Charge>(
  rows: readonly SpreadUsage[],
  charges: readonly C[],
  valueOf: (usage: DayUsage) => number | null,
): { usages: DayUsage[]; left: C[] } {
  const members = new Map<string, number[]>();
  for (const [i, { groups }] of rows.entries())
    for (const group of groups) {
      const found = members.get(group);
      if (found) found.push(i);
      else members.set(group, [i]);
    }
  const billed = new Map<number, number>();
  const left: C[] = [];
  for (const [group, summed] of groupCharges(charges, (name) => members.has(name))) {
    const indices = group === null ? undefined : members.get(group);
    if (!indices) {
      left.push(...summed);
      continue;
    }
    const total = summed.reduce((all, { micros }) => all + micros, 0);
    const usages = indices.flatMap((i) => rows[i]?.usage ?? []);
    const parts = spread(total, weightsOf(usages, valueOf));
    for (const [at, i] of indices.entries()) billed.set(i, (billed.get(i) ?? 0) + (parts[at] ?? 0));
  }
  const usages = rows.map(({ usage }, i) => ({ ...usage, billedMicros: billed.get(i) ?? usage.billedMicros }));
  return { usages, left };
}

/** Charges by the most exact group that there is usage of; null: none. */
function groupCharges<C extends Charge>(charges: readonly C[], isKnown: (group: string) => boolean) {
  const grouped = new Map<string | null, C[]>();
  for (const charge of charges) {
    const group = charge.groups.find(isKnown) ?? null;
    const found = grouped.get(group);
    if (found) found.push(charge);
    else grouped.set(group, [charge]);
  }
  return grouped;
}

function weightsOf(usages: readonly DayUsage[], valueOf: (usage: DayUsage) => number | null): number[] {
  const values = usages.map(valueOf);
  return values.includes(null) ? usages.map(tokensOf) : values.map((value) => value ?? 0);
}
