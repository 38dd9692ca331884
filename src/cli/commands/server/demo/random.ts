import { hash64 } from '../../../../usage/identity.ts';

/** A source of chance that gives the same for the same seed, whenever it is asked. */
export interface Random {
  /** In [0, 1). */
  next: () => number;
  /** A whole number from `low` to `high`, both possible. */
  whole: (low: number, high: number) => number;
  /** Around `typical`, with a long tail upwards. */
  around: (typical: number) => number;
  chance: (probability: number) => boolean;
  pick: <T>(of: readonly [T, ...T[]]) => T;
}

/** Mulberry32. */
export function randomOf(...seed: string[]): Random {
  let state = Number(hash64('demo', ...seed) & 0xffff_ffffn);
  const next = (): number => {
    state = (state + 0x6d2b_79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    whole,
    around: (typical) => Math.max(1, Math.round(typical * Math.exp((next() + next() + next() - 1.5) * 1.2))),
    chance: (probability) => next() < probability,
    pick: (of) => of[whole(0, of.length - 1)] ?? of[0],
  };
}
