import { UsageError } from '../../../errors.ts';
import { formatUsd, microsFromUsd } from '../../../usage/money.ts';
import type { Context } from '../../context.ts';
import { printJson } from '../../output.ts';
import { dayOf, printColumns } from './columns.ts';
import type { OrganizationOptions } from './organization.ts';
import { connectTo } from './organization.ts';

/** As the server answers. */
interface Holding {
  email: string;
  assistant: string;
  spans: { from: string | null; to: string | null; tier: string; plan: string; monthlyMicros: number }[];
}
interface TierPrice {
  assistant: string;
  tier: string;
  plan: string;
  defaultMicros: number | null;
  monthlyMicros: number | null;
  edited: boolean;
}

export interface SetSeatOptions extends OrganizationOptions {
  email: string;
  assistant: string;
  tier: string;
  price?: string;
  from?: string;
  to?: string;
}

export interface EndSeatOptions extends OrganizationOptions {
  email: string;
  assistant: string;
  at?: string;
}

export interface PricesOptions extends OrganizationOptions {
  /** `cursor:business=32`; none: show them. */
  set?: string;
}

export async function listSeats(options: OrganizationOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  const { seats } = (await call('GET', at('seats'))) as { seats: Holding[] };
  if (options.json) return printJson(context, seats);
  printHoldings(seats, context);
}

export async function setSeat(options: SetSeatOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  const { email, assistant, tier, price, from, to } = options;
  const monthlyMicros = price === undefined ? undefined : dollars(price);
  const said = Object.entries({ tier, monthlyMicros, from, to }).filter(([, value]) => value !== undefined);
  const holding = (await call('PUT', at('seats', email, assistant), Object.fromEntries(said))) as Holding;
  if (options.json) printJson(context, holding);
  else printHoldings([holding], context);
}

export async function endSeat(options: EndSeatOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  const said = options.at === undefined ? {} : { at: options.at };
  const holding = (await call('POST', at('seats', options.email, options.assistant, 'end'), said)) as Holding;
  if (options.json) printJson(context, holding);
  else printHoldings([holding], context);
}

export async function seatPrices(options: PricesOptions, context: Context): Promise<void> {
  const { at, call } = await connectTo(options, context);
  if (options.set !== undefined) {
    const [, assistant = '', tier = '', price = ''] = /^([^:]+):([^=]+)=(.+)$/.exec(options.set) ?? [];
    if (assistant === '')
      throw new UsageError(`"${options.set}" is no price`, { hint: 'Write cursor:business=32, or =default.' });
    const monthlyMicros = price === 'default' ? null : dollars(price);
    await call('PUT', at('seat-prices', assistant, tier), { monthlyMicros });
  }
  const { prices } = (await call('GET', at('seat-prices'))) as { prices: TierPrice[] };
  if (options.json) return printJson(context, prices);
  printColumns(
    context,
    ['ASSISTANT', 'TIER', 'PLAN', 'A MONTH', 'LIST PRICE'],
    prices.map(({ assistant, tier, plan, monthlyMicros, defaultMicros }) => [
      ...[assistant, tier, plan, formatUsd(monthlyMicros), formatUsd(defaultMicros)],
    ]),
  );
}

function printHoldings(holdings: readonly Holding[], context: Context): void {
  const rows = holdings.flatMap(({ email, assistant, spans }) =>
    spans.map(({ from, to, plan, monthlyMicros }) => [
      ...[email, assistant, plan, formatUsd(monthlyMicros), dayOf(from), dayOf(to)],
    ]),
  );
  printColumns(context, ['E-MAIL', 'ASSISTANT', 'PLAN', 'A MONTH', 'FROM', 'TO'], rows);
}

function dollars(text: string): number {
  const micros = microsFromUsd(text);
  if (micros === null || micros < 0) throw new UsageError(`"${text}" is no amount in dollars`);
  return micros;
}
