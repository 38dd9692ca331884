import { z } from 'zod';
import type { PriceRow, PriceTable } from './price-table.ts';
import { standardPrices } from './price-table.ts';
import { ratesFrom } from './rates.ts';

/** What a price table must be. Apart from `price-table.ts`, so that the bundled table costs no checking. */

/** USD per million tokens, to six decimals, which is finer than any vendor prices. */
const usd = z
  .number()
  .nonnegative()
  .max(100_000)
  .refine((value) => decimalPlaces(value) <= 6, 'has more than six decimals (a float artefact?)');
const multiplier = z
  .number()
  .positive()
  .max(100)
  .refine((value) => decimalPlaces(value) <= 3, 'has more than three decimals');
const optionalUsd = usd.nullish().transform((value) => value ?? null);
const pattern = z.string().refine(compiles, 'is not a regular expression');
const date = z.iso.date().nullable();

const caches = { cacheWrite5m: optionalUsd, cacheWrite1h: optionalUsd, cacheRead: optionalUsd };
const tier = z.strictObject({
  basis: z.string(),
  thresholdTokens: z.number().int().positive(),
  appliesTo: z.literal('whole request'),
  input: usd,
  output: usd,
  ...caches,
});

export const priceRowSchema = z.strictObject({
  provider: z.enum(['anthropic', 'openai', 'google', 'cursor']),
  model: z.string().min(1),
  aliases: z.array(z.string()),
  patterns: z.array(pattern),
  patternsIgnoreCase: z.array(pattern).optional(),
  /** Null together with output: the model is known, its price is not. */
  input: optionalUsd,
  output: optionalUsd,
  ...caches,
  /** Higher prices for long prompts; decided per request, for the whole request. */
  tier: tier.nullable(),
  fastMultiplier: multiplier.optional(),
  usMultiplier: multiplier.optional(),
  batchMultiplier: multiplier.optional(),
  /** First and last UTC day, both inclusive; null is open. */
  effectiveFrom: date,
  effectiveTo: date,
  confidence: z.string(),
  source: z.array(z.string()),
  sourceDate: z.string().nullish(),
  note: z.string().optional(),
});

const seat = z.strictObject({
  vendor: z.string(),
  plan: z.string(),
  /** Null: agreed with each customer. */
  usdMonthly: usd.nullish(),
  usdMonthlyAnnualBilling: usd.nullish(),
  includedApiUsageUsd: usd.optional(),
  confidence: z.string(),
  note: z.string().optional(),
});

export const priceTableSchema = z.strictObject({
  generated: z.iso.date(),
  unit: z.literal('USD per million tokens'),
  currency: z.literal('USD'),
  fields: z.record(z.string(), z.string()),
  rules: z.array(z.string()),
  cursorSurcharges: z.record(z.string(), z.union([z.number(), z.string()])),
  serverTools: z.strictObject({
    anthropicWebSearchPer1k: z
      .number()
      .nonnegative()
      .refine((value) => decimalPlaces(value) <= 3, 'has more than three decimals'),
  }),
  sources: z.record(z.string(), z.string()),
  models: z.array(priceRowSchema).superRefine((rows, context) => {
    for (const message of [...overlaps(rows), ...unpriceable(rows)]) context.addIssue({ code: 'custom', message });
  }),
  seats: z.array(seat),
});

/** A price table that cannot be used; the message lists what is wrong and where. */
export class PriceTableError extends Error {
  override name = 'PriceTableError';
}

/** Checks a price table read from a file. Throws a PriceTableError. */
export function parsePriceTable(json: unknown): PriceTable {
  const result = priceTableSchema.safeParse(json);
  if (!result.success) throw new PriceTableError(z.prettifyError(result.error), { cause: result.error });
  return result.data;
}

function decimalPlaces(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  return Math.max(0, (mantissa.split('.')[1] ?? '').length - Number(exponent));
}

function compiles(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

/** Two rows of one model that hold the same day: which of them is meant cannot be told. */
function overlaps(rows: readonly PriceRow[]): string[] {
  const spans = rows
    .map((row) => ({
      name: `${row.provider} ${row.model}`,
      from: row.effectiveFrom ?? '0000',
      to: row.effectiveTo ?? '9999',
    }))
    .toSorted((a, b) => (a.name + a.from < b.name + b.from ? -1 : 1));
  return spans.flatMap((span, i) => {
    const before = spans[i - 1];
    return before?.name === span.name && span.from <= before.to ? [`${span.name}: two prices on ${span.from}`] : [];
  });
}

/** Rows whose prices with every modifier applied cannot be kept as integers; fewer modifiers only make them smaller. */
function unpriceable(rows: readonly PriceRow[]): string[] {
  return rows.flatMap((row) => {
    const factors = [row.fastMultiplier, row.usMultiplier, row.batchMultiplier].filter((value) => value !== undefined);
    try {
      for (const prices of [standardPrices(row), row.tier]) if (prices) ratesFrom(prices, factors);
      return [];
    } catch (error) {
      return [`${row.model}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}
