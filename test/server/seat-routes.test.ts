import { describe, expect, it } from 'vitest';
import type { TestApp } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { send } from '../support/calls.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const DOLLAR = 1_000_000;

interface Span {
  from: string | null;
  to: string | null;
  tier: string;
  plan: string;
  monthlyMicros: number;
}
interface Holding {
  email: string;
  assistant: string;
  version: number;
  spans: Span[];
}
interface Refused {
  error: { code: string; message: string };
}

async function administrator(server: TestApp) {
  const key = await server.key('admin');
  return async <T>(method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown) => {
    const response = await server.app.inject({
      method,
      url: `/api/v1/acme/${path}`,
      headers: { 'x-api-key': key, ...(typeof body === 'string' ? { 'content-type': 'text/csv' } : {}) },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const json = String(response.headers['content-type']).includes('json');
    // Every answer of the API is JSON or CSV, of the shape that the test expects and asserts on.
    return { status: response.statusCode, body: (json ? response.json() : response.body) as T };
  };
}

const ADA = 'seats/ada@acme.com/claude-code';

describe('seats', () => {
  it('have a history of tiers and prices, at the price of the list where none is said', async () => {
    const server = await testApp({ now: () => NOW });
    const call = await administrator(server);
    const first = await call<Holding>('PUT', ADA, { tier: 'Max 5x' });
    const claude = (tier: string, plan: string, dollars: number): Omit<Span, 'from' | 'to'> => ({
      ...{ tier, plan, monthlyMicros: dollars * DOLLAR },
    });
    expect(first.body.spans).toEqual([{ from: null, to: null, ...claude('max_5x', 'Claude Max 5x', 100) }]);
    expect((await call<Holding>('PUT', ADA, { tier: 'max_5x' })).body.version).toBe(1);
    await call('PUT', ADA, { tier: 'max_20x', from: '2026-11-10' });
    await call('PUT', ADA, { tier: 'max_20x', monthlyMicros: 150 * DOLLAR, from: '2026-11-15' });
    const ended = await call<Holding>('POST', `${ADA}/end`, { at: '2026-12-01' });
    expect(ended.body.spans).toEqual([
      { from: null, to: '2026-11-10T00:00:00.000Z', ...claude('max_5x', 'Claude Max 5x', 100) },
      { from: '2026-11-10T00:00:00.000Z', to: '2026-11-15T00:00:00.000Z', ...claude('max_20x', 'Claude Max 20x', 200) },
      { from: '2026-11-15T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z', ...claude('max_20x', 'Claude Max 20x', 150) },
    ]);
    expect((await call('POST', 'seats/bob@acme.com/cursor/end', {})).status).toBe(404);
    expect((await call('PUT', ADA, { tier: 'pro', version: 1 })).status).toBe(409);
  });

  it('need a price where the list has none, and keep the organisation’s own', async () => {
    const server = await testApp({ now: () => NOW });
    const call = await administrator(server);
    const put = (body: object) => call<Holding & Refused>('PUT', 'seats/ada@acme.com/cursor', body);
    const refused = await put({ tier: 'enterprise' });
    expect([refused.status, refused.body.error.message]).toEqual([
      400,
      'a seat of cursor enterprise has no list price: say its price',
    ]);
    interface Prices {
      prices: { assistant: string; tier: string; defaultMicros: number | null; monthlyMicros: number | null }[];
    }
    const set = await call<Prices>('PUT', 'seat-prices/cursor/Enterprise', { monthlyMicros: 60 * DOLLAR });
    expect(set.body.prices.find(({ assistant, tier }) => assistant === 'cursor' && tier === 'enterprise')).toEqual({
      ...{ assistant: 'cursor', tier: 'enterprise', plan: 'Cursor Enterprise', edited: true },
      ...{ defaultMicros: null, monthlyMicros: 60 * DOLLAR },
    });
    expect((await put({ tier: 'enterprise' })).body.spans[0]?.monthlyMicros).toBe(60 * DOLLAR);
    // A price that changes later is for seats given later.
    await call('PUT', 'seat-prices/cursor/enterprise', { monthlyMicros: null });
    expect((await put({ tier: 'enterprise' })).body.spans).toHaveLength(1);
    expect((await call('PUT', 'seats/bob@acme.com/cursor', { tier: 'enterprise' })).status).toBe(400);
  });

  it('give the loser of a race a 409', async () => {
    const server = await testApp();
    const call = await administrator(server);
    const answers = await Promise.all(['pro', 'max_5x', 'max_20x'].map((tier) => call('PUT', ADA, { tier })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  it.each([
    ['"1.150,50"', 1150.5],
    ['"32,5"', 32.5],
    ['"$1,150"', 1150],
    ['1.150', 1.15],
  ])('cost %s a month, in a file', async (price, dollars) => {
    const call = await administrator(await testApp({ now: () => NOW }));
    const file = `email,assistant,tier,monthly_price\nada@acme.com,cursor,business,${price}`;
    expect((await call('POST', 'seats/import', file)).body).toMatchObject({ added: 1 });
    const { body } = await call<string>('GET', 'seats?format=csv');
    expect(body.split('\r\n')[1]?.split(',')[4]).toBe(String(dollars));
  });

  it('come from a file with a line for each change, and go to one that changes nothing', async () => {
    const server = await testApp({ now: () => NOW });
    const call = await administrator(server);
    const file = [
      'email,assistant,tier,monthly_price,from,to',
      'ada@acme.com,claude-code,pro,,2026-01-01,2026-06-01',
      'ada@acme.com,claude-code,max_20x,"$1,150.50",2026-06-01,',
      'ada@acme.com,cursor,business,,,',
      'bob@acme.com,copilot,pro,,,',
      'bob@acme.com,cursor,enterprise,,,',
      'bob@acme.com,cursor,pro,ten,,',
    ].join('\n');
    const { body } = await call<{ rejected: unknown[] }>('POST', 'seats/import', file);
    expect(body).toMatchObject({ rows: 6, added: 2, changed: 1, unchanged: 0 });
    expect(body.rejected).toEqual([
      { line: 5, problem: 'assistant: "copilot" is none of claude-code, claude-cowork, gemini-cli, cursor, openai' },
      { line: 6, problem: 'a seat of cursor enterprise has no list price: say its price' },
      { line: 7, problem: 'monthly_price: "ten" is no amount in dollars' },
    ]);
    const { body: back } = await call<string>('GET', 'seats?format=csv');
    expect(back.split('\r\n')).toEqual([
      'email,assistant,tier,plan,monthly_price,from,to',
      'ada@acme.com,claude-code,pro,Claude Pro,20,2026-01-01,2026-06-01',
      'ada@acme.com,claude-code,max_20x,Claude Max 20x,1150.5,2026-06-01,',
      'ada@acme.com,cursor,business,Cursor Business (Teams Standard),40,,',
      '',
    ]);
    for (const again of [file, back])
      expect((await call('POST', 'seats/import', again)).body).toMatchObject({ added: 0, changed: 0, unchanged: 3 });
  });

  it('cost what they cost in the reports, at once', async () => {
    const server = await testApp({ now: () => NOW });
    const call = await administrator(server);
    await send(server, [{ n: 1, at: '2026-11-05T10:00:00Z', email: 'ada@acme.com' }]);
    const cost = async (): Promise<number> => {
      const { body } = await call<{ costMicros: number }>('GET', 'summary?from=2026-11-01&to=2026-12-01');
      return body.costMicros;
    };
    await call('PUT', ADA, { tier: 'max_20x', monthlyMicros: 90 * DOLLAR });
    const whole = await cost();
    await call('PUT', ADA, { tier: 'max_20x', monthlyMicros: 60 * DOLLAR, from: '2026-11-16' });
    // Half of November's thirty days at the new price.
    expect(whole - (await cost())).toBe(15 * DOLLAR);
  });

  it('are those of the person, under whichever address they were given', async () => {
    const server = await testApp({ now: () => NOW });
    const call = await administrator(server);
    await call('PUT', 'seats/ada@home.org/cursor', { tier: 'pro' });
    await call('PUT', 'members/ada@acme.com', { aliases: ['ada@home.org'] });
    await call('PUT', 'members/ada.l@acme.com', {});
    await call('PUT', 'seats/ada.l@acme.com/claude-code', { tier: 'pro' });
    await call('POST', 'members/ada.l@acme.com/merge', { into: 'ada@acme.com' });
    const { seats } = server.people.viewOf('acme').forReports(NOW);
    expect(seats.map(({ person, assistant }) => [person, assistant])).toEqual([
      ['email:ada@acme.com', 'cursor'],
      ['email:ada@acme.com', 'claude-code'],
    ]);
  });

  it('under an alias are the same seat, put, ended or taken in from a file', async () => {
    const server = await testApp({ now: () => NOW });
    const call = await administrator(server);
    await call('PUT', 'members/ada@acme.com', { aliases: ['ada@home.org', 'ada@old.org'] });
    await call('PUT', ADA, { tier: 'pro' });
    const put = await call<Holding>('PUT', 'seats/ADA@home.org/claude-code', { tier: 'max_5x', from: '2026-11-10' });
    expect(put.body).toMatchObject({ email: 'ada@acme.com', spans: [{ tier: 'pro' }, { tier: 'max_5x' }] });
    await call('POST', 'seats/import', 'email,assistant,tier,from\nada@old.org,claude-code,max_20x,2026-11-15\n');
    await call('POST', 'seats/ada@home.org/claude-code/end', { at: '2026-12-01' });
    const { body } = await call<{ seats: Holding[] }>('GET', 'seats');
    expect(body.seats.map(({ email, spans }) => [email, spans.map(({ tier }) => tier), spans.at(-1)?.to])).toEqual([
      ['ada@acme.com', ['pro', 'max_5x', 'max_20x'], '2026-12-01T00:00:00.000Z'],
    ]);
  });

  it('that were given before the alias was known stay reachable under it', async () => {
    const server = await testApp({ now: () => NOW });
    const call = await administrator(server);
    await call('PUT', 'seats/ada@home.org/cursor', { tier: 'pro' });
    await call('PUT', 'members/ada@acme.com', { aliases: ['ada@home.org'] });
    const ended = await call<Holding>('POST', 'seats/ada@home.org/cursor/end', { at: '2026-12-01' });
    expect(ended.body).toMatchObject({
      email: 'ada@home.org',
      version: 2,
      spans: [{ to: '2026-12-01T00:00:00.000Z' }],
    });
  });
});
