import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql, text } from '../../../src/reports/sql.ts';
import { DAY_MS } from '../../../src/usage/days.ts';
import { testApp } from '../../support/app.ts';
import type { VendorPull } from '../../support/github-api.ts';
import { GITHUB_TOKEN, GithubApi } from '../../support/github-api.ts';
import { SleepingClock, listening } from '../../support/vendor-client.ts';
import type { VendorFault } from '../../support/vendor-server.ts';
import { VendorSyncWorld } from '../../support/vendor-sync-world.ts';

const START = Date.UTC(2026, 10, 20, 9, 30);

const clock = new SleepingClock(START);
const server = new GithubApi(clock.now);
let world: VendorSyncWorld;
let orgs = 0;

beforeAll(async () => {
  await server.listen();
  world = await VendorSyncWorld.start(
    {
      ...{ vendor: 'github', apiKey: GITHUB_TOKEN, base: ['GITHUB_API_BASE_URL', () => server.url] },
      settings: { organizations: ['acme', 'globex'] },
    },
    clock,
  );
});
afterAll(async () => {
  await world.close();
  await server.close();
});
beforeEach(fresh);

function fresh(): void {
  orgs += 1;
  world.org = `acme-${orgs}`;
  clock.nowMs = START + (orgs % 300) * 60_000;
  Object.assign(server, { pulls: [], faults: [], refusals: [] });
}

const SIGNED = 'Fix\n\nCo-Authored-By: Claude <noreply@anthropic.com>';

const pull = (number: number, atMs: number, extra: Partial<VendorPull> = {}): VendorPull => ({
  ...{ organization: 'acme', repository: 'acme/app', number, mergedAt: new Date(atMs).toISOString(), login: 'ada' },
  commits: [{ message: number % 2 === 0 ? SIGNED : 'Fix', email: 'ada@acme.com', login: 'ada' }],
  ...extra,
});

const stored = async (org = world.org) =>
  (
    await world.store.query(
      sql`SELECT repository, number, merged_at_ms, commit_tools, additions FROM pull_request WHERE org = ${text(org)} ORDER BY repository, number`,
    )
  ).map((row) => [row.repository, row.number, row.merged_at_ms, row.commit_tools, row.additions]);

const wanted = (pulls: readonly VendorPull[]) =>
  pulls
    .map(({ repository, number, mergedAt, additions = 1 }) => [
      ...[repository, number, Date.parse(mergedAt), number % 2 === 0 ? 'claude-code' : '', additions],
    ])
    .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : String(a[0]) > String(b[0]) ? 1 : Number(a[1]) - Number(b[1])));

describe('a sync of GitHub', () => {
  it('reads every organisation, and one that is forbidden does not stop the other', async () => {
    server.pulls = [
      pull(1, START - DAY_MS),
      pull(2, START - 2 * DAY_MS),
      pull(2, START - DAY_MS, { organization: 'globex', repository: 'globex/web' }),
    ];
    server.refusals = [{ type: 'FORBIDDEN', message: 'SAML' }];
    const run = await world.sync();
    expect(run.state).toBe('partial');
    expect(run.error).toMatch(/^pull-requests of acme: GitHub answered 200 to \/graphql: SAML/);
    expect(await stored()).toEqual(wanted(server.pulls.slice(2)));
    const second = await world.sync();
    expect([second.state, second.parts.map(({ fetched, written }) => [fetched, written])]).toEqual([
      'done',
      [
        [2, 2],
        [1, 0],
      ],
    ]);
    expect(await stored()).toEqual(wanted(server.pulls));
  });

  it('cannot guess whose pull requests are meant', async () => {
    const { vendors, app, key } = await testApp({ vendorEnv: { GITHUB_TOKEN } });
    const response = await app.inject({
      method: 'POST',
      url: '/api/v1/acme/syncs',
      headers: { 'x-api-key': await key('admin') },
      payload: { vendor: 'github' },
    });
    expect(response.statusCode).toBe(400);
    expect(response.body).toContain('GITHUB_ORGANIZATIONS');
    // Nobody is asked over and over.
    expect(await vendors.syncs.startDue()).toEqual([]);
  });
});

it('the webhook stores what was merged at once, and the commits’ tools as soon as they are read', async () => {
  const github = await listening(new GithubApi(() => START));
  github.pulls = [pull(42, START - 60_000, { additions: 10 })];
  const { app, store, key } = await testApp({
    now: () => START,
    vendorEnv: { GITHUB_TOKEN, GITHUB_API_BASE_URL: github.url },
    vendorFetch: fetch,
  });
  const admin = await key('admin');
  await app.inject({
    method: 'PUT',
    url: '/api/v1/acme/connections/github',
    headers: { 'x-api-key': admin },
    payload: { webhookSecret: 'secret-0123456789' },
  });
  const payload = JSON.stringify({
    action: 'closed',
    repository: { full_name: 'acme/app' },
    pull_request: {
      number: 42,
      merged: true,
      merged_at: new Date(START - 60_000).toISOString(),
      user: { login: 'ada' },
    },
  });
  const signature = `sha256=${createHmac('sha256', 'secret-0123456789').update(payload).digest('hex')}`;
  const headers = {
    'x-github-event': 'pull_request',
    'x-hub-signature-256': signature,
    'content-type': 'application/json',
  };
  const response = await app.inject({ method: 'POST', url: '/api/v1/acme/webhooks/github', headers, payload });
  expect(response.json()).toEqual({ stored: true });
  const tools = async () => (await store.query(sql`SELECT commit_tools, email, additions FROM pull_request`))[0];
  while ((await tools())?.commit_tools === '') await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await tools()).toEqual({ commit_tools: 'claude-code', email: 'ada@acme.com', additions: 10 });
  // The same event again is older than what was read since.
  await app.inject({ method: 'POST', url: '/api/v1/acme/webhooks/github', headers, payload });
  expect(await tools()).toMatchObject({ commit_tools: 'claude-code' });
});

const fault = fc.constantFrom<VendorFault>(
  { kind: 'status', status: 502 },
  { kind: 'status', status: 403, headers: { 'x-ratelimit-remaining': '0' } },
  { kind: 'status', status: 429, retryAfter: '61' },
  { kind: 'reset' },
  { kind: 'half' },
  { kind: 'garbage' },
  { kind: 'no-date' },
);

it('whatever happens on the way, comes to what the vendor has', async () => {
  const merge = fc.record({
    kind: fc.constant('merge' as const),
    minutesAgo: fc.integer({ min: 2, max: 20 * 1440 }),
    size: fc.nat(500),
  });
  const sync = fc.record({ kind: fc.constant('sync' as const), faults: fc.array(fault, { maxLength: 5 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(merge, sync), { maxLength: 12 }), async (steps) => {
      fresh();
      for (const step of steps) {
        if (step.kind === 'merge') {
          const number = server.pulls.length + 1;
          server.pulls = [...server.pulls, pull(number, START - step.minutesAgo * 60_000, { additions: step.size })];
        } else {
          server.faults = [...step.faults];
          await world.sync();
        }
      }
      server.faults = [];
      expect((await world.sync({ fromMs: START - 25 * DAY_MS, toMs: clock.nowMs })).state).toBe('done');
      expect(await stored()).toEqual(wanted(server.pulls));
    }),
    { numRuns: 15 },
  );
});
