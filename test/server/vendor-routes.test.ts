import { createHmac } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sql } from '../../src/reports/sql.ts';
import type { TestAppOptions } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { ANTHROPIC_KEY, AnthropicApi } from '../support/anthropic-api.ts';
import { Visitor } from '../support/visitor.ts';
import { listening } from '../support/vendor-client.ts';

const NOW = Date.UTC(2026, 10, 20, 9, 30);
const CRON = 'cron-secret-0123456789';

async function world(options: TestAppOptions & { connect?: boolean } = {}) {
  const { connect = true, vendorEnv = {}, ...rest } = options;
  const vendor = await listening(new AnthropicApi(() => NOW));
  vendor.claudeCode = [
    {
      date: '2026-11-19T00:00:00Z',
      actor: { type: 'user_actor', email_address: 'ada@acme.com' },
      organization_id: 'o1',
      core_metrics: { num_sessions: 2 },
      model_breakdown: [
        { model: 'claude-opus-5-5', tokens: { input: 10, output: 20 }, estimated_cost: { amount: 1.5 } },
      ],
    },
  ];
  const server = await testApp({
    now: () => NOW,
    vendorEnv: { ANTHROPIC_API_BASE_URL: vendor.url, CRON_SECRET: CRON, ...vendorEnv },
    vendorFetch: fetch,
    ...rest,
  });
  const admin = await server.key('admin');
  const call = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: unknown, headers = {}) => {
    const response = await server.app.inject({
      method,
      url,
      headers: { 'x-api-key': admin, ...headers },
      ...(payload === undefined ? {} : { payload: payload as object }),
    });
    return { status: response.statusCode, body: response.json<Answer>(), text: response.body };
  };
  if (connect) await call('PUT', '/api/v1/acme/connections/anthropic', { apiKey: ANTHROPIC_KEY });
  const settled = async (id: string) => {
    await server.vendors.syncs.ended(id);
    return (await call('GET', `/api/v1/acme/syncs/${id}`)).body;
  };
  return { ...server, vendor, call, settled };
}

/** The members that these tests look at, as the routes' schemas have them. */
interface Answer {
  connections: unknown[];
  syncs: unknown[];
  error: { message: string };
  [member: string]: unknown;
}

interface Started {
  syncs: { id: string; org: string; vendor: string; state: string }[];
  notStarted: { vendor: string; reason: string }[];
}

const filesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(directory, name))
    .filter((name) => statSync(name).isFile());

describe('connections', () => {
  it('take a key in and never give it out, anywhere', async () => {
    const { call, directory, log, store, app } = await world({ connect: false });
    const answer = await call('PUT', '/api/v1/acme/connections/anthropic', {
      apiKey: ` ${ANTHROPIC_KEY}\n`,
      webhookSecret: null,
    });
    expect(answer).toMatchObject({ status: 200, body: { keyFrom: 'stored', keyHint: 'sk-ant-…GHIJ' } });
    await call('PUT', '/api/v1/acme/connections/github', {
      webhookSecret: 'whsec_topsecret_0123',
      settings: { organizations: ['acme'] },
    });
    const list = await call('GET', '/api/v1/acme/connections');
    expect(list.body.connections).toMatchObject([
      { vendor: 'anthropic', keyFrom: 'stored' },
      { vendor: 'openai', keyFrom: null },
      { vendor: 'cursor', keyFrom: null },
      { vendor: 'github', keyFrom: null, hasWebhookSecret: true, settings: { organizations: ['acme'] } },
    ]);
    const control = JSON.stringify(await store.readControl());
    const audit = (await call('GET', '/api/v1/acme/audit')).text;
    await app.close();
    // Not even what is encrypted is shown.
    expect(audit).toContain('keyHint');
    expect(audit).not.toMatch(/v1\.[0-9a-f]{12}\./);
    for (const secret of [ANTHROPIC_KEY, 'whsec_topsecret_0123']) {
      expect(answer.text + list.text + control + audit + log()).not.toContain(secret);
      for (const file of filesIn(directory)) expect([file, readFileSync(file).includes(secret)]).toEqual([file, false]);
    }
    const keyFile = path.join(directory, 'encryption.key');
    if (process.platform !== 'win32') expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  });

  it('take the environment’s key for the first organisation alone', async () => {
    const { call, vendors, key } = await world({ connect: false, vendorEnv: { ANTHROPIC_ADMIN_KEY: ANTHROPIC_KEY } });
    await key('admin', 'globex');
    const [connection] = (await call('GET', '/api/v1/acme/connections')).body.connections;
    expect(connection).toMatchObject({ keyFrom: 'environment', keyHint: 'sk-ant-…GHIJ' });
    expect(vendors.connections.find('globex', 'anthropic').keyFrom).toBeNull();
    expect(vendors.connections.connected()).toEqual([{ org: 'acme', vendor: 'anthropic' }]);
  });

  it('forget a key when they are told to', async () => {
    const { call, vendors } = await world();
    expect((await call('DELETE', '/api/v1/acme/connections/anthropic')).body).toMatchObject({
      keyFrom: null,
      keyHint: null,
    });
    expect(await vendors.connections.keyOf('acme', 'anthropic')).toBeNull();
    expect((await call('POST', '/api/v1/acme/syncs', { vendor: 'anthropic' })).status).toBe(404);
  });

  it('refuse what no header can carry', async () => {
    const { call } = await world({ connect: false });
    const answer = await call('PUT', '/api/v1/acme/connections/openai', { apiKey: 'sk-admin-a\nb-0123456789' });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('0123456789');
  });
});

describe('POST /api/sync', () => {
  it('starts what is connected, by an admin’s key, and shows what came of it', async () => {
    const { call, settled, store } = await world();
    const { status, body } = await call('POST', '/api/sync', { startDate: '2026-11-18', endDate: '2026-11-20' });
    const { syncs, notStarted } = body as unknown as Started;
    expect([status, notStarted]).toEqual([202, []]);
    expect(syncs).toMatchObject([{ org: 'acme', vendor: 'anthropic', state: 'running' }]);
    const run = await settled(syncs[0]?.id ?? '');
    expect(run).toMatchObject({
      state: 'done',
      asked: { from: '2026-11-18T00:00:00.000Z', to: '2026-11-20T00:00:00.000Z' },
      fetched: 1,
      written: 1,
      nextAt: '2026-11-21T06:00:00.000Z',
      error: null,
    });
    expect(await store.query(sql`SELECT actor, sessions, reported_micros FROM usage_event WHERE counted`)).toEqual([
      { actor: 'email:ada@acme.com', sessions: 2, reported_micros: 15_000 },
    ]);
    const { connections } = (await call('GET', '/api/v1/acme/connections')).body as unknown as {
      connections: unknown[];
    };
    expect(connections[0]).toMatchObject({ lastSync: { state: 'done' }, nextSyncAt: '2026-11-21T06:00:00.000Z' });
  });

  it('starts those of every organisation with CRON_SECRET, as a bearer token alone', async () => {
    const { app, vendors, key } = await world();
    await key('admin', 'globex');
    await vendors.connections.put('globex', 'anthropic', { apiKey: ANTHROPIC_KEY }, 'test');
    const ask = (headers: Record<string, string>) => app.inject({ method: 'POST', url: '/api/sync', headers });
    for (const wrong of [
      {},
      { authorization: `Bearer ${CRON}x` },
      { authorization: `Bearer ${CRON.slice(0, -1)}` },
      { authorization: `Basic ${CRON}` },
      { 'x-api-key': CRON },
      { cookie: `CRON_SECRET=${CRON}` },
    ] as Record<string, string>[])
      expect([wrong, (await ask(wrong)).statusCode]).toEqual([wrong, 401]);
    const response = await ask({ authorization: `Bearer ${CRON}` });
    expect(response.statusCode).toBe(202);
    expect(response.json<Started>().syncs.map(({ org }) => org)).toEqual(['acme', 'globex']);
    await Promise.all(response.json<Started>().syncs.map(({ id }) => vendors.syncs.ended(id)));
  });

  it('slows those who guess CRON_SECRET, and nobody who has a key', async () => {
    let at = NOW;
    const { app, call } = await world({ connect: false, now: () => at });
    const ask = (secret: string) =>
      app.inject({ method: 'POST', url: '/api/sync', headers: { authorization: `Bearer ${secret}` } });
    const tries = await Promise.all(Array.from({ length: 5 }, (_, i) => ask(`guess-${i}`)));
    expect(tries.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401, 401, 401]);
    const early = await ask(CRON);
    expect([early.statusCode, early.headers['retry-after']]).toEqual([429, '1']);
    expect((await call('POST', '/api/sync')).status).toBe(202);
    at += 1_001;
    expect((await ask(CRON)).statusCode).toBe(202);
  });

  it('lets nobody in by an empty secret', async () => {
    const { app } = await world({ vendorEnv: { CRON_SECRET: '' } });
    const response = await app.inject({ method: 'POST', url: '/api/sync', headers: { authorization: 'Bearer  ' } });
    expect(response.statusCode).toBe(401);
  });

  it.each([
    [{ startDate: 'yesterday' }, /startDate: "yesterday" is no date/],
    [{ endDate: '2026-11-20' }, /say startDate too/],
    [{ startDate: '2026-11-20', endDate: '2026-11-20' }, /endDate: .* must be later/],
    [{ startDate: '2026-12-01', endDate: '2026-12-02' }, /startDate: it lies in the future/],
    [{ startDate: '1999-01-01' }, /ten years/],
    [{ start: '2026-11-20' }, /./],
    [{ vendors: ['copilot'] }, /./],
  ])('refuses %j', async (body, message) => {
    const { call } = await world();
    const answer = await call('POST', '/api/sync', body);
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toMatch(message);
  });

  it('takes no session, which starts a sync from a page of the server alone', async () => {
    const server = await world();
    const browser = new Visitor(server);
    await browser.signIn({ key: await server.key('admin') });
    const own = '/api/v1/acme/syncs';
    const start = (url: string, headers?: Record<string, string>) =>
      browser.visit<{ id: string }>(url, {
        method: 'POST',
        body: { vendor: 'anthropic' },
        ...(headers && { headers }),
      });
    expect((await browser.visit('/api/sync', { method: 'POST', body: {} })).status).toBe(401);
    expect((await start(own, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await start(own, { origin: 'null' })).status).toBe(403);
    expect(server.vendor.requests).toEqual([]);
    const started = await start(own);
    expect(started.status).toBe(202);
    expect(await server.settled(started.body.id)).toMatchObject({ state: 'done' });
    const manager = new Visitor(server);
    await manager.signIn({ key: await server.key('manager') });
    expect((await manager.visit(own, { method: 'POST', body: { vendor: 'anthropic' } })).status).toBe(403);
  });

  it('starts no second sync of a vendor while one runs', async () => {
    const { call, vendor, settled } = await world();
    vendor.faults = [{ kind: 'status', status: 503, retryAfter: '1' }];
    const first = (await call('POST', '/api/v1/acme/syncs', { vendor: 'anthropic' })).body as unknown as { id: string };
    expect((await call('POST', '/api/v1/acme/syncs', { vendor: 'anthropic' })).status).toBe(409);
    const { syncs, notStarted } = (await call('POST', '/api/sync', {})).body as unknown as Started;
    expect(syncs).toEqual([]);
    expect(notStarted).toMatchObject([
      { vendor: 'anthropic', reason: expect.stringContaining('running since') as string },
    ]);
    expect(await settled(first.id)).toMatchObject({ state: 'done' });
    expect((await call('GET', '/api/v1/acme/syncs')).body.syncs.length).toBe(1);
  });
});

describe('the webhook of GitHub', () => {
  const SECRET = 'webhook-secret-0123';
  const event = {
    action: 'closed',
    repository: { full_name: 'Acme/App' },
    pull_request: {
      number: 42,
      merged: true,
      merged_at: '2026-11-19T10:00:00Z',
      updated_at: '2026-11-19T10:00:01Z',
      user: { login: 'Ada', type: 'User' },
      body: 'Fix\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)',
      labels: [{ name: 'bug' }],
      head: { ref: 'codex/fix' },
      additions: 10,
      deletions: 2,
      commits: 3,
    },
  };

  async function send(
    server: Awaited<ReturnType<typeof world>>,
    payload: unknown,
    headers: Record<string, string> = {},
  ) {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
    const response = await server.app.inject({
      method: 'POST',
      url: '/api/v1/acme/webhooks/github',
      payload: body,
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'pull_request',
        'x-hub-signature-256': signature,
        ...headers,
      },
    });
    return { status: response.statusCode, stored: response.json<{ stored?: boolean }>().stored };
  }

  it('stores what was merged, once, and nothing else', async () => {
    const server = await world({ connect: false });
    expect((await send(server, event)).status).toBe(401);
    await server.call('PUT', '/api/v1/acme/connections/github', { webhookSecret: SECRET });
    expect(await send(server, event)).toEqual({ status: 200, stored: true });
    // Delivered again, as GitHub lets people do.
    expect(await send(server, event)).toEqual({ status: 200, stored: true });
    for (const other of [
      { ...event, action: 'opened' },
      { ...event, pull_request: { ...event.pull_request, merged: false } },
      { zen: 'Keep it logically awesome.' },
    ])
      expect(await send(server, other)).toEqual({ status: 200, stored: false });
    expect(await send(server, event, { 'x-github-event': 'issues' })).toEqual({ status: 200, stored: false });
    expect((await send(server, 'not json')).status).toBe(400);
    for (const signature of ['', 'sha256=', `sha256=${'0'.repeat(64)}`, `sha1=${'0'.repeat(40)}`])
      expect((await send(server, event, { 'x-hub-signature-256': signature })).status).toBe(401);
    expect(
      await server.store.query(
        sql`SELECT repository, number, actor, email, is_bot, additions, commits, commit_tools, other_tools FROM pull_request`,
      ),
    ).toEqual([
      {
        repository: 'acme/app',
        number: 42,
        actor: 'github:ada',
        email: null,
        is_bot: false,
        additions: 10,
        commits: 3,
        commit_tools: '',
        other_tools: 'claude-code,codex',
      },
    ]);
    // Titles and texts are of no use here.
    expect(JSON.stringify(await server.store.query(sql`SELECT * FROM pull_request`))).not.toContain('Fix');
  });
});

it('stops a sync with the server, to be resumed', async () => {
  const { call, vendor, vendors, store } = await world();
  vendor.faults = [{ kind: 'status', status: 503, retryAfter: '200' }];
  await call('POST', '/api/v1/acme/syncs', { vendor: 'anthropic' });
  while (vendor.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await vendors.close();
  const runs = (await store.readControl()).filter(({ kind }) => kind === 'sync').map(({ data }) => data);
  expect(runs.at(-1)).toMatchObject({ state: 'interrupted', error: 'the server was stopped' });
});
