import { describe, expect, it } from 'vitest';
import { openPeople } from '../../src/server/people.ts';
import { testApp } from '../support/app.ts';
import { Visitor } from '../support/visitor.ts';
import { logsBody } from '../support/calls.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const HOUR_MS = 3_600_000;

interface Session {
  signedIn: boolean;
  org: string | null;
  organizations: string[];
  scope: string | null;
  email: string | null;
  person: string | null;
  expiresAt: string | null;
  methods: { key: boolean; password: boolean; oidc: boolean };
  key?: string | null;
}
interface Refused {
  error: { code: string; message: string };
}

const clock = (): { now: () => number; pass: (ms: number) => void } => {
  let ms = NOW;
  return { now: () => ms, pass: (more) => void (ms += more) };
};
const OWN = '/api/v1/acme/keys';

describe('without a key, a password or a session', () => {
  it('nothing is open, and it is said how one can come in', async () => {
    const server = await testApp();
    const browser = new Visitor(server);
    const { status, body } = await browser.visit<Session>('/api/session');
    expect([status, body]).toEqual([
      200,
      {
        ...{ signedIn: false, org: null, organizations: [], scope: null, email: null, name: null, person: null },
        ...{ expiresAt: null, methods: { key: true, password: false, oidc: false } },
      },
    ]);
    expect((await browser.visit(OWN)).status).toBe(401);
    for (const password of ['', 'undefined', 'null']) expect((await browser.signIn({ password })).status).toBe(401);
    expect((await browser.visit('/api/session/oidc')).status).toBe(404);
  });
});

describe('a session from a key', () => {
  it('is a cookie that scripts cannot read and other sites do not send, and works like the key', async () => {
    const server = await testApp();
    await server.people.roster.putMember({ org: 'acme', author: 'test' }, 'ada@acme.com', { name: 'Ada' });
    const browser = new Visitor(server);
    const key = await server.key('admin', 'acme', 'ada@acme.com');
    const { status, body } = await browser.signIn<Session>({ key });
    expect([status, body.signedIn, body.org, body.scope, body.person, body.key]).toEqual([
      ...[200, true, 'acme', 'admin', 'email:ada@acme.com', null],
    ]);
    expect(browser.setCookies).toEqual([
      expect.stringMatching(/^revenium_session=[\w.-]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/) as unknown,
    ]);
    expect(browser.setCookies[0]).not.toContain(key);
    expect((await browser.visit(OWN)).status).toBe(200);
    expect((await browser.visit<Session>('/api/session')).body).toMatchObject({ signedIn: true, name: 'Ada' });
    expect((await browser.visit('/api/v1/globex/keys')).status).toBe(404);
  });

  it('is Secure, and only this host’s, behind TLS', async () => {
    const publicUrl = new URL('https://usage.acme.com');
    const server = await testApp({ signIn: { publicUrl } });
    const browser = new Visitor(server);
    await browser.signIn({ key: await server.key('admin') });
    expect(browser.setCookies[0]).toMatch(/^__Host-revenium_session=.*; Path=\/; .*Secure; SameSite=Strict$/);
    expect((await browser.visit(OWN)).status).toBe(200);
  });

  it('is Secure behind a proxy that is trusted, by what it says', async () => {
    const server = await testApp({ front: { trustProxy: '10.0.0.0/8' } });
    const browser = new Visitor(server);
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.7' };
    await browser.signIn({ key: await server.key('admin') }, { from: '10.1.1.1', headers });
    expect(browser.setCookies[0]).toContain('Secure');
    await browser.signIn({ key: await server.key('admin') }, { from: '192.0.2.9', headers });
    expect(browser.setCookies[0]).not.toContain('Secure');
  });

  it('dies with its key, in this process and in every other', async () => {
    const server = await testApp();
    const browser = new Visitor(server);
    const { key, record } = await server.keys.create({ org: 'acme', scope: 'admin' }, 'test');
    await browser.signIn({ key });
    expect((await browser.visit(OWN)).status).toBe(200);
    // A second process over the same store.
    const other = await openPeople({ store: server.store, logger: { warn: () => undefined }, now: Date.now });
    const token = browser.cookies.get('revenium_session') ?? '';
    expect(other.sessions.resolve(token)?.caller.keyId).toBe(record.id);
    await server.keys.revoke('acme', record.id, 'test');
    expect((await browser.visit<Refused>(OWN)).body.error).toEqual({
      code: 'unauthenticated',
      message: 'this session is over: sign in again',
    });
    expect((await browser.visit<Session>('/api/session')).body.signedIn).toBe(false);
    await other.log.load();
    expect(other.sessions.resolve(token)).toBeNull();
  });

  it('ends after thirty days', async () => {
    const { now, pass } = clock();
    const server = await testApp({ now });
    const browser = new Visitor(server);
    const { body } = await browser.signIn<Session>({ key: await server.key('admin') });
    expect(body.expiresAt).toBe(new Date(NOW + 30 * 24 * HOUR_MS).toISOString());
    pass(30 * 24 * HOUR_MS - 1);
    expect((await browser.visit(OWN)).status).toBe(200);
    pass(1);
    expect((await browser.visit(OWN)).status).toBe(401);
  });

  it('is over after signing out, here only or everywhere', async () => {
    const server = await testApp();
    const key = await server.key('admin');
    const [one, two, three] = [new Visitor(server), new Visitor(server), new Visitor(server)];
    for (const browser of [one, two, three]) await browser.signIn({ key });
    const stolen = one.cookies.get('revenium_session') ?? '';
    expect((await one.visit('/api/session', { method: 'DELETE' })).status).toBe(204);
    expect(one.cookies.size).toBe(0);
    expect((await one.visit(OWN, { headers: { cookie: `revenium_session=${stolen}` } })).status).toBe(401);
    expect((await two.visit(OWN)).status).toBe(200);
    expect((await two.visit('/api/session?everywhere=true', { method: 'DELETE' })).status).toBe(204);
    expect((await three.visit(OWN)).status).toBe(401);
    // The key itself goes on, and begins anew.
    expect((await three.signIn({ key })).status).toBe(200);
    expect((await three.visit(OWN)).status).toBe(200);
  });

  it('is not made of a key for machines, or of one that is revoked', async () => {
    const server = await testApp();
    const browser = new Visitor(server);
    expect((await browser.signIn({ key: await server.key('ingest') })).status).toBe(403);
    expect((await browser.signIn({ key: server.keys.grantLocal('acme') })).status).toBe(403);
    const { key, record } = await server.keys.create({ org: 'acme', scope: 'admin' }, 'test');
    await server.keys.revoke('acme', record.id, 'test');
    expect((await browser.signIn({ key })).status).toBe(401);
    expect(browser.cookies.size).toBe(0);
  });

  it('cannot be forged or changed', async () => {
    const server = await testApp();
    const browser = new Visitor(server);
    await browser.signIn({ key: await server.key('member', 'acme', 'ada@acme.com') });
    const [body = '', mac = ''] = (browser.cookies.get('revenium_session') ?? '').split('.');
    const carried = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    const principal = { kind: 'oidc', org: 'acme', email: 'eve@acme.com', scope: 'admin' };
    const forged = Buffer.from(JSON.stringify({ ...carried, principal })).toString('base64url');
    for (const token of [`${forged}.${mac}`, `${forged}.`, body, `${body}.${mac}x`, `${body}.${mac}.`, '..', 'x'])
      expect([token, (await browser.visit(OWN, { headers: { cookie: `revenium_session=${token}` } })).status]).toEqual([
        token,
        401,
      ]);
  });
});

describe('the administrators’ password', () => {
  it('signs in, for as long as it is the password', async () => {
    const server = await testApp({ signIn: { adminPassword: 'correct horse' } });
    await server.key('admin');
    const browser = new Visitor(server);
    expect((await browser.visit<Session>('/api/session')).body.methods.password).toBe(true);
    expect((await browser.signIn({ password: 'correct horse ' })).status).toBe(401);
    const { status, body } = await browser.signIn<Session>({ password: 'correct horse' });
    expect([status, body.scope, body.email]).toEqual([200, 'admin', null]);
    expect((await browser.visit(OWN)).status).toBe(200);
    const token = browser.cookies.get('revenium_session') ?? '';
    const reopened = (adminPassword: string) =>
      openPeople({ store: server.store, logger: { warn: () => undefined }, now: Date.now, adminPassword });
    expect((await reopened('correct horse')).sessions.resolve(token)).not.toBeNull();
    expect((await reopened('another')).sessions.resolve(token)).toBeNull();
    expect((await reopened('')).sessions.resolve(token)).toBeNull();
  });

  it('is in no log and in no file', async () => {
    const server = await testApp({ signIn: { adminPassword: 'canary-password' } });
    await server.key('admin');
    await new Visitor(server).signIn({ password: 'canary-password' });
    await new Visitor(server).signIn({ password: 'canary-guess' });
    expect(server.log()).toContain('/api/session');
    expect(server.log()).not.toContain('canary');
    expect(JSON.stringify(await server.store.readControl())).not.toContain('canary');
  });
});

describe('an invitation', () => {
  interface Made {
    id: string;
    link: string;
    token: string;
    state: string;
  }

  it('lets one person in, once, and leaves them a key of their own', async () => {
    const server = await testApp();
    const admin = new Visitor(server);
    await admin.signIn({ key: await server.key('admin') });
    const made = await admin.visit<Made>('/api/v1/acme/invitations', {
      method: 'POST',
      body: { email: 'Ada@acme.com', role: 'manager' },
    });
    expect([made.status, made.body.link]).toEqual([201, `http://usage.acme.com/welcome#${made.body.token}`]);
    const ada = new Visitor(server);
    const came = await ada.signIn<Session>({ invitation: made.body.token });
    expect(came.body).toMatchObject({ signedIn: true, scope: 'manager', email: 'ada@acme.com' });
    expect(came.body.key).toMatch(/^hak_acme_/);
    expect((await new Visitor(server).signIn({ key: came.body.key })).status).toBe(200);
    expect((await new Visitor(server).signIn({ invitation: made.body.token })).status).toBe(401);
    const { body } = await admin.visit<{ invitations: { state: string; keyId: string }[] }>('/api/v1/acme/invitations');
    expect(body.invitations.map(({ state }) => state)).toEqual(['accepted']);
    await admin.visit(`/api/v1/acme/keys/${body.invitations[0]?.keyId}`, { method: 'DELETE' });
    expect((await ada.visit<Session>('/api/session')).body.signedIn).toBe(false);
    expect(JSON.stringify(await server.store.readControl())).not.toContain(made.body.token);
  });

  it('gives one key when it is opened twice at the same moment', async () => {
    const server = await testApp();
    const { token } = await server.people.invitations.create(
      { org: 'acme', author: 'test' },
      { email: 'ada@acme.com', role: 'member' },
    );
    await server.key('admin');
    const answers = await Promise.all([1, 2, 3].map(() => new Visitor(server).signIn({ invitation: token })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect(server.keys.list('acme')).toHaveLength(2);
  });

  it('works neither when it was taken back nor when it is too old', async () => {
    const { now, pass } = clock();
    const server = await testApp({ now });
    const asking = { org: 'acme', author: 'test' };
    const invite = () => server.people.invitations.create(asking, { email: 'ada@acme.com', role: 'member', days: 2 });
    const [revoked, late] = [await invite(), await invite()];
    await server.people.invitations.revoke(asking, revoked.invitation.id);
    pass(48 * HOUR_MS);
    for (const { token } of [revoked, late])
      expect((await new Visitor(server).signIn({ invitation: token })).status).toBe(401);
    expect(server.people.invitations.list('acme').map(({ state }) => state)).toEqual(['revoked', 'expired']);
  });
});

describe('pages of others', () => {
  it('change nothing with a session that is not theirs', async () => {
    const server = await testApp();
    const browser = new Visitor(server);
    await browser.signIn({ key: await server.key('admin') });
    const create = (headers: Record<string, string>) =>
      browser.visit(OWN, { method: 'POST', body: { scope: 'ingest' }, headers });
    for (const origin of [
      'http://evil.example',
      'https://usage.acme.com.evil.example',
      'null',
      'http://usage.acme.com:81',
    ])
      expect([origin, (await create({ origin })).status]).toEqual([origin, 403]);
    const silent = await server.app.inject({
      method: 'POST',
      url: OWN,
      payload: { scope: 'ingest' },
      headers: { host: 'usage.acme.com', cookie: `revenium_session=${browser.cookies.get('revenium_session')}` },
    });
    expect(silent.statusCode).toBe(403);
    expect((await create({ origin: 'http://usage.acme.com' })).status).toBe(201);
    const out = await browser.visit('/api/session', { method: 'DELETE', headers: { origin: 'http://evil.example' } });
    expect(out.status).toBe(403);
    expect(server.keys.list('acme')).toHaveLength(2);
  });

  it('sign nobody in, not even with a good key', async () => {
    const server = await testApp();
    const browser = new Visitor(server);
    const answer = await browser.signIn(
      { key: await server.key('admin') },
      { headers: { origin: 'http://evil.example' } },
    );
    expect([answer.status, browser.cookies.size]).toEqual([403, 0]);
  });

  it('that point their name to this machine get nothing', async () => {
    const server = await testApp({ signIn: { adminPassword: 'secret' } });
    const key = await server.key('admin');
    const rebound = new Visitor(server, 'evil.example');
    const own = new Visitor(server, 'localhost:4318');
    const from = '127.0.0.1';
    for (const credentials of [{ key }, { password: 'secret' }]) {
      expect((await rebound.signIn(credentials, { from })).status).toBe(403);
      expect((await own.signIn(credentials, { from })).status).toBe(200);
    }
    expect((await rebound.visit('/api/session', { from })).status).toBe(403);
    expect((await rebound.visit('/metrics', { from })).status).toBe(403);
    expect((await own.visit('/metrics', { from })).status).toBe(200);
    const cookie = `revenium_session=${own.cookies.get('revenium_session')}`;
    expect((await rebound.visit(OWN, { from, headers: { cookie } })).status).toBe(403);
    expect((await own.visit(OWN, { from })).status).toBe(200);
    for (const host of ['[::1]:4318', '127.0.0.1:4318', 'app.localhost'])
      expect([host, (await new Visitor(server, host).signIn({ key }, { from })).status]).toEqual([host, 200]);
  });

  it('are told apart from a proxy on this machine by the public address', async () => {
    const server = await testApp({ signIn: { publicUrl: new URL('http://usage.acme.com') } });
    const key = await server.key('admin');
    const from = '127.0.0.1';
    expect((await new Visitor(server, 'usage.acme.com').signIn({ key }, { from })).status).toBe(200);
    expect((await new Visitor(server, 'evil.example').signIn({ key }, { from })).status).toBe(403);
    expect((await new Visitor(server, 'evil.example').signIn({ key })).status).toBe(403);
  });
});

describe('a session', () => {
  it('is nothing to ingest and to machines', async () => {
    const server = await testApp();
    const browser = new Visitor(server);
    await browser.signIn({ key: await server.key('admin') });
    const headers = { 'content-type': 'application/json' };
    const sent = await browser.visit('/v1/logs', {
      method: 'POST',
      body: JSON.parse(logsBody({ n: 1 }).toString()),
      headers,
    });
    expect(sent.status).toBe(401);
    expect((await browser.visit('/v2/sdk/resolve-key')).status).toBe(401);
    const lookup = await browser.visit('/meter/v2/records/lookup', { method: 'POST', body: { ids: [] } });
    expect(lookup.status).toBe(401);
  });

  it('stands behind a key: a request that brings one is that key’s', async () => {
    const server = await testApp();
    const browser = new Visitor(server);
    await browser.signIn({ key: await server.key('admin') });
    expect((await browser.visit(OWN, { headers: { 'x-api-key': 'hak_acme_unknown' } })).status).toBe(401);
    const member = await server.key('member', 'acme', 'ada@acme.com');
    expect((await browser.visit(OWN, { headers: { 'x-api-key': member } })).status).toBe(403);
  });
});

describe('guessing', () => {
  const guess = (server: Parameters<typeof attempt>[0], password: string, from: string) =>
    attempt(server, { password }, from);
  const attempt = async (server: { app: VisitorApp }, credentials: object, from: string) => {
    const { status, headers } = await new Visitor(server).signIn(credentials, { from });
    return { status, retryAfter: headers['retry-after'] };
  };
  type VisitorApp = ConstructorParameters<typeof Visitor>[0]['app'];

  it('is slowed more and more, even for the right answer, and forgotten after a while', async () => {
    const { now, pass } = clock();
    const server = await testApp({ now, signIn: { adminPassword: 'secret' } });
    await server.key('admin');
    const from = '192.0.2.1';
    for (let n = 0; n < 5; n++) expect((await guess(server, 'wrong', from)).status).toBe(401);
    expect(await guess(server, 'secret', from)).toEqual({ status: 429, retryAfter: '1' });
    // Somebody else is not held up.
    expect((await guess(server, 'secret', '192.0.2.2')).status).toBe(200);
    pass(1000);
    expect((await guess(server, 'wrong', from)).status).toBe(401);
    expect(await guess(server, 'wrong', from)).toEqual({ status: 429, retryAfter: '2' });
    pass(1999);
    expect((await guess(server, 'secret', from)).status).toBe(429);
    pass(1);
    expect((await guess(server, 'secret', from)).status).toBe(200);
    pass(HOUR_MS);
    for (let n = 0; n < 5; n++) expect((await guess(server, 'wrong', from)).status).toBe(401);
  });

  it('learns a handful of passwords in a day, from one address', async () => {
    const { now, pass } = clock();
    const server = await testApp({ now, signIn: { adminPassword: 'secret' } });
    await server.key('admin');
    let looked = 0;
    for (let second = 0; second < 24 * 3600; second += 60) {
      if ((await guess(server, 'wrong', '192.0.2.1')).status === 401) looked++;
      pass(60_000);
    }
    expect(looked).toBeGreaterThan(5);
    expect(looked).toBeLessThan(120);
  });

  it('is slowed from many addresses too, as when a header of each request invents one', async () => {
    const { now } = clock();
    const server = await testApp({ now, front: { trustProxy: '10.0.0.0/8' }, signIn: { adminPassword: 'secret' } });
    await server.key('admin');
    let looked = 0;
    for (let n = 0; n < 200; n++) {
      const headers = { 'x-forwarded-for': `198.51.100.${n}` };
      const { status } = await new Visitor(server).signIn({ password: 'wrong' }, { from: '10.0.0.1', headers });
      if (status === 401) looked++;
    }
    expect(looked).toBe(50);
    expect((await new Visitor(server).signIn({ password: 'secret' }, { from: '203.0.113.9' })).status).toBe(429);
    const key = await server.key('admin');
    expect((await new Visitor(server).signIn({ key }, { from: '203.0.113.9' })).status).toBe(200);
  });

  it('keeps nobody out who brings a key, from the same address or by the same proxy', async () => {
    const { now } = clock();
    const server = await testApp({ now, signIn: { adminPassword: 'secret' } });
    const key = await server.key('admin');
    const from = '192.0.2.1';
    for (let n = 0; n < 20; n++) await guess(server, 'wrong', from);
    expect((await guess(server, 'secret', from)).status).toBe(429);
    expect((await attempt(server, { key: 'hak_acme_wrong' }, from)).status).toBe(429);
    expect((await attempt(server, { invitation: 'wrong' }, from)).status).toBe(429);
    expect((await attempt(server, { key }, from)).status).toBe(200);
  });

  it('by a header that nobody vouches for counts against the one who connects', async () => {
    const { now } = clock();
    const server = await testApp({ now, signIn: { adminPassword: 'secret' } });
    await server.key('admin');
    let looked = 0;
    for (let n = 0; n < 20; n++) {
      const headers = { 'x-forwarded-for': `198.51.100.${n}` };
      const { status } = await new Visitor(server).signIn({ password: 'wrong' }, { headers });
      if (status === 401) looked++;
    }
    expect(looked).toBe(5);
  });
});
