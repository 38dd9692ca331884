import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { priceRowSchema, priceTableSchema } from './price-table-schema.ts';
import bundled from './prices.json' with { type: 'json' };
import type { ListPrices } from './rates.ts';

/** List prices with the dates they were in force, and seat prices. The bundled table names its sources. */

export type PriceRow = z.infer<typeof priceRowSchema>;
export type PriceTable = z.infer<typeof priceTableSchema>;

/** A row's prices without its tier; null where the model is known and its price is not. */
export function standardPrices(row: PriceRow): ListPrices | null {
  const { input, output } = row;
  return input === null || output === null ? null : { ...row, input, output };
}

/** The table that comes with this version. A test holds that it is what checking would make of it. */
export const bundledPriceTable = (): PriceTable => bundled as unknown as PriceTable;

/** Date and content: `2026-11-20-1f0c…`. Equal for equal tables, however the file is formatted. */
export function priceTableVersion(prices: PriceTable): string {
  const content = createHash('sha256').update(JSON.stringify(prices, inOrder)).digest('hex');
  return `${prices.generated}-${content.slice(0, 12)}`;
}

/** A replacer that writes the keys of objects in one order. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
