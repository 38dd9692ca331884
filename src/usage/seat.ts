import type { Assistant } from './event.ts';

/** A subscription that a person holds for an assistant, as the roster has it. */
export interface Seat {
  /** `email:ada@acme.com` */
  person: string;
  assistant: Assistant;
  /** As written in settings: `max_20x`; see `tiers.ts`. */
  tier: string;
  /** For people: `Claude Max 20x`. */
  plan: string;
  /** Price of a whole month. */
  monthlyMicros: number;
  /** Held from this instant, ms UTC. */
  fromMs: number;
  /** To this instant, exclusive; null: still held. */
  toMs: number | null;
}

/** Finds a seat with what it was before, under other plans and at other prices, the latest first. */
export function seatChains(seats: readonly Seat[]): (seat: Seat) => Seat[] {
  const byHolder = new Map<string, Seat[]>();
  for (const seat of seats) {
    const own = byHolder.get(holderOf(seat));
    if (own) own.push(seat);
    else byHolder.set(holderOf(seat), [seat]);
  }
  return (seat) => {
    const own = byHolder.get(holderOf(seat)) ?? [];
    const chain = [seat];
    for (let next: Seat | undefined = seat; next;) {
      const { fromMs }: Seat = next;
      next = own.find((one) => one.toMs === fromMs && one.fromMs < fromMs);
      if (next) chain.push(next);
    }
    return chain;
  };
}

const holderOf = ({ person, assistant }: Seat): string => `${assistant} ${person}`;
