import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Alerts } from '../../../src/server/services/alerts/alerts.ts';
import { Goals } from '../../../src/server/services/goals.ts';
import type { TestApp } from '../../support/app.ts';
import { testApp } from '../../support/app.ts';

interface Hook {
  url: string;
  /** Bodies that arrived, answered with these in turn, then with 200. */
  received: { text: string; blocks: unknown[] }[];
}

async function webhook(...answers: number[]): Promise<Hook> {
  const received: Hook['received'] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push(JSON.parse(body) as Hook['received'][number]);
      response.writeHead(answers.shift() ?? 200, { 'retry-after': '0' }).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

type Method = 'GET' | 'PUT' | 'POST';

async function setUp() {
  const server: TestApp = await testApp({ fetch });
  const key = await server.key('admin');
  const call = async (method: Method, path: string, payload?: object) => {
    const url = `/api/v1/acme/${path}`;
    const { statusCode, body } = await server.app.inject({
      ...{ method, url, headers: { 'x-api-key': key } },
      ...(payload && { payload }),
    });
    return { status: statusCode, body: JSON.parse(body) as Record<string, unknown> };
  };
  // A seat that was given ten days ago and never used.
  const from = new Date(Date.now() - 10 * 86_400_000).toISOString();
  await call('PUT', 'members/ada@acme.com', { name: 'Ada <b>' });
  await call('PUT', 'seats/ada@acme.com/cursor', { tier: 'business', from });
  return { ...server, call };
}

const alertsIn = (body: Record<string, unknown>) =>
  body.alerts as { title: string; delivery: string; problem: string | null }[];

describe('alerts', () => {
  it('are raised once, shown, and sent in the form that Slack reads', async () => {
    const { call } = await setUp();
    const hook = await webhook();
    await call('PUT', 'alerts/settings', { webhook: hook.url });
    expect((await call('POST', 'alerts/evaluate')).body).toEqual({ raised: 1 });
    expect((await call('POST', 'alerts/evaluate')).body).toEqual({ raised: 0 });
    const { body } = await call('GET', 'alerts');
    expect(alertsIn(body)).toMatchObject([
      { title: 'Ada <b> has not had a first session with Cursor yet', delivery: 'sent', problem: null },
    ]);
    expect(hook.received).toHaveLength(1);
    expect(hook.received[0]?.text).toContain('Ada &lt;b&gt; has not had');
  });

  it('are sent again while the webhook is away', async () => {
    const { call } = await setUp();
    const hook = await webhook(503, 429);
    await call('PUT', 'alerts/settings', { webhook: hook.url });
    await call('POST', 'alerts/evaluate');
    expect(hook.received).toHaveLength(3);
    expect(alertsIn((await call('GET', 'alerts')).body)[0]?.delivery).toBe('sent');
  });

  it('are sent once where two look at the same time', async () => {
    const { call } = await setUp();
    const hook = await webhook();
    await call('PUT', 'alerts/settings', { webhook: hook.url });
    const looks = await Promise.all([call('POST', 'alerts/evaluate'), call('POST', 'alerts/evaluate')]);
    expect(looks.map(({ status }) => status)).toEqual([200, 200]);
    expect(hook.received).toHaveLength(1);
    expect(alertsIn((await call('GET', 'alerts')).body)).toMatchObject([{ delivery: 'sent' }]);
  });

  it('wait for a webhook that is away, without trying each of them on it', async () => {
    const { call } = await setUp();
    const from = new Date(Date.now() - 10 * 86_400_000).toISOString();
    for (const name of ['bo', 'cy', 'di'])
      await call('PUT', `seats/${name}@acme.com/cursor`, { tier: 'business', from });
    const hook = await webhook(503, 503, 503, 503, 503, 503);
    await call('PUT', 'alerts/settings', { webhook: hook.url });
    expect((await call('POST', 'alerts/evaluate')).body).toEqual({ raised: 4 });
    expect(hook.received).toHaveLength(6);
    const states = alertsIn((await call('GET', 'alerts')).body).map(({ delivery, problem }) => [delivery, problem]);
    expect(states.filter(([, problem]) => problem === 'answered 503')).toHaveLength(2);
    expect(states.every(([delivery]) => delivery === 'waiting')).toBe(true);
    await call('POST', 'alerts/evaluate');
    expect(hook.received).toHaveLength(10);
    expect(alertsIn((await call('GET', 'alerts')).body).every(({ delivery }) => delivery === 'sent')).toBe(true);
  });

  it('are sent an hour later without another look, once', async () => {
    const { call, people } = await setUp();
    const hook = await webhook(503, 503, 503);
    await call('PUT', 'alerts/settings', { webhook: hook.url });
    await call('POST', 'alerts/evaluate');
    const now = Date.now;
    const hourly = new Alerts({
      ...{ log: people.log, goals: new Goals(people.log, now), now, organizations: () => ['acme'] },
      contextOf: () => {
        throw new Error('what is sent again is not looked for');
      },
      webhook: { fetch, sleep: async () => undefined, now, random: () => 0 },
      logger: { error: () => undefined },
    });
    await Promise.all([hourly.deliverAll(), hourly.deliverAll()]);
    expect(hook.received).toHaveLength(4);
    expect(alertsIn((await call('GET', 'alerts')).body)).toMatchObject([{ delivery: 'sent', problem: null }]);
    await hourly.deliverAll();
    expect(hook.received).toHaveLength(4);
  });

  it('say why one was not taken', async () => {
    const { call } = await setUp();
    const hook = await webhook(404);
    await call('PUT', 'alerts/settings', { webhook: hook.url });
    await call('POST', 'alerts/evaluate');
    expect(alertsIn((await call('GET', 'alerts')).body)[0]).toMatchObject({
      delivery: 'failed',
      problem: 'answered 404',
    });
  });

  it('are not raised by rules that are off', async () => {
    const { call } = await setUp();
    await call('PUT', 'alerts/settings', { rules: ['budget'] });
    expect((await call('POST', 'alerts/evaluate')).body).toEqual({ raised: 0 });
  });

  it('never show the address of the webhook, not even in the audit trail or the log', async () => {
    const { call, log } = await setUp();
    const hook = await webhook();
    const secret = `${hook.url}/T0-canary`;
    await call('PUT', 'alerts/settings', { webhook: secret });
    await call('POST', 'alerts/test');
    const shown = [await call('GET', 'alerts'), await call('GET', 'audit?limit=1000')];
    expect(JSON.stringify(shown)).not.toContain('canary');
    expect(log()).not.toContain('canary');
    expect(hook.received).toMatchObject([{ text: expect.stringContaining('This is a test') as string }]);
  });

  it('go to no address that is not encrypted', async () => {
    const { call } = await setUp();
    const { status, body } = await call('PUT', 'alerts/settings', { webhook: 'http://hooks.example/1' });
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('https') as string } },
    });
  });
});

describe('goals', () => {
  it('are kept, and reports hold the month against its budget', async () => {
    const { call } = await setUp();
    await call('PUT', 'targets', { adoptionRate: 0.8 });
    await call('PUT', 'budgets', { budgets: [{ team: null, monthlyMicros: 1_000_000 }] });
    expect((await call('GET', 'targets')).body).toMatchObject({ adoptionRate: 0.8 });
    expect((await call('GET', 'forecast')).body).toMatchObject({ budgetMicros: 1_000_000 });
  });
});
