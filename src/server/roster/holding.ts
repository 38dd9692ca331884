import { isDeepStrictEqual } from 'node:util';
import { ASSISTANTS } from '../../usage/event.ts';
import type { Assistant } from '../../usage/event.ts';
import type { Seat } from '../../usage/seat.ts';
import { seatMicros } from '../../usage/seat-prices.ts';
import type { Tier } from '../../usage/tiers.ts';
import { findTier, tiersOf } from '../../usage/tiers.ts';
import type { Span } from './spans.ts';
import { assign, isEmpty, without } from './spans.ts';

/** A subscription of one tier at one price. */
export interface HeldSeat extends Span {
  /** As in the table of tiers, else as it was written. */
  tier: string;
  plan: string;
  monthlyMicros: number;
}

/** All seats of one person for one assistant, one at a time. */
export interface Holding {
  /** Of the person, lower case. */
  email: string;
  assistant: Assistant;
  spans: readonly HeldSeat[];
}

export interface SeatChange {
  tier: string;
  /** Default: the price set for the tier, else its list price. */
  monthlyMicros?: number | undefined;
  plan?: string | undefined;
  /** null: always. Default: always for a first seat, else now. */
  fromMs?: number | null | undefined;
  toMs?: number | null | undefined;
}

/** Prices of an organisation's own, by `assistant:tier`. */
export type SeatPrices = ReadonlyMap<`${Assistant}:${string}`, number>;

const sameSeat = (a: HeldSeat, b: HeldSeat): boolean =>
  a.tier === b.tier && a.plan === b.plan && a.monthlyMicros === b.monthlyMicros;

/** What a tier is called and costs; `monthlyMicros` null where neither the organisation nor the price list says. */
export function pricedTier(
  assistant: Assistant,
  text: string,
  prices: SeatPrices,
): { tier: string; plan: string; monthlyMicros: number | null } {
  const known = findTier(assistant, text);
  const tier = known?.id ?? text.trim();
  const own = prices.get(`${assistant}:${tier}`);
  return { tier, plan: known?.label ?? tier, monthlyMicros: own ?? (known ? seatMicros(known) : null) };
}

/** The holding after the change; the same object where it changes nothing; null where no price is known. */
export function changeHolding(
  known: Holding | null,
  named: Pick<Holding, 'email' | 'assistant'>,
  change: SeatChange,
  world: { prices: SeatPrices; nowMs: number },
): Holding | null {
  const { email, assistant } = named;
  const spans = known?.spans ?? [];
  const last = spans.at(-1);
  const priced = pricedTier(assistant, change.tier, world.prices);
  // A seat keeps the price at which it is held until somebody says another.
  const held = last?.tier === priced.tier ? last : null;
  const monthlyMicros = change.monthlyMicros ?? held?.monthlyMicros ?? priced.monthlyMicros;
  if (monthlyMicros === null) return null;
  const plan = change.plan ?? held?.plan ?? priced.plan;
  const seat = { tier: priced.tier, plan, monthlyMicros };
  const after: Holding = { email, assistant, spans: changeSpans(spans, seat, change, world.nowMs) };
  return known && isDeepStrictEqual(after, known) ? known : after;
}

function changeSpans(
  spans: readonly HeldSeat[],
  seat: Omit<HeldSeat, keyof Span>,
  { fromMs, toMs }: SeatChange,
  nowMs: number,
): HeldSeat[] {
  const last = spans.at(-1);
  if (fromMs !== undefined || !last) {
    const repeated = spans.find((span) => span.fromMs === (fromMs ?? null));
    const end = toMs !== undefined ? toMs : (repeated?.toMs ?? null);
    const said = { fromMs: fromMs ?? null, toMs: end, ...seat };
    return isEmpty(said) ? [...spans] : assign(spans, said, sameSeat);
  }
  const isHeld = last.toMs === null || last.toMs > nowMs;
  const said = { fromMs: nowMs, toMs: toMs ?? null, ...seat };
  if (isHeld && sameSeat(last, said))
    return toMs === undefined ? [...spans] : [...spans.slice(0, -1), { ...last, toMs }];
  return isEmpty(said) ? [...spans] : assign(spans, said, sameSeat);
}

/** Given back at that time; the same object where nothing was held from then on. */
export function endHolding(holding: Holding, atMs: number): Holding {
  const spans = without(holding.spans, { fromMs: atMs, toMs: null }).filter((span) => !isEmpty(span));
  return isDeepStrictEqual(spans, holding.spans) ? holding : { ...holding, spans };
}

/** As reports take them: every seat ever held, an open start being the beginning of time. */
export const seatsOf = (holdings: readonly Holding[], personFor: (email: string) => string): Seat[] =>
  holdings.flatMap(({ email, assistant, spans }) =>
    spans.map(({ fromMs, toMs, tier, plan, monthlyMicros }) => ({
      person: personFor(email),
      assistant,
      tier,
      plan,
      monthlyMicros,
      fromMs: fromMs ?? 0,
      toMs,
    })),
  );

export interface TierPrice {
  assistant: Assistant;
  tier: string;
  plan: string;
  /** Of the price list; null where each customer agrees on one. */
  defaultMicros: number | null;
  /** What counts: the organisation's own, else the default. */
  monthlyMicros: number | null;
  edited: boolean;
}

/** The table from the tiers of setup to plans and prices, as one organisation sees it. */
export function tierPrices(prices: SeatPrices): TierPrice[] {
  const row = (assistant: Assistant, { id, label, ...tier }: Tier): TierPrice => {
    const own = prices.get(`${assistant}:${id}`);
    const defaultMicros = seatMicros({ id, label, ...tier });
    const edited = own !== undefined;
    return { assistant, tier: id, plan: label, defaultMicros, monthlyMicros: own ?? defaultMicros, edited };
  };
  const known = ASSISTANTS.flatMap((assistant) => tiersOf(assistant).map((tier) => row(assistant, tier)));
  // A tier of the organisation's own naming has no row in the table.
  const others = [...prices].flatMap(([key, monthlyMicros]): TierPrice[] => {
    const [assistant, ...rest] = key.split(':');
    const tier = rest.join(':');
    const named = ASSISTANTS.find((one) => one === assistant);
    if (!named || known.some((one) => one.assistant === named && one.tier === tier)) return [];
    return [{ assistant: named, tier, plan: tier, defaultMicros: null, monthlyMicros, edited: true }];
  });
  return [...known, ...others];
}
