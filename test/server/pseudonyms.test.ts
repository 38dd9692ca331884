import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApp } from '../support/app.ts';
import { send } from '../support/calls.ts';

/** Nine people who have all done the same: nothing but their names could put them in an order. */
const NAMES = ['ada', 'bob', 'cid', 'dora', 'eve', 'finn', 'gil', 'hana', 'ivo'];
const NOW = Date.UTC(2026, 10, 20, 12);
const asking = { org: 'acme', author: 'test' };

let server: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  server = await openApp({ now: () => NOW });
  const { roster, seats, settings, directory } = server.people;
  for (const name of NAMES) {
    const email = `${name}@acme.com`;
    await roster.putMember(asking, email, { name });
    await seats.put(asking, { email, assistant: 'claude-code' }, { tier: 'pro' });
    await seats.put(asking, { email, assistant: 'cursor' }, { tier: 'pro' });
  }
  await settings.put(asking, { pseudonyms: true });
  await directory.refresh('acme');
  await send(
    server,
    NAMES.map((name, n) => ({ n, at: '2026-11-05T10:00:00Z', email: `${name}@acme.com` })),
  );
});
afterAll(() => server.close());

/** The lists of pseudonyms that stand in an answer. */
function listsIn(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(listsIn);
  if (!Array.isArray(value)) return inner;
  const names = value.flatMap((one: unknown): string[] => {
    const { user, key } = typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : {};
    return [one, user, key].flatMap((name) => (typeof name === 'string' && name.startsWith('person-') ? [name] : []));
  });
  return [...new Set(names)].length < 3 ? inner : [[...new Set(names)], ...inner];
}

const WHOLE = 'from=2026-11-01&to=2026-11-20';
it.each([
  ['breakdown', `by=user&${WHOLE}`],
  ['breakdown', `by=user&limit=4&${WHOLE}`],
  ['users', WHOLE],
  ['users', `limit=4&sort=totalTokens&${WHOLE}`],
  ['segments', WHOLE],
  ['value', WHOLE],
  ['value', 'from=2026-11-08&to=2026-11-10'],
  ['data-quality', WHOLE],
  ['retention', 'from=2026-11-10&to=2026-11-16'],
  ['leaderboard', WHOLE],
  ['leaderboard', `limit=4&sort=cost&${WHOLE}`],
  ['filters', WHOLE],
  ['timeseries', `by=user&${WHOLE}`],
])('the order of pseudonyms in %s?%s tells nothing of whose they are', async (report, query) => {
  const url = `/api/v1/acme/${report}?${query}`;
  const { statusCode, body } = await server.app.inject({ url, headers: { 'x-api-key': await server.key('admin') } });
  expect(statusCode).toBe(200);
  const lists = listsIn(JSON.parse(body));
  expect(lists.length).toBeGreaterThan(0);
  for (const list of lists) expect(list).toEqual([...list].sort());
  const { nextCursor = null } = JSON.parse(body) as { nextCursor?: string | null };
  expect(Buffer.from(nextCursor ?? '', 'base64url').toString()).not.toContain('@');
  for (const name of NAMES) expect(body).not.toContain(`${name}@`);
});

it('nobody but oneself is found by an address', async () => {
  const ask = async (user: string) => {
    const headers = { 'x-api-key': await server.key('manager', 'acme', 'ada@acme.com') };
    const { body } = await server.app.inject({ url: `/api/v1/acme/summary?${WHOLE}&user=${user}`, headers });
    const one = await server.app.inject({ url: `/api/v1/acme/users/${user}?${WHOLE}`, headers });
    return [(JSON.parse(body) as { totalRequests: number }).totalRequests, one.statusCode];
  };
  expect(await ask('ada@acme.com')).toEqual([1, 200]);
  expect(await ask('email:ada@acme.com')).toEqual([1, 200]);
  expect(await ask('bob@acme.com')).toEqual([0, 404]);
  expect(await ask('email:bob@acme.com')).toEqual([0, 404]);
});
