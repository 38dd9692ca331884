import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { groupRoles, oidcSettings, roleOfGroups } from '../../src/server/services/oidc-settings.ts';
import type { TestApp } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { Visitor } from '../support/visitor.ts';
import type { OidcPerson, OidcProvider } from '../support/oidc-provider.ts';
import { oidcProvider } from '../support/oidc-provider.ts';

const ADA: OidcPerson = { sub: '1', email: 'Ada@acme.com', email_verified: true, groups: ['everyone', 'leads'] };

interface World {
  server: TestApp;
  provider: OidcProvider;
  browser: Visitor;
}

async function world(roles = 'leads=manager,it=admin', now = Date.now): Promise<World> {
  const provider = await oidcProvider();
  const oidc = oidcSettings({
    REVENIUM_OIDC_ISSUER: provider.issuer,
    REVENIUM_OIDC_CLIENT_ID: provider.clientId,
    REVENIUM_OIDC_CLIENT_SECRET: provider.clientSecret,
    REVENIUM_OIDC_ROLES: roles,
  });
  const server = await testApp({ now, signIn: { oidc, fetch } });
  await server.key('admin');
  return { server, provider, browser: new Visitor(server) };
}

const locationOf = (headers: Record<string, unknown>): string => String(headers.location);

/** To the provider and back, as a browser goes; `between` sees the way back before it is gone. */
async function goThrough({ browser, provider }: World, person: OidcPerson, between?: (back: URL) => URL) {
  provider.person = person;
  const away = await browser.visit('/api/session/oidc');
  expect(away.status).toBe(302);
  const answered = await fetch(locationOf(away.headers), { redirect: 'manual' });
  expect(answered.status).toBe(302);
  const back = new URL(answered.headers.get('location') ?? '');
  const { pathname, search } = between ? between(back) : back;
  const { status, headers } = await browser.visit(pathname + search, {
    headers: { 'sec-fetch-site': 'cross-site' },
  });
  expect(status).toBe(302);
  return locationOf(headers);
}

describe('sign-in by an identity provider', () => {
  it('lets people in with the role of their groups', async () => {
    const all = await world();
    expect(await goThrough(all, ADA)).toBe('/');
    const { body } = await all.browser.visit<{ scope: string; email: string; org: string }>('/api/session');
    expect(body).toMatchObject({ signedIn: true, scope: 'manager', email: 'ada@acme.com', org: 'acme' });
    expect((await all.browser.visit('/api/v1/acme/keys')).status).toBe(403);
    expect(await goThrough(all, { ...ADA, groups: ['it', 'leads'] })).toBe('/');
    expect((await all.browser.visit('/api/v1/acme/keys')).status).toBe(200);
    expect((await all.browser.visit('/api/v1/globex/keys')).status).toBe(404);
  });

  it('lets in whom the roster knows, with the role that it has, where no group says one', async () => {
    const all = await world();
    const asking = { org: 'acme', author: 'test' };
    await all.server.people.roster.putMember(asking, 'ada@acme.com', { role: 'admin' });
    expect(await goThrough(all, { ...ADA, groups: [] })).toBe('/');
    expect((await all.browser.visit('/api/v1/acme/keys')).status).toBe(200);
  });

  it.each([
    ['who is in no group that counts', { ...ADA, groups: ['everyone'] }, 'not-allowed'],
    ['whose groups are no list', { ...ADA, groups: { it: true } }, 'not-allowed'],
    ['without an e-mail', { sub: '1', groups: ['it'] }, 'no-email'],
    ['whose e-mail nobody has checked', { ...ADA, email_verified: false }, 'no-email'],
  ])('does not let somebody in %s', async (_, person, word) => {
    const all = await world();
    expect(await goThrough(all, person)).toBe(`/sign-in?error=${word}`);
    expect([...all.browser.cookies.keys()]).toEqual([]);
  });

  it('ends with leaving the organisation', async () => {
    const all = await world('*=admin');
    await goThrough(all, ADA);
    expect((await all.browser.visit('/api/v1/acme/keys')).status).toBe(200);
    const left = { toMs: Date.now() - 1000 };
    await all.server.people.roster.putMember({ org: 'acme', author: 'test' }, 'ada@acme.com', left);
    expect((await all.browser.visit('/api/v1/acme/keys')).status).toBe(401);
    expect(await goThrough(all, ADA)).toBe('/sign-in?error=not-allowed');
  });

  it('ends by signing out everywhere, by oneself or by an administrator', async () => {
    const all = await world('*=admin');
    await goThrough(all, ADA);
    const other = new Visitor(all.server);
    await goThrough({ ...all, browser: other }, ADA);
    await other.visit('/api/session?everywhere=true', { method: 'DELETE' });
    expect((await all.browser.visit('/api/v1/acme/keys')).status).toBe(401);
    await goThrough(all, ADA);
    const admin = await all.server.key('admin');
    const ended = await all.server.app.inject({
      method: 'DELETE',
      url: '/api/v1/acme/members/ada@acme.com/sign-ins',
      headers: { 'x-api-key': admin },
    });
    expect(ended.statusCode).toBe(204);
    expect((await all.browser.visit('/api/v1/acme/keys')).status).toBe(401);
  });

  it.each<[string, OidcProvider['spoil']]>([
    ['for somebody else’s request', { nonce: 'another' }],
    ['for another client', { audience: 'another' }],
    ['of another provider', { issuer: 'https://evil.example' }],
    ['that is out of date', { expired: true }],
    ['that another key signed', { foreignKey: true }],
  ])('takes no token %s', async (_, spoil) => {
    const all = await world('*=admin');
    all.provider.spoil = spoil;
    expect(await goThrough(all, ADA)).toBe('/sign-in?error=failed');
    expect((await all.browser.visit('/api/v1/acme/keys')).status).toBe(401);
  });

  it('takes no answer but the one that this browser asked for, and each once', async () => {
    const all = await world('*=admin');
    const state = (back: URL): URL => {
      back.searchParams.set('state', 'another');
      return back;
    };
    expect(await goThrough(all, ADA, state)).toBe('/sign-in?error=failed');
    // A victim's browser that is sent to an attacker's callback carries no flow.
    let seen: URL | null = null;
    await goThrough(all, ADA, (back) => (seen = back));
    const { pathname, search } = seen ?? new URL('http://x');
    const replayed = await new Visitor(all.server).visit(pathname + search);
    expect(locationOf(replayed.headers)).toBe('/sign-in?error=failed');
    const denied = await goThrough(all, ADA, (back) => new URL('?error=access_denied&state=x', back));
    expect(denied).toBe('/sign-in?error=failed');
  });

  it('says so while the provider does not answer, and goes on when it does', async () => {
    const all = await world('*=admin');
    all.provider.down = true;
    expect((await all.browser.visit('/api/session/oidc')).status).toBe(503);
    all.provider.down = false;
    expect(await goThrough(all, ADA)).toBe('/');
  });

  it('sends the client’s secret to the provider and to nobody else', async () => {
    const all = await world('*=admin');
    await goThrough(all, ADA);
    expect(all.server.log()).not.toContain(all.provider.clientSecret);
    expect(JSON.stringify(await all.server.store.readControl())).not.toContain(all.provider.clientSecret);
    const away = await all.browser.visit('/api/session/oidc');
    expect(locationOf(away.headers)).not.toContain(all.provider.clientSecret);
  });
});

describe('settings of the identity provider', () => {
  const env = { REVENIUM_OIDC_ISSUER: 'https://id.acme.com', REVENIUM_OIDC_CLIENT_ID: 'x' };

  it('are none, or whole', () => {
    expect(oidcSettings({})).toBeNull();
    expect(oidcSettings(env)).toMatchObject({ clientSecret: null, groupsClaim: 'groups', org: null });
    for (const broken of [
      { ...env, REVENIUM_OIDC_CLIENT_ID: '' },
      { ...env, REVENIUM_OIDC_ISSUER: 'id.acme.com' },
      { ...env, REVENIUM_OIDC_ISSUER: 'http://id.acme.com' },
      { ...env, REVENIUM_OIDC_ROLES: 'it' },
      { ...env, REVENIUM_OIDC_ROLES: 'it=owner' },
      { ...env, REVENIUM_OIDC_ROLES: '=admin' },
    ])
      expect(() => oidcSettings(broken)).toThrow(UsageError);
  });

  it('give the most that any group gives', () => {
    const roles = groupRoles('cn=it,ou=x=admin; leads=manager ;*=member');
    expect([...roles]).toEqual([
      ['cn=it,ou=x', 'admin'],
      ['leads', 'manager'],
      ['*', 'member'],
    ]);
    expect([...groupRoles('it=admin,*=member')]).toHaveLength(2);
    expect(roleOfGroups(['leads', 'x'], roles)).toBe('manager');
    expect(roleOfGroups([], roles)).toBe('member');
    expect(roleOfGroups(['leads'], new Map())).toBeNull();
  });
});
