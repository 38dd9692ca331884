import { isDeepStrictEqual } from 'node:util';
import type { ControlRecord } from '../../store/store.ts';
import type { Assistant } from '../../usage/event.ts';
import { findTier } from '../../usage/tiers.ts';
import { ServerError } from '../errors.ts';
import type { Holding, SeatChange, SeatPrices } from '../roster/holding.ts';
import { changeHolding, endHolding } from '../roster/holding.ts';
import type { ControlLog } from './control-log.ts';
import type { Step, Versioned } from './entities.ts';
import { Entities } from './entities.ts';
import type { Asking } from './roster.ts';

/** What a tier costs an organisation a month; null: the list price again. */
export interface SeatPrice {
  assistant: Assistant;
  tier: string;
  monthlyMicros: number | null;
}

export interface SeatOf {
  email: string;
  assistant: Assistant;
}

/** Who holds which subscription, and what they cost. */
export class Seats {
  readonly #now: () => number;
  readonly holdings: Entities<Holding>;
  readonly prices: Entities<SeatPrice>;

  constructor(log: ControlLog, now: () => number) {
    this.#now = now;
    this.holdings = new Entities(log, 'seat', now);
    this.prices = new Entities(log, 'seat-price', now);
  }

  pricesOf(org: string): SeatPrices {
    return new Map(
      this.prices
        .all(org)
        .flatMap(({ value: { assistant, tier, monthlyMicros } }): [`${Assistant}:${string}`, number][] =>
          monthlyMicros === null ? [] : [[`${assistant}:${tier}`, monthlyMicros]],
        ),
    );
  }

  /** @throws ServerError `invalid` where no price is known, `conflict` */
  put(asking: Asking, seat: SeatOf, change: SeatChange): Promise<Versioned<Holding>> {
    return this.holdings.change({ ...asking, basedOn: asking.version, ...this.step(asking.org, seat, change) });
  }

  /** As `put`, as one of many. */
  step(org: string, seat: SeatOf, change: SeatChange, prices = this.pricesOf(org)): Step<Holding> {
    const decide = (known: Holding | null): Holding => {
      const after = changeHolding(known, seat, change, { prices, nowMs: this.#now() });
      if (after) return after;
      throw new ServerError('invalid', `a seat of ${seat.assistant} ${change.tier} has no list price: say its price`);
    };
    return { key: keyOf(seat), decide };
  }

  has(org: string, seat: SeatOf): boolean {
    return this.holdings.find(org, keyOf(seat)) !== null;
  }

  end(asking: Asking, seat: SeatOf, atMs: number): Promise<Versioned<Holding>> {
    const key = keyOf(seat);
    if (!this.has(asking.org, seat))
      throw new ServerError('notFound', `${seat.email} has never held a seat of ${seat.assistant}`);
    const decide = (known: Holding | null): Holding => endHolding(known ?? { ...seat, spans: [] }, atMs);
    return this.holdings.change({ ...asking, basedOn: asking.version, key, decide });
  }

  /** Each version of a person's seats of an assistant, oldest first. */
  history(org: string, seat: SeatOf): readonly ControlRecord[] {
    return this.holdings.history(org, keyOf(seat));
  }

  async putPrice(asking: Asking, { assistant, tier: text, monthlyMicros }: SeatPrice): Promise<void> {
    const tier = findTier(assistant, text)?.id ?? text;
    const price: SeatPrice = { assistant, tier, monthlyMicros };
    const decide = (known: SeatPrice | null): SeatPrice => (known && isDeepStrictEqual(known, price) ? known : price);
    await this.prices.change({ ...asking, basedOn: asking.version, key: `${assistant}:${tier}`, decide });
  }
}

const keyOf = ({ email, assistant }: SeatOf): string => `${email}\n${assistant}`;
