import { describe, expect, it } from 'vitest';
import bundled from '../../src/usage/prices.json' with { type: 'json' };
import { PriceTableError, parsePriceTable } from '../../src/usage/price-table-schema.ts';
import { bundledPriceTable, priceTableVersion } from '../../src/usage/price-table.ts';
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
    expect(parsePriceTable(bundled)).toStrictEqual(bundledPriceTable());
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

  const day = Date.parse('2026-11-20');
  const billed = { inputTokens: 1, outputTokens: 0, cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 };
  const plain = { webSearches: null, speed: null, serviceTier: null, inferenceGeo: null, atMs: day } as const;
  /** The input price that rows (of nothing but what is given) have for a model. */
  const inputPrice = (rows: Record<string, unknown>[], model: string): number | null => {
    const models = rows.map((row) => ({
      ...bundled.models[0],
      aliases: [],
      patterns: [],
      patternsIgnoreCase: [],
      ...row,
    }));
    const book = createPriceBook(parsePriceTable({ ...bundled, models }));
    return book.listMicros({ assistant: 'claude-code', granularity: 'call', model, ...plain, ...billed });
  };

  it('prices by its own figures', () => {
    expect(inputPrice([{ model: 'ours', input: 7 }], 'ours')).toBe(7);
    expect(inputPrice([{ model: 'ours', input: 7 }], 'claude-fable-5-2')).toBeNull();
  });

  it('is searched for the name, then for an alias, then for a pattern, in whatever order it has them', () => {
    const named = { model: 'm', input: 1 };
    const aliased = { model: 'longer', aliases: ['m', 'n'], input: 2 };
    const like = { model: 'longest', patterns: ['^[mno]$'], input: 3 };
    for (const rows of [
      [named, aliased, like],
      [like, aliased, named],
      [aliased, like, named],
    ]) {
      expect(['m', 'n', 'o', 'p'].map((model) => inputPrice(rows, model))).toEqual([1, 2, 3, null]);
    }
  });

  it('may move an alias from one model to the next', () => {
    const before = { model: 'first', aliases: ['latest'], input: 1, effectiveFrom: null, effectiveTo: '2026-11-19' };
    const after = { model: 'second', aliases: ['latest'], input: 2, effectiveFrom: '2026-11-20' };
    expect(inputPrice([before, after], 'latest')).toBe(2);
    expect(
      inputPrice(
        [
          { ...before, effectiveTo: '2026-11-20' },
          { ...after, effectiveFrom: '2026-11-21' },
        ],
        'latest',
      ),
    ).toBe(1);
  });

  it('may hold a fast model with the price of its own and the multiplier of its family', () => {
    expect(inputPrice([{ model: 'ours-fast', input: 7, fastMultiplier: 2 }], 'ours-fast')).toBe(7);
    expect(inputPrice([{ model: 'ours', patterns: ['^ours-fast$'], input: 7, fastMultiplier: 2 }], 'ours-fast')).toBe(
      14,
    );
  });
});
