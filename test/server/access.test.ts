import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/server/app.ts';
import { DASHBOARD_PAGES } from '../../src/server/routes/dashboard.ts';
import type { Scope } from '../../src/server/services/keys.ts';
import { SCOPES } from '../../src/server/services/keys.ts';
import { openApp, testApp } from '../support/app.ts';

/** Who may call what, written down a second time: a route that is not here fails the first test. */
interface Rule {
  kind: 'public' | 'session' | 'operator' | 'key' | 'organization';
  scopes: readonly Scope[];
}
const anybody: Rule = { kind: 'public', scopes: SCOPES };
/** Answers whoever is signed in about themselves; see session.test.ts. */
const ownSession: Rule = { kind: 'session', scopes: SCOPES };
/** By a signature of its body; see vendor-routes.test.ts. */
const signed: Rule = { kind: 'session', scopes: SCOPES };
const operator: Rule = { kind: 'operator', scopes: [] };
const key = (...scopes: Scope[]): Rule => ({ kind: 'key', scopes });
const inOrganization = (...scopes: Scope[]): Rule => ({ kind: 'organization', scopes });

const RULES: Readonly<Record<string, Rule>> = {
  'POST /meter/v2/otlp/v1/logs': key('ingest', 'admin'),
  'POST /meter/v2/otlp/v1/metrics': key('ingest', 'admin'),
  'POST /meter/v2/otlp/v1/traces': key('ingest', 'admin'),
  'POST /v1/logs': key('ingest', 'admin'),
  'POST /v1/metrics': key('ingest', 'admin'),
  'POST /v1/traces': key('ingest', 'admin'),
  'POST /meter/v2/records/lookup': key(...SCOPES),
  'GET /v2/sdk/resolve-key': key(...SCOPES),
  'POST /api/v1/:org_id/keys': inOrganization('admin'),
  'GET /api/v1/:org_id/keys': inOrganization('admin'),
  'POST /api/v1/:org_id/imports': inOrganization('admin'),
  'GET /api/v1/:org_id/imports': inOrganization('admin'),
  'GET /api/v1/:org_id/exports/events': inOrganization('admin'),
  'DELETE /api/v1/:org_id/keys/:id': inOrganization('admin'),
  ...Object.fromEntries(
    [
      'GET members',
      'GET members/:email',
      'PUT members/:email',
      'POST members/import',
      'POST members/:email/merge',
      'DELETE members/:email/merge',
      'DELETE members/:email/sign-ins',
      'GET teams',
      'PUT teams/:name',
      'GET settings',
      'PUT settings',
      'GET seats',
      'PUT seats/:email/:assistant',
      'POST seats/:email/:assistant/end',
      'POST seats/import',
      'GET seat-prices',
      'PUT seat-prices/:assistant/:tier',
      'GET mappings',
      'POST mappings',
      'PUT mappings/:actor',
      'DELETE mappings/:actor',
      'POST mappings/import',
      'GET unmapped',
      'POST invitations',
      'GET invitations',
      'DELETE invitations/:id',
      'GET audit',
      'GET targets',
      'PUT targets',
      'GET budgets',
      'PUT budgets',
      'GET alerts',
      'PUT alerts/settings',
      'POST alerts/test',
      'POST alerts/evaluate',
      'GET connections',
      'PUT connections/:vendor',
      'DELETE connections/:vendor',
      'POST connections/:vendor/test',
      'POST syncs',
      'GET syncs',
      'GET syncs/:id',
    ].map((route) => [route.replace(' ', ' /api/v1/:org_id/'), inOrganization('admin')]),
  ),
  ...Object.fromEntries(
    [
      ...['summary', 'timeseries', 'breakdown', 'adoption', 'retention', 'segments', 'heatmap', 'workflows', 'tools'],
      ...['reliability', 'session-health', 'cache', 'value', 'forecast', 'anomalies', 'users', 'users/:person'],
      ...['sessions', 'sessions/:session_id', 'leaderboard', 'pull-requests', 'filters', 'definitions'],
    ].map((report) => [`GET /api/v1/:org_id/${report}`, inOrganization('member', 'manager', 'admin')]),
  ),
  'GET /api/v1/:org_id/data-quality': inOrganization('manager', 'admin'),
  'GET /:org_id/sessions/analytics/summary': inOrganization('member', 'manager', 'admin'),
  'GET /:org_id/sessions/analytics/timeseries': inOrganization('member', 'manager', 'admin'),
  'GET /:org_id/sessions/analytics/by-agent': inOrganization('member', 'manager', 'admin'),
  'GET /:org_id/sessions/analytics/cost-breakdown': inOrganization('member', 'manager', 'admin'),
  'GET /api/session': ownSession,
  'POST /api/session': ownSession,
  'DELETE /api/session': ownSession,
  'GET /api/session/oidc': ownSession,
  'GET /api/session/oidc/callback': ownSession,
  'POST /api/sync': key('admin'),
  'POST /api/v1/:org_id/webhooks/github': signed,
  'GET /healthz': anybody,
  'GET /readyz': anybody,
  'GET /openapi.json': anybody,
  'GET /metrics': operator,
  'GET /api/v1/backup': operator,
};

/** The routes of the tree that fastify prints: four columns a level, `/path (GET, POST)` in a line. */
function routesOf(printed: string): string[] {
  const path: string[] = [];
  return printed
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^([│ ]*)[├└]── (\S+)(?: \((.+)\))?$/.exec(line) ?? [];
      path.splice(indent.length / 4, path.length, part);
      return methods === '' ? [] : methods.split(', ').map((method) => `${method} ${path.join('')}`);
    });
}

let server: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  // A made-up connection has nothing to cut off.
  server = await openApp({ bodyIdleMs: 3_600_000 });
});
afterAll(() => server.close());

interface Answer {
  status: number;
  message: string;
}

async function call(route: string, headers: Record<string, string>, remoteAddress = '192.0.2.1'): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const response = await server.app.inject({
    method: method as 'GET',
    url: path
      .replace(':org_id', 'acme')
      .replace(':email', 'ada@acme.com')
      .replace(':assistant', 'cursor')
      .replace(/:\w+/, 'key_unknown'),
    remoteAddress,
    headers: { ...headers, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) },
    ...(method === 'POST' ? { payload: '{}' } : {}),
  });
  const body: unknown = response.headers['content-type']?.toString().includes('json') ? response.json() : {};
  const { message, error } = body as { message?: string; error?: { message: string } };
  return { status: response.statusCode, message: message ?? error?.message ?? '' };
}

const NO_ORGANIZATION = { status: 404, message: 'no such organisation for this key' };
const passed = ({ status, message }: Answer): boolean =>
  ![401, 403].includes(status) && message !== NO_ORGANIZATION.message;

it('covers every route', async () => {
  await server.app.ready();
  const routes = routesOf(server.app.printRoutes({ commonPrefix: false }));
  // The dashboard's files are there where it is built; they hold no data.
  const files = [
    'GET /',
    'GET /*',
    'GET /assets/*',
    'GET /favicon.svg',
    ...DASHBOARD_PAGES.map((page) => `GET ${page}`),
  ];
  expect(routes.filter((route) => !files.includes(route)).sort()).toEqual(Object.keys(RULES).sort());
});

const RULED = Object.entries(RULES).filter(([, { kind }]) => kind !== 'session');

describe.each(RULED)('%s', (route, rule) => {
  it.each([
    ['no key', {}],
    ['an unknown key', { 'x-api-key': 'hak_acme_unknown' }],
    ['an unknown bearer token', { authorization: 'Bearer hak_acme_unknown' }],
    ['another scheme', { authorization: 'Basic aGFrOmFjbWU=' }],
    ['an empty key', { 'x-api-key': '' }],
    ['a cookie', { cookie: 'x-api-key=hak_acme_unknown' }],
  ])('with %s', async (_, headers) => {
    const answer = await call(route, headers);
    if (rule.kind === 'public') expect(passed(answer)).toBe(true);
    else expect(answer.status).toBe(401);
  });

  it.each(SCOPES)('with the key of scope %s', async (scope) => {
    const answer = await call(route, { 'x-api-key': await server.key(scope, 'acme') });
    if (rule.scopes.includes(scope)) expect(passed(answer), JSON.stringify(answer)).toBe(true);
    else expect(answer.status).toBe(403);
  });

  it.each(['member', 'manager', 'admin'] as const)('with the session of a %s', async (scope) => {
    const { token } = server.people.sessions.begin({ kind: 'key', id: await server.keyId(scope, 'acme') });
    const headers = { cookie: `revenium_session=${token}`, host: 'usage.acme.com', origin: 'http://usage.acme.com' };
    const answer = await call(route, headers);
    if (rule.kind === 'public') expect(passed(answer)).toBe(true);
    else if (rule.kind !== 'organization') expect(answer.status).toBe(401);
    else if (rule.scopes.includes(scope)) expect(passed(answer), JSON.stringify(answer)).toBe(true);
    else expect(answer.status).toBe(403);
    if (rule.kind !== 'organization') return;
    const elsewhere = await call(route.replace(':org_id', 'globex'), headers);
    expect(elsewhere).toEqual(NO_ORGANIZATION);
  });

  it.each(SCOPES)('with another organisation’s key of scope %s', async (scope) => {
    const answer = await call(route, { 'x-api-key': await server.key(scope, 'globex') });
    if (rule.kind === 'organization') expect(answer).toEqual(NO_ORGANIZATION);
    else if (rule.scopes.includes(scope)) expect(passed(answer)).toBe(true);
    else expect(answer.status).toBe(403);
  });

  it('with the operator’s key, of whatever organisation', async () => {
    const wanted = { org: 'root', scope: 'admin', operator: true } as const;
    const { key: operatorKey } = await server.keys.create(wanted, 'test');
    expect(passed(await call(route, { authorization: `Bearer ${operatorKey}` }))).toBe(true);
  });
});

describe('what is open to this machine', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])('is /metrics, from %s', async (address) => {
    expect((await call('GET /metrics', {}, address)).status).toBe(200);
  });

  it.each([{ 'x-forwarded-for': '192.0.2.7' }, { forwarded: 'for=192.0.2.7' }])(
    'is not what a proxy on it passes on: %j',
    async (headers) => {
      expect((await call('GET /metrics', headers, '127.0.0.1')).status).toBe(401);
    },
  );

  it('is nothing else', async () => {
    for (const [route, rule] of RULED)
      if (rule.kind !== 'public' && route !== 'GET /metrics')
        expect([route, (await call(route, {}, '127.0.0.1')).status]).toEqual([route, 401]);
  });
});

it('a route that does not say who may call it does not start', async () => {
  const { store, people } = await testApp();
  const app = await createApp({ store, people, logger: pino({ level: 'silent' }), now: Date.now, version: '0' });
  expect(() => app.get('/open', async () => 'secret')).toThrow('/open does not say who may call it');
  await app.close();
});

it('an unknown address answers 404 to anybody', async () => {
  expect(await call('GET /nothing', {})).toEqual({ status: 404, message: 'no such route' });
  expect(await call('POST /acme/sessions/analytics/summary', {})).toEqual({ status: 404, message: 'no such route' });
});
