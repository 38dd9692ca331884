import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '../support/app.ts';
import { logsBody, storedId } from '../support/calls.ts';

/** Two organisations that use the same names for everything but themselves; only marks tell whose something is. */
const ORGS = ['acme', 'globex'] as const;
type Org = (typeof ORGS)[number];

const NOW = Date.UTC(2026, 10, 20, 12);
const MARK: Readonly<Record<Org, string>> = { acme: 'redmark', globex: 'bluemark' };
const otherOf = (org: Org): Org => (org === 'acme' ? 'globex' : 'acme');

let server: Awaited<ReturnType<typeof openApp>>;
let paths: Record<string, Record<string, unknown>> = {};
const keys = new Map<string, string>();
beforeAll(async () => {
  server = await openApp({ now: () => NOW });
  const described = await server.app.inject('/openapi.json');
  paths = described.json<{ paths: typeof paths }>().paths;
  for (const org of ORGS) {
    keys.set(`${org} ingest`, await server.key('ingest', org));
    keys.set(`${org} admin`, await server.key('admin', org, 'root@acme.com'));
  }
});
afterAll(() => server.close());

async function call(org: Org, scope: 'ingest' | 'admin', method: string, url: string, payload?: Buffer | object) {
  const response = await server.app.inject({
    method: method as 'GET',
    url,
    headers: {
      'x-api-key': keys.get(`${org} ${scope}`) ?? '',
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: response.statusCode, text: response.body };
}

/** What is sent: of the same people, actors and request ids on both sides. */
interface Step {
  org: Org;
  kind: 'call' | 'member' | 'team' | 'seat' | 'mapping' | 'settings' | 'key' | 'invitation' | 'price';
  n: number;
}
const step: fc.Arbitrary<Step> = fc.record({
  org: fc.constantFrom(...ORGS),
  kind: fc.constantFrom(
    'call',
    'call',
    'call',
    'member',
    'team',
    'seat',
    'mapping',
    'settings',
    'key',
    'invitation',
    'price',
  ),
  n: fc.integer({ min: 0, max: 5 }),
});

/** How many requests each organisation must answer with in the end. */
const sent: Readonly<Record<Org, Set<number>>> = { acme: new Set(), globex: new Set() };

async function take({ org, kind, n }: Step): Promise<number> {
  const mark = MARK[org];
  const at = (path: string): string => `/api/v1/${org}/${path}`;
  const put = async (path: string, body: object): Promise<number> =>
    (await call(org, 'admin', 'PUT', at(path), body)).status;
  const post = async (path: string, body: object): Promise<number> =>
    (await call(org, 'admin', 'POST', at(path), body)).status;
  const email = `p${n}@acme.com`;
  switch (kind) {
    case 'call': {
      sent[org].add(n);
      // The same record ids on both sides; what is said of them differs.
      const more = { project: mark, 'repository.name': mark };
      const sessionAndModel = { session: mark, model: `model-${mark}` };
      const body = logsBody({ n, email, at: '2026-11-18T10:00:00Z', ...sessionAndModel, more });
      return (await call(org, 'ingest', 'POST', '/v1/logs', body)).status;
    }
    case 'member':
      return put(`members/${email}`, { name: mark, team: `team ${mark}`, aliases: [`github:${n}`] });
    case 'team':
      return put(`teams/team%20${mark}`, { department: mark, managers: [email] });
    case 'seat':
      return put(`seats/${email}/cursor`, { tier: mark, monthlyMicros: 1_000_000 });
    case 'mapping':
      return put(`mappings/key:${n}`, { segments: [{ person: `${mark}@acme.com` }] });
    case 'settings':
      return put('settings', { mailDomains: [`${mark}.com`] });
    case 'key':
      return post('keys', { scope: 'member', email: `${mark}@acme.com` });
    case 'invitation':
      return post('invitations', { email: `${mark}@acme.com` });
    case 'price':
      return put(`seat-prices/cursor/${mark}`, { monthlyMicros: n });
  }
}

/** Every GET below an organisation, with the parameters filled in. */
function addresses(org: Org): string[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    'get' in methods && path.includes('{org_id}')
      ? [
          path
            .replace('{org_id}', org)
            .replace('{email}', 'p1@acme.com')
            .replace('{person}', 'p1@acme.com')
            .replace(/\{\w+\}/g, 'x1'),
        ]
      : [],
  );
}

const TELLING = [
  '/api/v1//audit',
  '/api/v1//invitations',
  '/api/v1//keys',
  '/api/v1//mappings',
  '/api/v1//members',
  '/api/v1//seats',
  '/api/v1//settings',
  '/api/v1//teams',
  '//sessions/analytics/cost-breakdown',
];

describe('two organisations on one server', () => {
  it('share not one row, whatever is sent to both at the same time', async () => {
    const told = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 40 }), async (steps) => {
        // At once: a race within an organisation may answer 409, one between them never.
        const statuses = await Promise.all(steps.map(take));
        for (const [index, status] of statuses.entries())
          expect([steps[index], [200, 201, 409].includes(status)]).toEqual([steps[index], true]);
        for (const org of ORGS) {
          const other = MARK[otherOf(org)];
          for (const url of addresses(org)) {
            const { status, text } = await call(org, 'admin', 'GET', url);
            expect([url, status < 500, text.includes(other)]).toEqual([url, true, false]);
            if (text.includes(MARK[org])) told.add(url.replace(org, ''));
          }
          const summary = await call(org, 'admin', 'GET', `/${org}/sessions/analytics/summary?from=2026-11-01`);
          expect((JSON.parse(summary.text) as { totalRequests: number }).totalRequests).toBe(sent[org].size);
        }
      }),
      // What was sent stays, so that there is nothing to shrink.
      { numRuns: 8, endOnFailure: true },
    );
    // The marks are told to those whose they are: they would be seen elsewhere.
    expect([...told].sort()).toEqual(expect.arrayContaining(TELLING));
  });

  it('answer each only about its own records, by the same ids', async () => {
    await take({ org: 'acme', kind: 'call', n: 99 });
    const ids = [storedId(99)];
    const asked = await Promise.all(
      ORGS.map((org) => call(org, 'ingest', 'POST', '/meter/v2/records/lookup', { ids })),
    );
    expect(asked.map(({ text }) => (JSON.parse(text) as { records: unknown[] }).records.length)).toEqual([1, 0]);
  });

  it('answer nothing at all at the other’s addresses', async () => {
    for (const org of ORGS)
      for (const url of addresses(otherOf(org))) {
        const { status, text } = await call(org, 'admin', 'GET', url);
        expect([url, status, text.includes('no such organisation for this key')]).toEqual([url, 404, true]);
      }
  });
});
