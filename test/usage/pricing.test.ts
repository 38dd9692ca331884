import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PricedCall } from '../../src/usage/pricing.ts';
import { createPriceBook } from '../../src/usage/pricing.ts';

const book = createPriceBook();
const MILLION = 1_000_000;

/** A call with nothing said but what is given; `on` is its UTC day. */
function call({ on = '2026-11-20', ...given }: Partial<PricedCall> & { on?: string }): PricedCall {
  return {
    assistant: 'claude-code',
    granularity: 'call',
    atMs: Date.parse(`${on}T12:00:00Z`),
    model: null,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    webSearches: null,
    speed: null,
    serviceTier: null,
    inferenceGeo: null,
    ...given,
  };
}
const price = (given: Partial<PricedCall> & { on?: string }): number | null => book.listMicros(call(given));

/** USD per million tokens as the book has them: input, 5 m write, 1 h write, read, output. */
function perMillion(given: Partial<PricedCall> & { on?: string }): (number | null)[] {
  const fields = [
    'inputTokens',
    'cacheWrite5mTokens',
    'cacheWrite1hTokens',
    'cacheReadTokens',
    'outputTokens',
  ] as const;
  return fields.map((field) => {
    const micros = price({ granularity: 'day', ...given, [field]: MILLION });
    return micros === null ? null : micros / MILLION;
  });
}

describe('list prices', () => {
  it.each([
    ['claude-fable-5-2', [8, 10, 16, 0.2, 40]],
    ['claude-fable-5-1', [10, 12.5, 20, 0.25, 50]],
    ['claude-mythos-5', [10, 12.5, 20, 1, 50]],
    ['claude-opus-5-5', [4, 5, 8, 0.2, 20]],
    ['claude-opus-5', [5, 6.25, 10, 0.5, 25]],
    ['claude-opus-4-1-20250805', [15, 18.75, 30, 1.5, 75]],
    ['claude-sonnet-5', [2, 2.5, 4, 0.2, 10]],
    ['claude-sonnet-4-6', [3, 3.75, 6, 0.3, 15]],
    ['claude-haiku-4-5-20251001', [1, 1.25, 2, 0.1, 5]],
    ['claude-3-5-haiku-20241022', [0.8, 1, 1.6, 0.08, 4]],
    // No price for one hour: the five-minute one. None for writing at all: input. None for reading: input.
    ['gpt-6-sol', [2, 2.5, 2.5, 0.2, 10]],
    ['gpt-5.1-codex', [1.25, 1.25, 1.25, 0.125, 10]],
    ['gpt-5-pro', [15, 15, 15, 15, 120]],
    ['gemini-2.5-flash', [0.3, 0.3, 0.3, 0.03, 2.5]],
    ['gemini-2.0-flash-lite', [0.075, 0.075, 0.075, 0.01875, 0.3]],
  ])('of %s', (model, prices) => {
    expect(perMillion({ model })).toEqual(prices);
  });

  it('add up over all kinds of tokens', () => {
    // 102×4 + 52×20 + 20002×0.2 + 604×5 + 402×8 = 408 + 1040 + 4000.4 + 3020 + 3216
    const tokens = {
      inputTokens: 102,
      outputTokens: 52,
      cacheReadTokens: 20_002,
      cacheWrite5mTokens: 604,
      cacheWrite1hTokens: 402,
    };
    expect(price({ model: 'claude-opus-5-5', ...tokens })).toBe(11_684);
  });

  it('are rounded once, half up', () => {
    // One token read at 0.10 per million is a tenth of a micro-dollar.
    const read = (cacheReadTokens: number) => price({ model: 'claude-sonnet-5-5', cacheReadTokens });
    expect([read(1), read(4), read(5), read(14), read(15)]).toEqual([0, 0, 1, 1, 2]);
    // 1 × 0.1 + 1 × 0.125 + 1 × 0.01 + 1 × 0.2 = 0.435; rounded kind by kind it would be the same, 2 of each 0.87 → 1.
    const each = { inputTokens: 2, cacheWrite5mTokens: 2, cacheReadTokens: 2, cacheWrite1hTokens: 2 };
    expect(price({ model: 'claude-haiku-5-5', ...each })).toBe(1);
  });

  it('hold on the day of the call, in UTC', () => {
    const read = (atMs: number) =>
      book.listMicros({ ...call({ model: 'claude-sonnet-5-5', cacheReadTokens: MILLION }), atMs });
    expect(read(Date.parse('2026-10-06T23:59:59.999Z'))).toBe(200_000);
    expect(read(Date.parse('2026-10-07T00:00:00Z'))).toBe(100_000);
    expect(perMillion({ model: 'gemini-4-argon', on: '2026-11-30' })).toEqual([2, 2, 2, 0.1, 10]);
    expect(perMillion({ model: 'gemini-4-argon', on: '2026-12-01' })).toEqual([4, 4, 4, 0.2, 20]);
    expect(perMillion({ model: 'gemini-3.6-flash', on: '2026-07-31' })[0]).toBe(1.5);
    expect(perMillion({ model: 'gemini-3.6-flash', on: '2026-08-01' })[0]).toBe(0.75);
    expect(perMillion({ model: 'gemini-3.6-flash', on: '2027-01-01' })[0]).toBe(1.5);
    expect(perMillion({ model: 'gpt-5.6', on: '2026-08-20' })[4]).toBe(30);
    expect(perMillion({ model: 'gpt-5.6', on: '2026-08-21' })[4]).toBe(20);
  });
});

describe('long prompts', () => {
  it('cost more as a whole, however the prompt divides', () => {
    const model = 'claude-sonnet-4-5';
    // 300,000 read at 0.60 and 1,000 out at 22.50; 100,000 at 0.30 and 200,000 at 0.60 would be too little.
    expect(price({ model, cacheReadTokens: 300_000, outputTokens: 1_000 })).toBe(180_000 + 22_500);
    expect(
      price({
        model,
        inputTokens: 50_000,
        cacheReadTokens: 50_000,
        cacheWrite5mTokens: 50_000,
        cacheWrite1hTokens: 50_001,
      }),
    ).toBe(300_000 + 30_000 + 375_000 + 600_012);
    expect(price({ model: 'claude-haiku-5-5', inputTokens: 100_001, outputTokens: 10 })).toBe(50_026);
    expect(
      price({
        model: 'gpt-6-astra',
        assistant: 'openai',
        inputTokens: 300_000,
        cacheReadTokens: 1_000,
        outputTokens: 100,
      }),
    ).toBe(6_000_000 + 2_000 + 7_500);
    expect(price({ model: 'gemini-2.5-pro', assistant: 'gemini-cli', inputTokens: 1, cacheReadTokens: 200_000 })).toBe(
      50_003,
    );
  });

  it('begin above the threshold, not at it; output does not count', () => {
    expect(price({ model: 'claude-sonnet-4-5', inputTokens: 200_000 })).toBe(600_000);
    expect(price({ model: 'claude-sonnet-4-5', inputTokens: 200_001 })).toBe(1_200_006);
    expect(price({ model: 'claude-haiku-5-5', inputTokens: 100_000, outputTokens: 50_000 })).toBe(10_000 + 25_000);
    expect(price({ model: 'claude-opus-5-5', inputTokens: 900_000 })).toBe(3_600_000);
  });

  it('cannot be told from a sum over a day', () => {
    expect(price({ model: 'claude-sonnet-4-5', granularity: 'day', inputTokens: 5 * MILLION })).toBe(15 * MILLION);
  });
});

describe('modifiers', () => {
  it('fast mode multiplies every price', () => {
    expect(perMillion({ model: 'claude-opus-5-5', speed: 'fast' })).toEqual([8, 10, 16, 0.4, 40]);
    expect(perMillion({ model: 'claude-opus-5-5-fast' })).toEqual([8, 10, 16, 0.4, 40]);
    expect(perMillion({ model: 'claude-opus-5-5-fast[1m]', speed: 'fast' })).toEqual([8, 10, 16, 0.4, 40]);
    expect(perMillion({ model: 'gpt-5.5', speed: 'fast' })).toEqual([12.5, 12.5, 12.5, 1.25, 75]);
    expect(perMillion({ model: 'Opus 5 Fast (Auto Balanced)', assistant: 'cursor' })[4]).toBe(50);
    expect(perMillion({ model: 'claude-opus-5-5', speed: 'normal' })[0]).toBe(4);
    // A model without a fast mode runs as ever.
    expect(perMillion({ model: 'claude-sonnet-4-6', speed: 'fast' })[0]).toBe(3);
  });

  it('a row of its own has the fast price already', () => {
    expect(perMillion({ model: 'claude-opus-4-7-fast', assistant: 'cursor' })).toEqual([30, 37.5, 37.5, 3, 150]);
    expect(perMillion({ model: 'claude-opus-4-7-thinking-fast', assistant: 'cursor', speed: 'fast' })[0]).toBe(30);
    expect(perMillion({ model: 'composer-2.5-fast', assistant: 'cursor', speed: 'fast' })).toEqual([3, 3, 3, 0.5, 15]);
  });

  it('processing in the US, and batches', () => {
    expect(perMillion({ model: 'claude-opus-5-5', inferenceGeo: 'us' })).toEqual([4.4, 5.5, 8.8, 0.22, 22]);
    expect(perMillion({ model: 'claude-opus-5-5', inferenceGeo: 'US' })[0]).toBe(4.4);
    expect(perMillion({ model: 'claude-opus-5-5', inferenceGeo: 'global' })[0]).toBe(4);
    expect(perMillion({ model: 'claude-opus-4-5', inferenceGeo: 'us' })[0]).toBe(5);
    expect(perMillion({ model: 'claude-opus-5-5', serviceTier: 'batch' })).toEqual([2, 2.5, 4, 0.1, 10]);
    expect(perMillion({ model: 'gemini-2.5-pro', serviceTier: 'batch' })[4]).toBe(5);
  });

  it('combine, also with long prompts', () => {
    const all = { speed: 'fast', inferenceGeo: 'us', serviceTier: 'batch' };
    // 4 × 2 × 1.1 × 0.5
    expect(perMillion({ model: 'claude-opus-5-5', ...all })).toEqual([4.4, 5.5, 8.8, 0.22, 22]);
    // 0.5 × 1.1 × 0.5 × 200,001 = 55,000.275
    expect(price({ model: 'claude-haiku-5-5', inputTokens: 200_001, ...all })).toBe(55_000);
    expect(price({ model: 'gpt-5.4', speed: 'fast', inputTokens: 272_001 })).toBe(2_720_010);
  });

  it('processing tiers of OpenAI, whose names mean other things at Anthropic', () => {
    expect(perMillion({ model: 'gpt-6-sol', serviceTier: 'priority' })[0]).toBe(4);
    expect(perMillion({ model: 'gpt-6-sol', serviceTier: 'flex' })[0]).toBe(1);
    expect(perMillion({ model: 'claude-opus-5-5', serviceTier: 'priority' })[0]).toBe(4);
    expect(perMillion({ model: 'claude-opus-5-5', serviceTier: 'flex' })[0]).toBe(4);
  });

  it('web searches cost a cent each at Anthropic, whatever else is multiplied', () => {
    expect(price({ model: 'claude-opus-5-5', webSearches: 2, inputTokens: 1, speed: 'fast' })).toBe(20_008);
    expect(price({ model: 'claude-opus-5-5', webSearches: 0 })).toBe(0);
    expect(price({ model: 'gpt-6-sol', webSearches: 2 })).toBe(0);
  });
});

describe('names', () => {
  const input = (model: string, assistant: PricedCall['assistant'] = 'claude-code') =>
    perMillion({ model, assistant })[0];

  it('a longer context is the same model', () => {
    expect(input('claude-opus-5-5[1m]')).toBe(4);
    expect(input('claude-sonnet-4-5-20250929[1m]')).toBe(3);
    expect(input(' claude-opus-5-5 ')).toBe(4);
  });

  it('clouds and routers write them differently', () => {
    expect(input('us.anthropic.claude-opus-4-6-v1:0')).toBe(5);
    expect(input('anthropic/claude-opus-4.6')).toBe(5);
    expect(input('claude-haiku-4-5@20251001')).toBe(1);
    expect(input('eu.anthropic.claude-sonnet-4-20250514-v1:0')).toBe(3);
    expect(
      input('arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-5-haiku-20241022-v1:0'),
    ).toBe(0.8);
    expect(input('models/gemini-2.5-pro')).toBe(1.25);
  });

  it('the exact name wins over a pattern that would take it, and the longer name over the shorter', () => {
    // `-max` is an effort too: gpt-5.1-codex-max is a model, gpt-5.1-codex at that effort is not meant.
    expect(book.priceOf(call({ model: 'gpt-5.1-codex-max' }))?.row.model).toBe('gpt-5.1-codex-max');
    expect(book.priceOf(call({ model: 'gpt-5.1-codex-max-fast' }))?.row.model).toBe('gpt-5.1-codex-max');
    expect(book.priceOf(call({ model: 'gpt-5.1-codex-high' }))?.row.model).toBe('gpt-5.1-codex');
  });

  it("Cursor's own words are models in Cursor alone", () => {
    expect(input('default', 'cursor')).toBe(1.25);
    expect(input('auto', 'cursor')).toBe(1.25);
    expect(input('Composer 2.5 Fast (Auto Balanced)', 'cursor')).toBe(3);
    expect(input('claude-4.5-sonnet-thinking', 'cursor')).toBe(3);
    expect(input('default', 'claude-code')).toBeNull();
    expect(input('auto', 'gemini-cli')).toBeNull();
  });

  it('an unknown one has no price, which is not zero', () => {
    for (const model of [
      'claude-opus-9',
      'gpt-4',
      'claude-opus-5-5x',
      '',
      '<synthetic>',
      '__proto__',
      'agent_review',
    ]) {
      expect(price({ model, assistant: 'cursor', inputTokens: 5 }), model).toBeNull();
      expect(price({ model, assistant: 'cursor' }), model).toBeNull();
    }
    expect(price({ model: null, inputTokens: 5 })).toBeNull();
    expect(price({ model: 'claude-opus-5-5' })).toBe(0);
  });

  it('a known one has none before it was sold', () => {
    expect(price({ model: 'claude-opus-5-5', on: '2026-09-21', inputTokens: 1 })).toBeNull();
    expect(price({ model: 'claude-opus-5-5', on: '2026-09-22', inputTokens: 1 })).toBe(4);
  });

  it('hostile ones do no harm', () => {
    const hostile = [
      'claude-opus-5-5'.padEnd(500, '-thinking'),
      `Claude opus 5 (${'('.repeat(180)}`,
      `us.${'anthropic.'.repeat(18)}`,
      `anthropic/${'-v1'.repeat(60)}`,
      `arn:${'/'.repeat(190)}`,
      ' '.repeat(199),
      'a-'.repeat(250),
      `claude-opus-5-5${' '.repeat(500)}`,
      '\u0000\uffff',
    ];
    for (let i = 0; i < 5_000; i += 1) {
      for (const model of [...hostile, `model-${i}`]) expect(price({ model, inputTokens: 1 })).toBeNull();
    }
    // Ever so many strangers do not push out what is known for good.
    expect(price({ model: 'claude-opus-5-5', inputTokens: 1 })).toBe(4);
  });
});

describe('what is no number of tokens', () => {
  it.each([-1, 0.5, NaN, Infinity, 2 ** 53])('%s is not priced', (count) => {
    expect(price({ model: 'claude-opus-5-5', inputTokens: count })).toBeNull();
    expect(price({ model: 'claude-opus-5-5', cacheWrite1hTokens: count })).toBeNull();
    expect(price({ model: 'claude-opus-5-5', webSearches: count })).toBeNull();
    expect(book.cacheSavingsMicros(call({ model: 'claude-opus-5-5', cacheReadTokens: count }))).toBeNull();
  });

  it('nor is what cannot be kept, nor a time that is none', () => {
    expect(price({ model: 'claude-opus-5-5', outputTokens: Number.MAX_SAFE_INTEGER })).toBeNull();
    expect(price({ model: 'claude-opus-5-5', webSearches: Number.MAX_SAFE_INTEGER })).toBeNull();
    expect(price({ model: 'claude-opus-5-5', atMs: NaN, inputTokens: 1 })).toBeNull();
  });
});

describe('cache savings', () => {
  const savings = (given: Partial<PricedCall> & { on?: string }) => book.cacheSavingsMicros(call(given));

  it('are what reading gained less what writing cost', () => {
    // 1,000,000 × (4 − 0.2) − 100,000 × (5 − 4) − 10,000 × (8 − 4)
    expect(
      savings({
        model: 'claude-opus-5-5',
        cacheReadTokens: MILLION,
        cacheWrite5mTokens: 100_000,
        cacheWrite1hTokens: 10_000,
      }),
    ).toBe(3_800_000 - 100_000 - 40_000);
    expect(savings({ model: 'claude-opus-5-5', cacheWrite5mTokens: 100_000 })).toBe(-100_000);
    expect(savings({ model: 'gemini-2.5-flash', cacheReadTokens: 100, cacheWrite5mTokens: 100 })).toBe(27);
  });

  it("are counted at the call's own prices", () => {
    expect(savings({ model: 'claude-sonnet-5-5', on: '2026-10-06', cacheReadTokens: 100 })).toBe(180);
    expect(savings({ model: 'claude-sonnet-5-5', on: '2026-10-07', cacheReadTokens: 100 })).toBe(190);
    expect(savings({ model: 'claude-sonnet-4-5', cacheReadTokens: 300_000 })).toBe(1_620_000);
    expect(savings({ model: 'claude-opus-5-5', speed: 'fast', cacheReadTokens: 100 })).toBe(760);
    expect(savings({ model: 'nobody', cacheReadTokens: 100 })).toBeNull();
  });
});

it('prices a call the same whatever was priced before it', () => {
  const asked = fc.record(
    {
      model: fc.constantFrom(
        'claude-opus-4-6',
        'claude-opus-5-5',
        'claude-sonnet-4-5',
        'gemini-2.5-pro',
        'gpt-5.1-codex',
        'x',
      ),
      assistant: fc.constantFrom('claude-code', 'cursor', 'gemini-cli'),
      on: fc.constantFrom('2025-10-01', '2026-11-20'),
      granularity: fc.constantFrom('call', 'day'),
      speed: fc.constantFrom('fast', 'standard'),
      serviceTier: fc.constantFrom('batch', 'priority', 'flex'),
      inferenceGeo: fc.constantFrom('us', 'global'),
      inputTokens: fc.constantFrom(0, 1000, 300_000),
      cacheReadTokens: fc.constantFrom(0, 7, 300_000),
    },
    { requiredKeys: ['model'] },
  );
  // Neighbours differ in one thing, if in any.
  const walk = fc.tuple(asked, fc.array(asked, { minLength: 1, maxLength: 12 })).map(([first, steps]) =>
    steps.reduce<(typeof first)[]>(
      (calls, step) => {
        const before = calls.at(-1) ?? first;
        const [key] = Object.keys(step).slice(-1) as (keyof typeof step)[];
        return [...calls, key === undefined ? before : { ...before, [key]: step[key] }];
      },
      [first],
    ),
  );
  fc.assert(
    fc.property(walk, (calls) => {
      const one = createPriceBook();
      for (const given of calls) expect(one.valuesOf(call(given))).toEqual(createPriceBook().valuesOf(call(given)));
    }),
    { numRuns: 60 },
  );
});
