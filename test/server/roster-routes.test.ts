import { describe, expect, it } from 'vitest';
import type { TestApp } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { send } from '../support/calls.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

interface Refused {
  error: { code: string; message: string };
}
interface Member {
  email: string;
  team: string | null;
  department: string | null;
  active: boolean;
  leftAt: string | null;
  terms: { from: string | null; to: string | null; team: string | null }[];
  mergedInto: string | null;
  version: number;
  history: { version: number; terms: { team: string | null }[] }[];
}
interface Imported {
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  rejected: { line: number; problem: string }[];
  ignoredColumns: string[];
  preview: boolean;
}

/** An administrator's requests. */
async function administrator(server: TestApp, org = 'acme') {
  const key = await server.key('admin', org, 'root@acme.com');
  return async <T>(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown) => {
    const csv = typeof body === 'string';
    const response = await server.app.inject({
      method,
      url: `/api/v1/${org}/${path}`,
      headers: { 'x-api-key': key, ...(csv ? { 'content-type': 'text/csv' } : {}) },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const json = String(response.headers['content-type']).includes('json');
    // Every answer of the API is JSON or CSV, of the shape that the test expects and asserts on.
    return { status: response.statusCode, body: (json ? response.json() : response.body) as T };
  };
}

const breakdown = async (
  server: TestApp,
  by: string,
  query = '',
  scope: 'admin' | 'manager' | 'member' = 'admin',
  email?: string,
) => {
  const key = await server.key(scope, 'acme', email);
  const url = `/api/v1/acme/breakdown?by=${by}&from=2026-11-01&to=2026-12-01${query}`;
  const response = await server.app.inject({ url, headers: { 'x-api-key': key } });
  const { rows } = response.json<{ rows: Record<string, unknown>[] }>();
  return Object.fromEntries(rows.map((row) => [String(row[by]), row.totalRequests]));
};

describe('members', () => {
  it('have a history: teams and leaving change from a day on, and nothing is overwritten', async () => {
    const server = await testApp({ now: () => NOW });
    const call = await administrator(server);
    const put = (body: object) => call<Member>('PUT', 'members/Ada@Acme.com', body);
    expect((await put({ name: 'Ada', team: 'web' })).body).toMatchObject({ email: 'ada@acme.com', version: 1 });
    expect((await put({ name: 'Ada', team: 'web' })).body.version).toBe(1);
    await put({ team: 'core', from: '2026-11-10' });
    expect((await put({ team: 'web', from: '2026-11-15' })).body.terms).toEqual([
      { from: null, to: '2026-11-10T00:00:00.000Z', team: 'web', department: null },
      { from: '2026-11-10T00:00:00.000Z', to: '2026-11-15T00:00:00.000Z', team: 'core', department: null },
      { from: '2026-11-15T00:00:00.000Z', to: null, team: 'web', department: null },
    ]);
    const left = await put({ to: '2026-11-18T09:30:00Z' });
    expect([left.body.active, left.body.leftAt]).toEqual([false, '2026-11-18T09:30:00.000Z']);
    // Back again, after a time away.
    expect((await put({ from: '2026-11-19' })).body.active).toBe(true);
    const { body } = await call<Member>('GET', 'members/ada@acme.com');
    expect(body.history.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(body.history.map(({ terms }) => terms.length)).toEqual([1, 2, 3, 3, 4]);
    expect((await call('GET', 'members/eve@acme.com')).status).toBe(404);
  });

  it('give the loser of a race a 409, and who has not seen the latest version too', async () => {
    const server = await testApp();
    const call = await administrator(server);
    await call('PUT', 'members/ada@acme.com', { name: 'Ada' });
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((team) => call<Refused>('PUT', 'members/ada@acme.com', { team })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect((await call<Member>('GET', 'members/ada@acme.com')).body.version).toBe(2);
    expect((await call('PUT', 'members/ada@acme.com', { name: 'A', version: 1 })).status).toBe(409);
    expect((await call('PUT', 'members/ada@acme.com', { name: 'A', version: 2 })).status).toBe(200);
    expect((await call('PUT', 'members/bob@acme.com', { name: 'B', version: 1 })).status).toBe(409);
    expect((await call('PUT', 'members/bob@acme.com', { name: 'B', version: 0 })).status).toBe(200);
  });

  it.each([
    ['a field that nobody knows', { nickname: 'x' }, 'nickname'],
    ['an unknown role', { role: 'owner' }, 'role'],
    ['a date that no calendar has', { from: '2026-02-30' }, 'from'],
    ['an end before the start', { from: '2026-03-02', to: '2026-03-01' }, 'to'],
    ['a manager without an address', { manager: 'bob' }, 'manager'],
  ])('are refused with %s', async (_, body, named) => {
    const server = await testApp();
    const answer = await (await administrator(server))<Refused>('PUT', 'members/ada@acme.com', body);
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid']);
    expect(answer.body.error.message).toContain(named);
  });

  it('do not share an alias', async () => {
    const server = await testApp();
    const call = await administrator(server);
    await call('PUT', 'members/ada@acme.com', { aliases: ['github:ada', 'Ada@Home.org'] });
    const bob = (aliases: string[]) => call<Refused>('PUT', 'members/bob@acme.com', { aliases });
    expect((await bob(['ada@home.org'])).body.error.message).toBe("the alias ada@home.org is ada@acme.com's");
    expect((await bob(['github:ada'])).status).toBe(400);
    expect((await bob(['ada@acme.com'])).status).toBe(400);
    expect((await call('PUT', 'members/ada@home.org', {})).status).toBe(400);
    await call('PUT', 'members/ada@acme.com', { aliases: [] });
    expect((await bob(['ada@home.org', 'github:ada'])).status).toBe(200);
  });
});

describe('a file of members', () => {
  const FILE = [
    'E-Mail;Name;Aliases;Team;Role;Manager;From;To;Shoe size',
    'ada@acme.com;"Lovelace; Ada";github:ada ada@home.org;web;manager;;2026-01-01;;38',
    'bob@acme.com;Bob;;web;;ada@acme.com;;;',
    'no-address;Eve;;web;;;;;',
    'cid@acme.com;Cid;github:ada;core;;;;;',
    'dan@acme.com;Dan;;core;;;2026-05-01;2026-04-01;',
    'eve@acme.com;Eve;;core;boss;;;;',
    ';;;;;;;;',
  ].join('\r\n');

  it('is shown first, taken in by its good rows, and taken in again without a change', async () => {
    const server = await testApp({ now: () => NOW });
    const call = await administrator(server);
    const upload = (query = '') => call<Imported>('POST', `members/import${query}`, `\ufeff${FILE}`);
    const rejected = [
      { line: 4, problem: 'email: "no-address" is no e-mail address' },
      { line: 5, problem: "the alias github:ada is ada@acme.com's" },
      { line: 6, problem: 'to: must be later than from' },
      { line: 7, problem: 'role: "boss" is none of member, manager, admin' },
    ];
    const expected = { rows: 6, added: 2, changed: 0, unchanged: 0, rejected, ignoredColumns: ['shoe_size'] };
    expect((await upload('?preview=true')).body).toEqual({ ...expected, preview: true });
    expect((await call<{ members: Member[] }>('GET', 'members')).body.members).toEqual([]);
    expect((await upload()).body).toEqual({ ...expected, preview: false });
    expect((await upload()).body).toMatchObject({ added: 0, changed: 0, unchanged: 2 });
    const { body } = await call<{ members: Member[] }>('GET', 'members');
    expect(body.members.map(({ email, team, version }) => [email, team, version])).toEqual([
      ['ada@acme.com', 'web', 1],
      ['bob@acme.com', 'web', 1],
    ]);
  });

  it('takes the first of two rows that contradict each other, so that it changes nothing the next time', async () => {
    const call = await administrator(await testApp({ now: () => NOW }));
    const file = 'email,team,from\nada@acme.com,web,\nada@acme.com,core,\nada@acme.com,web,';
    const upload = () => call<Imported>('POST', 'members/import', file);
    const rejected = [{ line: 3, problem: 'says something else than line 2 of the same' }];
    expect((await upload()).body).toMatchObject({ added: 1, rejected });
    expect((await upload()).body).toMatchObject({ added: 0, rejected });
    const { body } = await call<{ members: Member[] }>('GET', 'members');
    expect(body.members.map(({ team, version }) => [team, version])).toEqual([['web', 1]]);
  });

  it('is written so that reading it back changes nothing, and no cell is a formula', async () => {
    const server = await testApp({ now: () => NOW });
    const call = await administrator(server);
    await call('PUT', 'members/ada@acme.com', { name: '=HYPERLINK("x")', team: '+web', aliases: ['github:ada'] });
    await call('PUT', 'members/ada@acme.com', { team: '-core', from: '2026-11-10' });
    await call('PUT', 'members/bob@acme.com', { name: 'Bob, "B"', to: '2026-11-01' });
    const { body: file } = await call<string>('GET', 'members?format=csv');
    expect(file.split('\r\n')[1]).toBe(`ada@acme.com,"'=HYPERLINK(""x"")",github:ada,'-core,,member,,2026-11-10,`);
    expect((await call<Imported>('POST', 'members/import', file)).body).toMatchObject({
      ...{ rows: 2, added: 0, changed: 0, unchanged: 2, rejected: [] },
    });
  });

  it('without the column that names people, or that is no table, is refused as a whole', async () => {
    const server = await testApp();
    const call = await administrator(server);
    const missing = await call<Refused>('POST', 'members/import', 'name,team\r\nAda,web\r\n');
    expect([missing.status, missing.body.error.message]).toEqual([
      400,
      'the first line must name the columns; email is missing, it has "name", "team"',
    ]);
    expect((await call('POST', 'members/import', '')).status).toBe(400);
    expect((await call('POST', 'members/import', { csv: 'x' })).status).toBe(400);
  });

  it('of ten thousand people is taken in', async () => {
    const server = await testApp();
    const call = await administrator(server);
    const rows = Array.from({ length: 10_000 }, (_, n) => `p${n}@acme.com,Person ${n},team ${n % 200}`);
    const file = ['email,name,team', ...rows].join('\n');
    expect((await call<Imported>('POST', 'members/import', file)).body).toMatchObject({ added: 10_000, rejected: [] });
    expect((await call<Imported>('POST', 'members/import', file)).body).toMatchObject({ unchanged: 10_000 });
    expect((await call<{ teams: unknown[] }>('GET', 'teams')).body.teams).toHaveLength(200);
  });
});

describe('a mapping', () => {
  const KEY = 'account:acc-1';
  const world = async () => {
    const server = await testApp({ now: () => NOW });
    const call = await administrator(server);
    const more = { 'user.account_uuid': 'acc-1' };
    await send(server, [
      { n: 1, at: '2026-11-05T10:00:00Z', email: '', more },
      { n: 2, at: '2026-11-15T10:00:00Z', email: '', more },
      { n: 3, at: '2026-11-15T11:00:00Z', email: 'bob@acme.com' },
    ]);
    return { server, call };
  };

  it('counts for the past at once, in every report', async () => {
    const { server, call } = await world();
    expect(await breakdown(server, 'user')).toEqual({ [KEY]: 2, 'email:bob@acme.com': 1 });
    const said = await call('POST', 'mappings', { actor: KEY, person: 'Ada@acme.com' });
    expect(said.body).toEqual({
      actor: KEY,
      version: 1,
      segments: [{ from: null, to: null, person: 'email:ada@acme.com' }],
    });
    expect(await breakdown(server, 'user')).toEqual({ 'email:ada@acme.com': 2, 'email:bob@acme.com': 1 });
    await call('PUT', `mappings/${KEY}`, {
      segments: [
        { person: 'bob@acme.com', from: '2026-11-10' },
        { person: 'ada@acme.com', to: '2026-11-10' },
      ],
    });
    expect(await breakdown(server, 'user')).toEqual({ 'email:ada@acme.com': 1, 'email:bob@acme.com': 2 });
    await call('DELETE', `mappings/${KEY}`);
    expect(await breakdown(server, 'user')).toEqual({ [KEY]: 2, 'email:bob@acme.com': 1 });
    // Also in the store's table, so that a server that starts anew needs nobody to say it again.
    await call('POST', 'mappings', { actor: KEY, person: 'ada@acme.com' });
    await server.store.replaceDirectory('acme', []);
    const { openPeople } = await import('../../src/server/people.ts');
    await openPeople({ store: server.store, logger: { warn: () => undefined }, now: () => NOW });
    expect(await breakdown(server, 'user')).toEqual({ 'email:ada@acme.com': 2, 'email:bob@acme.com': 1 });
  });

  it('that overlaps is refused, and changes nothing', async () => {
    const { server, call } = await world();
    await call('POST', 'mappings', { actor: KEY, person: 'ada@acme.com', to: '2026-11-10' });
    const clash = await call<Refused>('POST', 'mappings', { actor: KEY, person: 'bob@acme.com', from: '2026-11-09' });
    expect([clash.status, clash.body.error.message]).toEqual([
      409,
      'email:ada@acme.com from the beginning to 2026-11-10T00:00:00.000Z overlaps email:bob@acme.com from 2026-11-09T00:00:00.000Z to now on',
    ]);
    const segments = [{ person: 'a@acme.com' }, { person: 'b@acme.com', from: '2026-11-09' }];
    expect((await call('PUT', `mappings/${KEY}`, { segments })).status).toBe(400);
    expect((await call('POST', 'mappings', { actor: KEY, person: 'bob@acme.com', from: '2026-11-10' })).status).toBe(
      200,
    );
    expect(await breakdown(server, 'user')).toEqual({ 'email:ada@acme.com': 1, 'email:bob@acme.com': 2 });
  });

  it('comes from a file and goes to one', async () => {
    const { server, call } = await world();
    const file = `actor,person,from,to\r\n${KEY},ada@acme.com,,2026-11-10\r\n${KEY},bob@acme.com,2026-11-09,\r\n${KEY},bob@acme.com,2026-11-10,\r\n`;
    const { body } = await call<Imported>('POST', 'mappings/import', file);
    expect(body).toMatchObject({ rows: 3, added: 1, changed: 1, rejected: [{ line: 3 }] });
    expect(body.rejected[0]?.problem).toContain('overlaps');
    expect(await breakdown(server, 'user')).toEqual({ 'email:ada@acme.com': 1, 'email:bob@acme.com': 2 });
    const { body: back } = await call<string>('GET', 'mappings?format=csv');
    expect((await call<Imported>('POST', 'mappings/import', back)).body).toMatchObject({ unchanged: 2, rejected: [] });
  });
});

describe('unmapped actors', () => {
  it('are listed with who they may be, until somebody says', async () => {
    const server = await testApp({ now: () => NOW });
    const call = await administrator(server);
    await send(server, [
      { n: 1, at: '2026-11-05T10:00:00Z', email: '', more: { 'user.account_uuid': 'ada' } },
      { n: 2, at: '2026-11-06T10:00:00Z', email: 'eve@acme.com' },
    ]);
    interface Unmapped {
      actors: { actor: string; requests: number; suggestions: { person: string; why: string }[] }[];
    }
    const unmapped = async () => (await call<Unmapped>('GET', 'unmapped')).body.actors;
    // Without a roster an e-mail is as good a name as any.
    expect((await unmapped()).map(({ actor }) => actor)).toEqual(['account:ada']);
    await call('PUT', 'members/ada@acme.com', { name: 'Ada Lovelace' });
    const listed = await unmapped();
    expect(listed.map(({ actor }) => actor).sort()).toEqual(['account:ada', 'email:eve@acme.com']);
    expect(listed.find(({ actor }) => actor === 'account:ada')).toMatchObject({
      requests: 1,
      firstAt: '2026-11-05T10:00:00.000Z',
      suggestions: [{ person: 'email:ada@acme.com', why: 'the same name' }],
    });
    await call('PUT', 'members/eve@acme.com', {});
    await call('POST', 'mappings', { actor: 'account:ada', person: 'ada@acme.com', from: '2026-11-06' });
    expect((await unmapped()).map(({ actor }) => actor)).toEqual(['account:ada']);
    await call('POST', 'mappings', { actor: 'account:ada', person: 'ada@acme.com', to: '2026-11-06' });
    expect(await unmapped()).toEqual([]);
  });
});

describe('two people that are one', () => {
  it('are merged for all of the past, and are two again when that is undone', async () => {
    const server = await testApp({ now: () => NOW });
    const call = await administrator(server);
    await send(server, [
      { n: 1, at: '2026-11-05T10:00:00Z', email: 'ada@acme.com' },
      { n: 2, at: '2026-11-06T10:00:00Z', email: 'ada.l@acme.com' },
    ]);
    const merge = (person: string, into: string) => call<Refused>('POST', `members/${person}/merge`, { into });
    expect((await merge('ada.l@acme.com', 'ada@acme.com')).status).toBe(404);
    await call('PUT', 'members/ada@acme.com', { team: 'web' });
    await call('PUT', 'members/ada.l@acme.com', { team: 'core' });
    expect(await breakdown(server, 'user')).toEqual({ 'email:ada@acme.com': 1, 'email:ada.l@acme.com': 1 });
    expect((await merge('ada.l@acme.com', 'ada@acme.com')).body).toMatchObject({ mergedInto: 'ada@acme.com' });
    expect(await breakdown(server, 'user')).toEqual({ 'email:ada@acme.com': 2 });
    expect(await breakdown(server, 'team')).toEqual({ web: 2 });
    expect((await merge('ada@acme.com', 'ada.l@acme.com')).status).toBe(400);
    expect((await call('DELETE', 'members/ada.l@acme.com/merge')).body).toMatchObject({ mergedInto: null });
    expect(await breakdown(server, 'user')).toEqual({ 'email:ada@acme.com': 1, 'email:ada.l@acme.com': 1 });
    expect((await call('DELETE', 'members/ada.l@acme.com/merge')).status).toBe(404);
    expect((await merge('ada@acme.com', 'ada.l@acme.com')).status).toBe(200);
  });
});
