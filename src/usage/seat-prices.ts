import { microsFromUsd } from './money.ts';
import type { PriceTable } from './price-table.ts';
import { bundledPriceTable } from './price-table.ts';
import type { Tier } from './tiers.ts';

/**
 * A seat's list price for a month, integer micro-dollars: billed monthly, or where that is not offered, a twelfth of
 * the year. 0 for a tier without a seat, null where the price is agreed with each customer.
 */
export function seatMicros(tier: Tier, table: PriceTable = bundledPriceTable()): number | null {
  if (tier.seat === null) return 0;
  const { vendor, plan } = tier.seat;
  const seat = table.seats.find((row) => row.vendor === vendor && row.plan === plan);
  const usd = seat?.usdMonthly ?? seat?.usdMonthlyAnnualBilling ?? null;
  return usd === null ? null : microsFromUsd(usd);
}
