import { expect, it } from 'vitest';
import { takeSeats } from '../../../src/server/sync/take-seats.ts';
import { testApp } from '../../support/app.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const personFor = (email: string): string => `email:${email}`;

it('gives and ends seats as the vendor lists its members, and leaves those that were entered', async () => {
  const { people } = await testApp({ now: () => NOW });
  const { seats } = people;
  await seats.put({ org: 'acme', author: 'admin' }, { email: 'grace@acme.com', assistant: 'cursor' }, { tier: 'pro' });
  const holder = (name: string, holds = true) => ({ email: `${name}@acme.com`, assistant: 'cursor' as const, holds });
  const take = (...holders: ReturnType<typeof holder>[]) =>
    takeSeats(seats, 'acme', holders, { personFor, nowMs: NOW });
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
  const warnings = await takeSeats(seats, 'acme', [holder('new')], {
    ...{ personFor, tier: 'unheard-of', nowMs: NOW },
  });
  expect(warnings.join()).toMatch(/no list price/);
});

it('begins the seats of whom a later reading adds when it adds them', async () => {
  const { people } = await testApp({ now: () => NOW });
  const { seats } = people;
  const holders = (...names: string[]) =>
    names.map((name) => ({ email: `${name}@acme.com`, assistant: 'cursor' as const, holds: true }));
  await takeSeats(seats, 'acme', holders('ada', 'bob'), { personFor, nowMs: NOW - 1000 });
  await takeSeats(seats, 'acme', holders('ada', 'bob', 'cid'), { personFor, nowMs: NOW });
  const since = seats.holdings.all('acme').map(({ value }) => [value.email, value.spans.map(({ fromMs }) => fromMs)]);
  expect(since).toEqual([
    ['ada@acme.com', [null]],
    ['bob@acme.com', [null]],
    ['cid@acme.com', [NOW]],
  ]);
});

it('gives nobody a second seat under another address', async () => {
  const { people } = await testApp({ now: () => NOW });
  const { seats, roster, viewOf } = people;
  const admin = { org: 'acme', author: 'admin' };
  await roster.putMember(admin, 'ada@acme.com', { aliases: ['ada@home.org'] });
  await roster.putMember(admin, 'bob@acme.com', { aliases: ['bob@home.org'] });
  await seats.put(admin, { email: 'ada@acme.com', assistant: 'cursor' }, { tier: 'pro' });
  const take = async (...holders: [email: string, holds: boolean][]) =>
    await takeSeats(
      seats,
      'acme',
      holders.map(([email, holds]) => ({ email, assistant: 'cursor', holds })),
      { personFor: viewOf('acme').personFor, nowMs: NOW },
    );
  const held = () =>
    seats.holdings.all('acme').map(({ value, version }) => [value.email, version, value.spans.map(({ toMs }) => toMs)]);
  expect(await take(['ada@home.org', true], ['bob@home.org', true])).toEqual([]);
  expect(held()).toEqual([
    ['ada@acme.com', 1, [null]],
    ['bob@acme.com', 1, [null]],
  ]);
  // Removed under one address, a member under another.
  expect(await take(['bob@acme.com', false], ['bob@home.org', true], ['ada@home.org', false])).toEqual([]);
  expect(held()).toEqual([
    ['ada@acme.com', 2, [NOW]],
    ['bob@acme.com', 1, [null]],
  ]);
});
