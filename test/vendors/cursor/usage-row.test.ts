import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUsageRow } from '../../../src/vendors/cursor/usage-row.ts';

const ROW = {
  timestamp: '1795095812345',
  userEmail: 'Ada@Example.com',
  conversationId: '5f6c0d0e',
  model: 'claude-4.5-sonnet-thinking',
  kind: 'Usage-based',
  maxMode: true,
  requestsCosts: 5,
  isTokenBasedCall: true,
  isChargeable: true,
  isHeadless: false,
  tokenUsage: {
    inputTokens: 126,
    outputTokens: 450,
    cacheWriteTokens: 6112,
    cacheReadTokens: 11964,
    totalCents: 20.18232,
    discountPercentOff: 10,
  },
  chargedCents: 21.36232,
  cursorTokenFee: 1.18,
};

describe('a row of usage events', () => {
  it('keeps value, charge and fee apart, in micro-dollars', () => {
    expect(readUsageRow(ROW)).toEqual({
      atMs: 1795095812345,
      who: 'ada@example.com',
      model: 'claude-4.5-sonnet-thinking',
      kind: 'Usage-based',
      conversationId: '5f6c0d0e',
      cloudAgentId: null,
      inputTokens: 126,
      outputTokens: 450,
      cacheReadTokens: 11964,
      cacheWriteTokens: 6112,
      reportedMicros: 201_823,
      chargedMicros: 213_623,
      feeMicros: 11_800,
      billedMicros: 213_623,
    });
  });

  it('bills nothing that is included, and values what is not counted by tokens at its charge without the fee', () => {
    const rest: Partial<typeof ROW> = { ...ROW };
    delete rest.tokenUsage;
    expect(
      readUsageRow({ ...rest, isTokenBasedCall: false, isChargeable: false, chargedCents: 8, cursorTokenFee: 0.5 }),
    ).toMatchObject({ reportedMicros: 75_000, chargedMicros: 80_000, billedMicros: null, inputTokens: 0 });
    expect(readUsageRow({ timestamp: 1795095812345 })).toMatchObject({ reportedMicros: null, billedMicros: null });
  });

  it.each([
    [{ userEmail: '', serviceAccountId: 'sa_01HZX' }, 'sa_01HZX'],
    [{ userEmail: 'null', serviceAccountId: 'sa_01HZX' }, 'sa_01HZX'],
    [{ userEmail: undefined, serviceAccountId: 'Bot@Example.com' }, 'bot@example.com'],
    [{ userEmail: ' Ada@Example.com\n' }, 'ada@example.com'],
    [{ userEmail: '' }, null],
    [{ userEmail: 7 }, null],
  ])('belongs to %j', (members, who) => {
    expect(readUsageRow({ ...ROW, ...members })?.who).toBe(who);
  });

  it.each([
    ['1795095812345', 1795095812345],
    [1795095812345, 1795095812345],
    [1795095812345.75, 1795095812345],
    ['', null],
    ['soon', null],
    [undefined, null],
    [null, null],
    [0, null],
    ['1795095812', null],
    [Number.NaN, null],
  ])('has the time of %j', (timestamp, atMs) => {
    expect(readUsageRow({ ...ROW, timestamp })?.atMs ?? null).toBe(atMs);
  });

  it('takes any number as a count that the wire takes too', () => {
    const counts = { inputTokens: '12', outputTokens: -5, cacheReadTokens: 1e300, cacheWriteTokens: 3.6 };
    expect(readUsageRow({ ...ROW, tokenUsage: counts })).toMatchObject({
      inputTokens: 12,
      outputTokens: 0,
      cacheReadTokens: 1_000_000_000,
      cacheWriteTokens: 4,
    });
  });

  it('never fails, whatever it is made of', () => {
    const keys = fc.constantFrom(...Object.keys(ROW), 'serviceAccountId', 'cloudAgentId');
    fc.assert(
      fc.property(fc.dictionary(keys, fc.anything()), (row) => {
        const read = readUsageRow({ timestamp: '1795095812345', ...row });
        if (read) expect(Number.isSafeInteger(read.atMs)).toBe(true);
      }),
    );
    for (const value of [null, 7, 'row', []]) expect(readUsageRow(value)).toBeNull();
  });
});

describe('money', () => {
  /** Micro-dollars of a decimal text of cents, half up, by another way than ours. */
  function micros(text: string): bigint {
    const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
    const [whole = '', fraction = ''] = mantissa.split('.');
    const shift = Number(exponent) + 4 - fraction.length;
    const digits = BigInt(whole + fraction);
    if (shift >= 0) return digits * 10n ** BigInt(shift);
    const unit = 10n ** BigInt(-shift);
    return (digits + unit / 2n) / unit;
  }

  it('of 100,000 random charges adds up to the decimal sum', () => {
    let seed = 42;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const charges = Array.from({ length: 100_000 }, (_, i) =>
      // What Cursor shows: up to five decimals; and whatever else a double can be.
      i % 2 === 0 ? Math.round(random() * 10_000_000) / 100_000 : random() * 10 ** (random() * 9 - 4),
    );
    const sum = charges.reduce(
      (total, chargedCents) => total + BigInt(readUsageRow({ ...ROW, chargedCents })?.billedMicros ?? 0),
      0n,
    );
    expect(sum).toBe(charges.reduce((total, charge) => total + micros(String(charge)), 0n));
  });
});
