import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../src/server/services/keys.ts';
import { openApp } from '../support/app.ts';
import { send } from '../support/calls.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const asking = { org: 'acme', author: 'test' };

let server: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  server = await openApp({ now: () => NOW });
  const { roster } = server.people;
  const day = (text: string): number => Date.parse(text);
  await roster.putMember(asking, 'ada@acme.com', { team: 'web', aliases: ['ada@home.org'] });
  await roster.putMember(asking, 'bob@acme.com', { team: 'core', manager: 'lee@acme.com' });
  // Cid moves from web to core on the tenth.
  await roster.putMember(asking, 'cid@acme.com', { team: 'web' });
  await roster.putMember(asking, 'cid@acme.com', { team: 'core', fromMs: day('2026-11-10') });
  await roster.putMember(asking, 'kim@acme.com', { team: null, role: 'manager' });
  await roster.putMember(asking, 'lee@acme.com', { team: 'core', manager: 'mia@acme.com' });
  await roster.putMember(asking, 'mia@acme.com', {});
  await roster.putTeam(asking, 'web', { managers: ['kim@acme.com'], department: 'Product' });
  await server.people.directory.refresh('acme');
  await send(server, [
    { n: 1, at: '2026-11-05T10:00:00Z', email: 'ada@acme.com' },
    { n: 2, at: '2026-11-06T10:00:00Z', email: 'ada@home.org' },
    { n: 3, at: '2026-11-05T10:00:00Z', email: 'bob@acme.com' },
    { n: 4, at: '2026-11-05T10:00:00Z', email: 'cid@acme.com' },
    { n: 5, at: '2026-11-15T10:00:00Z', email: 'cid@acme.com' },
    { n: 6, at: '2026-11-05T10:00:00Z', email: 'kim@acme.com' },
    { n: 7, at: '2026-11-05T10:00:00Z', email: 'lee@acme.com' },
    { n: 8, at: '2026-11-05T10:00:00Z', email: 'stranger@acme.com' },
  ]);
});
afterAll(() => server.close());

async function report<T>(scope: Scope, email: string | undefined, path: string): Promise<{ status: number; body: T }> {
  const url = `/api/v1/acme/${path}${path.includes('?') ? '&' : '?'}from=2026-11-01&to=2026-12-01`;
  const response = await server.app.inject({ url, headers: { 'x-api-key': await server.key(scope, 'acme', email) } });
  return { status: response.statusCode, body: response.json<T>() };
}

/** Requests by person, as this caller sees them. */
async function seenBy(scope: Scope, email?: string, query = ''): Promise<Record<string, number>> {
  interface Rows {
    rows: { user: string; totalRequests: number }[];
  }
  const { body } = await report<Rows>(scope, email, `breakdown?by=user${query}`);
  const total = (await report<{ totalRequests: number }>(scope, email, `summary?${query.slice(1)}`)).body.totalRequests;
  const rows = body.rows.map(({ user, totalRequests }): [string, number] => [
    user.replace(/^email:(.*)@acme.com$/, '$1'),
    totalRequests,
  ]);
  // Whatever is seen adds up to what the summary says.
  expect(rows.reduce((sum, [, requests]) => sum + requests, 0)).toBe(total);
  return Object.fromEntries(rows);
}

const EVERYBODY = { ada: 2, bob: 1, cid: 2, kim: 1, lee: 1, stranger: 1 };

describe('whose usage is seen', () => {
  it('by an admin: everybody’s', async () => {
    expect(await seenBy('admin')).toEqual(EVERYBODY);
    expect(await seenBy('admin', 'ada@acme.com')).toEqual(EVERYBODY);
  });

  it('by a member: one’s own, under whichever of one’s addresses', async () => {
    expect(await seenBy('member', 'ada@acme.com')).toEqual({ ada: 2 });
    expect(await seenBy('member', 'ada@home.org')).toEqual({ ada: 2 });
    expect(await seenBy('member', 'stranger@acme.com')).toEqual({ stranger: 1 });
    expect(await seenBy('member')).toEqual({});
    expect((await report('member', 'ada@acme.com', 'summary?user=bob@acme.com')).status).toBe(403);
  });

  it('by a manager: the teams that name them, while people were in them', async () => {
    // Of Cid the time in web; Kim is in no team.
    expect(await seenBy('manager', 'kim@acme.com')).toEqual({ ada: 2, cid: 1 });
    expect(await seenBy('manager', 'kim@acme.com', '&user=bob@acme.com')).toEqual({});
    expect(await seenBy('manager', 'kim@acme.com', '&team=core')).toEqual({});
    expect(await seenBy('manager', 'kim@acme.com', '&department=Product')).toEqual({ ada: 2, cid: 1 });
  });

  it('by a manager whom no team names: those who name them, and those who name these', async () => {
    expect(await seenBy('manager', 'lee@acme.com')).toEqual({ bob: 1, lee: 1 });
    expect(await seenBy('manager', 'mia@acme.com')).toEqual({ bob: 1, lee: 1 });
    expect((await report('manager', 'lee@acme.com', 'summary?user=ada@acme.com')).status).toBe(403);
  });

  it('by a manager for whom nothing is set: everybody’s', async () => {
    expect(await seenBy('manager', 'bob@acme.com')).toEqual(EVERYBODY);
    expect(await seenBy('manager')).toEqual(EVERYBODY);
  });
});

describe('pseudonyms', () => {
  it('stand for everybody but the reader, always the same, and can be asked for', async () => {
    await server.people.settings.put(asking, { pseudonyms: true });
    try {
      const seen = await seenBy('admin', 'ada@acme.com');
      const others = Object.keys(seen).filter((name) => name !== 'ada');
      expect(Object.values(seen).sort()).toEqual(Object.values(EVERYBODY).sort());
      expect(seen.ada).toBe(2);
      expect(others).toHaveLength(5);
      for (const name of others) expect(name).toMatch(/^person-[0-9a-f]{10}$/);
      expect(await seenBy('admin', 'ada@acme.com')).toEqual(seen);
      const [cid = ''] = others.filter((name) => seen[name] === 2);
      expect(await seenBy('admin', 'ada@acme.com', `&user=${cid}`)).toEqual({ [cid]: 2 });
      expect(await seenBy('member', 'cid@acme.com')).toEqual({ cid: 2 });
      const answer = await report('admin', 'ada@acme.com', 'breakdown?by=user');
      expect(JSON.stringify(answer.body)).not.toMatch(/cid|bob|kim|lee|stranger/);
    } finally {
      await server.people.settings.put(asking, { pseudonyms: false });
    }
  });
});
