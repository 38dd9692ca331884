import { describe, expect, it } from 'vitest';
import bundled from '../../src/usage/prices.json' with { type: 'json' };
import { PriceTableError, bundledPriceTable, parsePriceTable, priceTableVersion } from '../../src/usage/price-table.ts';
import { createPriceBook } from '../../src/usage/pricing.ts';

/** The bundled table with its first row changed. */
const withFirst = (change: Record<string, unknown>): unknown => {
  const [first, ...rest] = bundled.models;
  return { ...bundled, models: [{ ...first, ...change }, ...rest] };
};
const reason = (table: unknown): string => {
  try {
    parsePriceTable(table);
  } catch (error) {
    if (error instanceof PriceTableError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('the bundled table', () => {
  it('is one that would be accepted from a file, with nothing lost', () => {
    expect(bundledPriceTable().models).toHaveLength(bundled.models.length);
    expect(bundledPriceTable()).toMatchObject(JSON.parse(JSON.stringify(bundled)) as object);
  });

  it('names a known source for every price', () => {
    const table = bundledPriceTable();
    for (const row of table.models)
      for (const source of row.source) expect(table.sources, row.model).toHaveProperty(source);
  });

  it('finds every row by its own name and by every alias', () => {
    const book = createPriceBook();
    const tokens = {
      inputTokens: 1,
      outputTokens: 1,
      cacheReadTokens: 0,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 0,
    };
    const plain = {
      assistant: 'cursor',
      granularity: 'call',
      webSearches: null,
      speed: null,
      serviceTier: null,
      inferenceGeo: null,
    } as const;
    for (const row of bundledPriceTable().models.filter((row) => row.input !== null)) {
      const atMs = Date.parse(row.effectiveFrom ?? row.effectiveTo ?? '2026-11-20');
      for (const model of [row.model, ...row.aliases]) {
        expect(book.priceOf({ ...plain, ...tokens, model, atMs })?.row, model).toBe(row);
      }
    }
  });
});

describe('the version', () => {
  it('is the date and the content, not the form of the file', () => {
    const version = priceTableVersion(bundledPriceTable());
    expect(version).toMatch(/^2026-11-20-[0-9a-f]{12}$/);
    const shuffled = JSON.parse(
      JSON.stringify({
        ...bundled,
        models: bundled.models.map((row) => Object.fromEntries(Object.entries(row).reverse())),
      }),
    ) as unknown;
    expect(priceTableVersion(parsePriceTable(shuffled))).toBe(version);
    expect(priceTableVersion(parsePriceTable(withFirst({ input: 8.01 })))).not.toBe(version);
    expect(createPriceBook(parsePriceTable(withFirst({ input: 8.01 }))).version).not.toBe(createPriceBook().version);
  });
});

describe('a table from a file', () => {
  it.each([
    [{ input: -1 }, 'models[0].input'],
    [{ input: '8' }, 'models[0].input'],
    [{ output: 1.7999999999999998 }, 'more than six decimals'],
    [{ cacheRead: 1e-7 }, 'more than six decimals'],
    [{ batchMultiplier: 0 }, 'models[0].batchMultiplier'],
    [{ patterns: ['('] }, 'is not a regular expression'],
    [{ effectiveFrom: '2026-02-30' }, 'models[0].effectiveFrom'],
    [{ cachRead: 1 }, 'cachRead'],
    [{ model: 'claude-mythos-5-2' }, 'anthropic claude-mythos-5-2: two prices on 2026-11-09'],
    [
      { input: 99_999.999999, fastMultiplier: 99.999, usMultiplier: 99.999, batchMultiplier: 99.999 },
      'claude-fable-5-2: prices too fine',
    ],
  ])('is refused for %j', (change, message) => {
    expect(reason(withFirst(change))).toContain(message);
  });

  it.each([null, [], 'prices', {}, { ...bundled, currency: 'EUR' }])(
    'is refused where it is something else',
    (table) => {
      expect(reason(table)).not.toBe('accepted');
    },
  );

  it('prices by its own figures', () => {
    const book = createPriceBook(parsePriceTable(withFirst({ input: 9.5 })));
    const price = book.priceOf({
      assistant: 'claude-code',
      granularity: 'call',
      atMs: Date.parse('2026-11-09'),
      model: 'claude-fable-5-2',
      webSearches: null,
      speed: null,
      serviceTier: null,
      inferenceGeo: null,
      inputTokens: 1,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 0,
    });
    expect(price && price.rates.input / price.rates.unit).toBe(9.5);
  });
});
