import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../../src/reports/definitions.ts';
import { FIGURES } from '../../src/reports/figures.ts';
import { REPORT_ROUTES } from '../../src/server/routes/reports/routes.ts';
import { openApp } from '../support/app.ts';
import { SEED_TO, seededOrganization, storeOrganization } from '../support/seeded-organization.ts';

type Body = Record<string, unknown>;

let server: Awaited<ReturnType<typeof openApp>>;
let key: string;
beforeAll(async () => {
  server = await openApp({ now: () => SEED_TO });
  key = await server.key('admin', 'seeded');
  await storeOrganization(server.store, 'seeded', seededOrganization('seeded'));
}, 120_000);
afterAll(() => server.close());

const PATHS = REPORT_ROUTES.flatMap(({ paths }) => paths);
const address = (path: string, query = ''): string =>
  path
    .replace(':org_id', 'seeded')
    .replace(':person', 'dev0@acme.com')
    .replace(':session_id', 'clock-0-1')
    .concat(query === '' ? '' : `?${query}`);
const get = async (path: string, query = '', headers: Record<string, string> = {}) =>
  server.app.inject({ url: address(path, query), headers: { 'x-api-key': key, ...headers } });

const FIGURE_KEYS: ReadonlySet<string> = new Set(FIGURES.map(({ key: name }) => name));

const MONTH = 'from=2026-10-01&to=2026-11-01&tz=Europe/Berlin';

describe.each(PATHS)('%s', (path) => {
  it('answers as it is described, the same way twice, and as a table', async () => {
    const first = await get(path, MONTH);
    expect([path, first.statusCode, first.statusCode === 200 ? '' : first.body]).toEqual([path, 200, '']);
    expect(first.headers['cache-control']).toBe('private, no-cache');
    const etag = String(first.headers.etag);
    const again = await get(path, MONTH, { 'if-none-match': etag });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    const table = await get(path, `${MONTH}&format=csv`);
    expect([table.statusCode, table.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
    const [header = '', ...rows] = table.body.trimEnd().split('\r\n');
    expect(header.split(',').length).toBeGreaterThan(1);
    for (const row of rows.slice(0, 3)) expect(row.split(',').length).toBeGreaterThanOrEqual(header.split(',').length);
  });

  it('says what is wrong with a parameter', async () => {
    for (const [query, name] of [
      ['from=never', 'from'],
      ['tz=Nowhere/Land', 'tz'],
      ['view=bird', 'view'],
      ['colour=red', 'colour'],
    ] as const) {
      const { statusCode, body } = await get(path, query);
      expect([query, statusCode]).toEqual([query, 400]);
      expect(body).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });
});

describe.each(PATHS)('%s of an organisation without anything', (path) => {
  it('answers without a number that it cannot know', async () => {
    const empty = await server.key('admin', 'empty');
    const { statusCode, body } = await server.app.inject({
      url: address(path, MONTH).replace('/seeded/', '/empty/'),
      headers: { 'x-api-key': empty },
    });
    const single = path.includes(':person') || path.includes(':session_id');
    expect([path, statusCode, single || statusCode === 200 ? '' : body]).toEqual([path, single ? 404 : 200, '']);
    expect(body).not.toMatch(/NaN|Infinity/);
  });
});

it('answers a whole that few people make up to nobody who may not know them', async () => {
  const { statusCode, json } = await get('/api/v1/:org_id/summary', `${MONTH}&view=organization&project=clock`);
  expect([statusCode, json<{ error: { message: string } }>().error.message]).toEqual([
    403,
    expect.stringContaining('view') as unknown,
  ]);
  const teams = await get('/api/v1/:org_id/breakdown', `${MONTH}&view=organization&by=project`);
  expect(JSON.stringify(teams.json())).not.toContain('clock');
  // With one more, so that it is not the difference between the whole and what is shown.
  expect(teams.json<{ suppressed: number }>().suppressed).toBe(2);
});

it('names nobody in the organisation view, whatever is asked', async () => {
  for (const path of PATHS) {
    const { body } = await get(path, `${MONTH}&view=organization`);
    expect([path, /dev\d+@acme/.exec(body.replace(address(path), ''))?.[0]]).toEqual([path, undefined]);
  }
});

it('leads from page to page without a gap', async () => {
  for (const [path, name] of [
    ['/api/v1/:org_id/sessions', 'sessionId'],
    ['/api/v1/:org_id/users', 'user'],
  ] as const) {
    const whole = (await get(path, `${MONTH}&limit=1000`)).json<{ rows: Body[]; nextCursor: string | null }>();
    const pages: Body[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await get(path, `${MONTH}&limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`);
      const { rows, nextCursor } = page.json<{ rows: Body[]; nextCursor: string | null }>();
      pages.push(...rows);
      cursor = pages.length > 1000 ? null : nextCursor;
    }
    expect(pages.slice(0, 1000).map((row) => row[name])).toEqual(whole.rows.map((row) => row[name]));
  }
  expect((await get('/api/v1/:org_id/users', 'cursor=nonsense')).statusCode).toBe(400);
  expect((await get('/api/v1/:org_id/sessions', 'format=csv&cursor=nonsense')).statusCode).toBe(400);
  expect((await get('/api/v1/:org_id/sessions', 'format=csv&view=organization')).statusCode).toBe(400);
  const table = (await get('/api/v1/:org_id/sessions', `${MONTH}&format=csv`)).body.trimEnd().split('\r\n');
  const all = (await get('/api/v1/:org_id/sessions', `${MONTH}&limit=1000`)).json<{ rows: Body[] }>().rows;
  expect(table.length - 1).toBeGreaterThanOrEqual(all.length);
  expect(table.slice(1, 1001).map((line) => line.split(',')[0])).toEqual(all.map((row) => row.sessionId ?? ''));
});

interface Page {
  rows: Body[];
  total: number;
  nextCursor: string | null;
}

it('leads from page to page of a breakdown', async () => {
  for (const by of ['user', 'project', 'model']) {
    const whole = (await get('/api/v1/:org_id/breakdown', `${MONTH}&by=${by}`)).json<Page>();
    const pages: Body[] = [];
    let cursor = '';
    do {
      const page = (await get('/api/v1/:org_id/breakdown', `${MONTH}&by=${by}&limit=7&cursor=${cursor}`)).json<Page>();
      expect([by, page.total, page.rows.length <= 7]).toEqual([by, whole.rows.length, true]);
      pages.push(...page.rows);
      cursor = page.nextCursor ?? '';
    } while (cursor !== '' && pages.length < 1000);
    expect([by, pages]).toEqual([by, whole.rows]);
    expect(whole.nextCursor).toBeNull();
  }
});

it('leads on from where a page ended, whatever has come since', async () => {
  const first = (await get('/api/v1/:org_id/users', `${MONTH}&limit=5&sort=user&order=asc`)).json<{
    rows: Body[];
    nextCursor: string;
  }>();
  const [model] = seededOrganization('seeded').events;
  if (!model) throw new Error('no event');
  await server.store.write({
    events: [{ ...model, id: 'b'.repeat(64), actor: 'email:aaron@acme.com', atMs: Date.parse('2026-10-10T12:00:00Z') }],
    activities: [],
  });
  const second = (
    await get('/api/v1/:org_id/users', `${MONTH}&limit=5&sort=user&order=asc&cursor=${first.nextCursor}`)
  ).json<{ rows: Body[] }>();
  const last = String(first.rows.at(-1)?.user);
  expect(first.rows.map(({ user }) => user)).not.toContain('email:aaron@acme.com');
  expect(second.rows.every(({ user }) => String(user) > last)).toBe(true);
  const whole = (await get('/api/v1/:org_id/users', `${MONTH}&limit=1000&sort=user&order=asc`)).json<{
    rows: Body[];
  }>();
  const at = whole.rows.findIndex(({ user }) => user === second.rows[0]?.user);
  expect(whole.rows[at - 1]?.user).toBe(last);
});

it('sorts users by any column', async () => {
  for (const [sort, order] of [
    ['totalTokens', 'desc'],
    ['user', 'asc'],
    ['lastAt', 'desc'],
  ]) {
    const { rows } = (await get('/api/v1/:org_id/users', `${MONTH}&sort=${sort}&order=${order}`)).json<{
      rows: Body[];
    }>();
    const values = rows.map((row) => row[sort ?? '']).filter((value) => value !== null) as (string | number)[];
    const sorted = values.toSorted((a, b) => (a < b ? -1 : 1));
    expect(values).toEqual(order === 'asc' ? sorted : sorted.reverse());
    expect(rows.length).toBeGreaterThan(40);
  }
});

it('puts a breakdown in the order of any figure, page by page', async () => {
  const ask = async (query: string) =>
    (await get('/api/v1/:org_id/breakdown', `${MONTH}&by=user&${query}`)).json<Page>();
  const whole = (await ask('sort=cacheHitRate')).rows;
  const rates = whole.filter(({ unusedSeats }) => !unusedSeats).map(({ cacheHitRate }) => Number(cacheHitRate ?? -1));
  expect(rates).toEqual(rates.toSorted((a, b) => b - a));
  const first = await ask('sort=cacheHitRate&limit=20');
  const second = await ask(`sort=cacheHitRate&limit=20&cursor=${first.nextCursor ?? ''}`);
  expect([...first.rows, ...second.rows]).toEqual(whole.slice(0, 40));
  // What comes first is what the list is cut by.
  expect((await ask('limit=20')).rows).not.toEqual(first.rows);
});

describe('figures by name', () => {
  const LISTS = [
    ['/api/v1/:org_id/breakdown', 'by=user', 'rows'],
    ['/api/v1/:org_id/breakdown', 'by=team&view=organization', 'rows'],
    ['/:org_id/sessions/analytics/cost-breakdown', 'by=model', 'rows'],
    ['/:org_id/sessions/analytics/by-agent', '', 'rows'],
    ['/:org_id/sessions/analytics/timeseries', 'by=assistant&interval=week', 'points'],
    ['/:org_id/sessions/analytics/timeseries', 'by=assistant&interval=week&view=organization', 'points'],
    ['/api/v1/:org_id/users', 'sort=totalTokens', 'rows'],
  ] as const;
  type Lists = Record<string, Body[]>;
  const without = (row: Body, kept: readonly string[]): Body => {
    const { previous, ...rest } = row as { previous?: Body | null };
    const some = Object.fromEntries(
      Object.entries(rest).filter(([name]) => !FIGURE_KEYS.has(name) || kept.includes(name)),
    );
    return previous === undefined ? some : { ...some, previous: previous && without(previous, kept) };
  };

  it.each(LISTS)('leave all else of %s?%s as it is', async (path, query, list) => {
    const kept = ['uniqueUsers', 'costMicros'];
    const [whole, lean] = [
      (await get(path, `${MONTH}&${query}`)).json<Lists>(),
      (await get(path, `${MONTH}&${query}&fields=costMicros,uniqueUsers`)).json<Lists>(),
    ];
    expect(whole[list]?.length).toBeGreaterThan(1);
    expect(lean).toEqual({ ...whole, [list]: whole[list]?.map((row) => without(row, kept)) });
    expect(Object.keys(lean[list]?.[0] ?? {})).toEqual(expect.arrayContaining(kept));
    const table = (await get(path, `${MONTH}&${query}&fields=costMicros&format=csv`)).body.split('\r\n');
    const columns = table[0]?.split(',') ?? [];
    expect(columns.filter((name) => FIGURE_KEYS.has(name.replace('previous.', '')))).toEqual([
      'costMicros',
      'previous.costMicros',
    ]);
    expect(table.length - 2).toBe(whole[list]?.length);
  });

  it.each(LISTS)('are refused by %s?%s where there is none of such a name', async (path, query) => {
    const { statusCode, body } = await get(path, `${query}&fields=costMicros,colour`);
    expect([path, statusCode]).toEqual([path, 400]);
    expect(body).toMatch(/fields .*totalSessions, .*errorRequests/);
    expect(body).not.toContain('colour');
  });

  it('are all of them where none is named', async () => {
    const ask = async (query: string) => (await get('/api/v1/:org_id/breakdown', `${MONTH}${query}`)).json<Page>();
    expect(await ask('&fields=')).toEqual(await ask(''));
  });
});

it('answers every example of its own description', async () => {
  interface Parameter {
    name: string;
    in: string;
    example?: string | string[];
    schema: { type?: string; examples?: string[]; enum?: string[] };
  }
  const { paths } = (await server.app.inject('/openapi.json')).json<{
    paths: Record<string, { get?: { tags: string[]; parameters?: Parameter[] } }>;
  }>();
  let tried = 0;
  for (const [path, { get: operation }] of Object.entries(paths)) {
    if (!operation?.tags.some((tag) => tag === 'reports' || tag === 'analytics')) continue;
    const examples = (operation.parameters ?? []).flatMap(({ name, in: where, example, schema }) =>
      where === 'query' && name !== 'view'
        ? [[name, example ?? schema.examples?.[0] ?? schema.enum?.at(-1) ?? null] as const]
        : [],
    );
    const query = new URLSearchParams(
      examples.flatMap(([name, value]) =>
        value === null ? [] : [value].flat().map((one): [string, string] => [name, one]),
      ),
    );
    expect([query.get('from'), query.get('team')]).toEqual(['2026-10-01', 'Payments']);
    const { statusCode, body } = await get(path.replace(/\{(\w+)\}/g, ':$1'), query.toString());
    // Of one person or session there may be nothing under all of these filters at once.
    const known = /\{(person|session_id)\}/.test(path) ? [200, 404] : [200];
    expect([path, known.includes(statusCode), statusCode < 400 ? '' : body.slice(0, 200)]).toEqual([
      path,
      true,
      statusCode < 400 ? '' : expect.stringContaining('notFound'),
    ]);
    tried++;
  }
  expect(tried).toBe(PATHS.length);
});

it('keeps formulas out of tables', async () => {
  const { store } = server;
  const { events } = seededOrganization('seeded');
  const event = events.find(({ assistant }) => assistant === 'claude-code');
  if (!event) throw new Error('no event');
  await store.write({ events: [{ ...event, id: 'a'.repeat(64), project: '=cmd|calc' }], activities: [] });
  const { body } = await get('/api/v1/:org_id/breakdown', 'from=2026-07-20&to=2026-11-17&by=project&format=csv');
  expect(body).toContain("\r\n'=cmd|calc,");
});

it('defines every metric in full', () => {
  for (const [report, metrics] of Object.entries(METRICS))
    for (const { key: name, title, definition, unit, denominator, whenEmpty } of metrics) {
      expect([report, name, title.length > 3, definition.length > 15, unit.length > 3]).toEqual([
        ...[report, name],
        ...[true, true, true],
      ]);
      // Whoever divides says what is answered where there is nothing to divide by.
      expect([report, name, denominator === null || whenEmpty === null]).toEqual([report, name, true]);
    }
});
