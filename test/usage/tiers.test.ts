import { describe, expect, it } from 'vitest';
import { ASSISTANTS } from '../../src/usage/event.ts';
import { seatMicros } from '../../src/usage/seat-prices.ts';
import { billingOf, findTier, tiersOf } from '../../src/usage/tiers.ts';

describe('tiers', () => {
  it('are those that setup offers, at their list prices', () => {
    const priced = (assistant: 'claude-code' | 'cursor') =>
      tiersOf(assistant).map((tier) => [tier.id, tier.label, tier.billing, seatMicros(tier)]);
    expect(priced('claude-code')).toEqual([
      ['pro', 'Claude Pro', 'seat', 20_000_000],
      ['max_5x', 'Claude Max 5x', 'seat', 100_000_000],
      ['max_20x', 'Claude Max 20x', 'seat', 200_000_000],
      ['team_premium', 'Claude Team Premium', 'seat', 125_000_000],
      // Sold by the year only.
      ['enterprise', 'Claude Enterprise', 'metered', 20_000_000],
      ['api', 'Claude API', 'metered', 0],
    ]);
    expect(priced('cursor')).toEqual([
      ['pro', 'Cursor Pro', 'seat', 20_000_000],
      ['business', 'Cursor Business (Teams Standard)', 'seat', 40_000_000],
      ['enterprise', 'Cursor Enterprise', 'metered', null],
      ['api', 'Cursor API', 'metered', 0],
    ]);
    expect(tiersOf('gemini-cli')).toEqual([]);
  });

  it('are found however they are spelt', () => {
    for (const text of ['max_20x', 'max-20x', 'Max 20x', 'MAX20X', ' Claude Max (20x) ', 'claude_max_20x']) {
      expect(findTier('claude-code', text)?.id, text).toBe('max_20x');
    }
    expect(findTier('cursor', 'Teams Standard')?.id).toBe('business');
    expect(findTier('cursor', 'Business')?.id).toBe('business');
  });

  it('are not guessed', () => {
    for (const text of ['', 'max', 'gold', '20x', 'claude', '__proto__', 'constructor', 'pro'.repeat(1_000)]) {
      expect(findTier('claude-code', text), text).toBeNull();
      expect(findTier('cursor', text), text).toBeNull();
    }
    expect(findTier('claude-code', null)).toBeNull();
    expect(findTier('claude-code', 'business')).toBeNull();
    expect(findTier('cursor', 'max_5x')).toBeNull();
  });
});

describe('billingOf', () => {
  it.each([
    ['claude-code', 'pro', 'seat'],
    ['claude-code', 'Max 5x', 'seat'],
    ['claude-code', 'team-premium', 'seat'],
    ['claude-code', 'enterprise', 'metered'],
    ['claude-code', 'api', 'metered'],
    ['claude-code', 'gold', 'unknown'],
    ['claude-code', null, 'unknown'],
    ['claude-cowork', 'pro', 'metered'],
    ['claude-cowork', null, 'metered'],
    ['cursor', 'business', 'seat'],
    ['cursor', 'enterprise', 'metered'],
    ['cursor', 'API', 'metered'],
    ['cursor', 'team_premium', 'unknown'],
    ['gemini-cli', null, 'unknown'],
    ['gemini-cli', 'pro', 'unknown'],
    ['gemini-cli', 'api', 'metered'],
    ['openai', null, 'metered'],
  ] as const)('%s on %s is %s', (assistant, tier, billing) => {
    expect(billingOf(assistant, tier)).toBe(billing);
  });

  it('agrees with the tier wherever there is one', () => {
    for (const assistant of ASSISTANTS.filter((name) => name !== 'claude-cowork')) {
      for (const tier of tiersOf(assistant)) expect(billingOf(assistant, tier.id)).toBe(tier.billing);
    }
  });
});
