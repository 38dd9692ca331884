import { expect, it } from 'vitest';
import { takeSeats } from '../../../src/server/sync/take-seats.ts';
import { testApp } from '../../support/app.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

it('gives and ends seats as the vendor lists its members, and leaves those that were entered', async () => {
  const { people } = await testApp({ now: () => NOW });
  const { seats } = people;
  await seats.put({ org: 'acme', author: 'admin' }, { email: 'grace@acme.com', assistant: 'cursor' }, { tier: 'pro' });
  const holder = (name: string, holds = true) => ({ email: `${name}@acme.com`, assistant: 'cursor' as const, holds });
  const take = (...holders: ReturnType<typeof holder>[]) => takeSeats(seats, 'acme', holders, { nowMs: NOW });
  const held = () =>
    Object.fromEntries(
      seats.holdings.all('acme').map(({ value }) => [value.email, value.spans.map(({ tier, toMs }) => [tier, toMs])]),
    );
  expect(await take(holder('ada'), holder('grace'), holder('never', false))).toEqual([]);
  expect(held()).toEqual({ 'grace@acme.com': [['pro', null]], 'ada@acme.com': [['business', null]] });
  const before = (await people.log.load(), seats.holdings.all('acme').map(({ version }) => version));
  await take(holder('ada'), holder('grace'));
  expect(seats.holdings.all('acme').map(({ version }) => version)).toEqual(before);
  await take(holder('ada', false));
  expect(held()).toMatchObject({ 'ada@acme.com': [['business', NOW]] });
  const warnings = await takeSeats(seats, 'acme', [holder('new')], { tier: 'unheard-of', nowMs: NOW });
  expect(warnings.join()).toMatch(/no list price/);
});
