import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hoursOfRows } from '../../src/assistants/cursor/sync/hour-rows.ts';
import { cursorState } from '../../src/assistants/cursor/row.ts';
import type { ReportRow } from '../../src/reports/sql.ts';
import { sql } from '../../src/reports/sql.ts';
import { ServerError } from '../../src/server/errors.ts';
import type { ImportSummary } from '../../src/server/imports/import-file.ts';
import { received } from '../../src/server/imports/upload.ts';
import type { Store } from '../../src/store/store.ts';
import { StoreUnavailable } from '../../src/store/store.ts';
import { readUsageRow } from '../../src/vendors/cursor/usage-row.ts';
import type { TestApp } from '../support/app.ts';
import { openApp, testApp } from '../support/app.ts';
import { CONSOLE_HEADER, NOW, SPEND_HEADER, cursorLine, inPieces, teamFile } from '../support/csv-files.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Answer {
  status: number;
  body: ImportSummary & { id: string | null; error?: { code: string; message: string } };
}

async function send(
  { app }: TestApp,
  key: string,
  content: string | Buffer,
  { query = '', type = 'text/csv', org = 'acme' } = {},
): Promise<Answer> {
  const response = await app.inject({
    method: 'POST',
    url: `/api/v1/${org}/imports${query}`,
    headers: { 'x-api-key': key, 'content-type': type },
    payload: content,
  });
  return { status: response.statusCode, body: response.json<Answer['body']>() };
}

const stored = (server: TestApp): Promise<ReportRow[]> =>
  server.store.query(
    sql`SELECT assistant, actor, model, reporter, granularity, at_ms, requests, input_tokens, output_tokens, cache_read_tokens, list_micros, reported_micros, billed_micros FROM usage_event WHERE counted ORDER BY at_ms, output_tokens`,
  );

const FILE = teamFile(
  cursorLine({ date: '2026-11-19T13:43:32.345Z', kind: 'On-Demand', model: 'm', cost: '0.21', output: 450 }),
  cursorLine({ date: '2026-11-19T13:13:20.111Z', user: 'Grace@acme.com', output: 812 }),
  cursorLine({ date: '2026-11-18T13:13:20.111Z', output: 7 }),
  cursorLine({ date: '2026-11-18T13:13:20.111Z', output: 7 }),
  '2026-11-18,broken',
);

describe('a file', () => {
  it('is previewed without a trace', async () => {
    const server = await testApp({ now: () => NOW });
    const { status, body } = await send(server, await server.key('admin'), FILE, { query: '?dryRun=true' });
    expect(status).toBe(200);
    expect(body).toEqual({
      id: null,
      format: 'cursor-usage',
      formatName: "Cursor's usage events",
      dryRun: true,
      rows: 5,
      added: 3,
      known: 0,
      duplicates: 1,
      people: 2,
      days: { count: 2, first: '2026-11-18', last: '2026-11-19' },
      requests: 3,
      tokens: 3 * 100 + 450 + 812 + 7,
      problems: { count: 1, lines: [{ line: 6, reason: 'it has 2 cells where the header has 13' }] },
      notes: [],
    });
    expect(await stored(server)).toEqual([]);
    expect(server.people.log.entities('import')).toEqual([]);
  });

  it('is taken in once, however often it is sent', async () => {
    const server = await testApp({ now: () => NOW });
    const key = await server.key('admin');
    const first = await send(server, key, FILE, { query: '?name=usage.csv' });
    expect([first.status, first.body.added, first.body.known]).toEqual([200, 3, 0]);
    const rows = await stored(server);
    expect(rows).toHaveLength(3);
    expect(rows[2]).toMatchObject({ actor: 'email:ada@acme.com', reported_micros: 210_000, billed_micros: 210_000 });
    const again = await send(server, key, FILE);
    expect([again.body.added, again.body.known]).toEqual([0, 3]);
    expect(await stored(server)).toEqual(rows);
    const list = await server.app.inject({ url: '/api/v1/acme/imports', headers: { 'x-api-key': key } });
    expect(list.json()).toEqual({
      imports: [
        expect.objectContaining({ name: null, added: 0, known: 3, problems: 1 }),
        expect.objectContaining({ id: first.body.id, name: 'usage.csv', added: 3, at: new Date(NOW).toISOString() }),
      ],
    });
  });

  it('comes in a form as well', async () => {
    const server = await testApp({ now: () => NOW });
    const form = [
      '--b0undary',
      'Content-Disposition: form-data; name="file"; filename="usage.csv"',
      'Content-Type: text/csv',
      '',
      FILE,
      '--b0undary--',
      '',
    ].join('\r\n');
    const type = 'multipart/form-data; boundary=b0undary';
    const { body } = await send(server, await server.key('admin'), form, { type });
    expect([body.added, body.problems.count]).toEqual([3, 1]);
    const empty = await send(server, await server.key('admin'), '--b0undary--\r\n', { type });
    expect([empty.status, empty.body.error?.message]).toEqual([400, 'the form holds no file']);
  });

  it.each([
    ['of no known kind', 'a,b\n1,2\n', '', /no known kind/],
    ['that is empty', '', '', /empty/],
    ['of totals without days', `${SPEND_HEADER}\n`, '', /from 2026-11-01/],
    ['of totals with half a period', `${SPEND_HEADER}\n`, '?from=2026-11-01', /both are needed/],
    [
      'of totals with a period that ends before it begins',
      `${SPEND_HEADER}\n`,
      '?from=2026-11-02&to=2026-11-01',
      /later/,
    ],
    ['with a question that is not known', FILE, '?dry=1', /dry/],
  ])('%s is refused', async (_, content, query, why) => {
    const server = await testApp({ now: () => NOW });
    const { status, body } = await send(server, await server.key('admin'), content, { query });
    expect([status, body.error?.code]).toEqual([400, 'invalid']);
    expect(body.error?.message).toMatch(why);
  });

  it('is for admins of the organisation alone', async () => {
    const server = await testApp({ now: () => NOW });
    for (const scope of ['ingest', 'member', 'manager'] as const)
      expect([scope, (await send(server, await server.key(scope), FILE)).status]).toEqual([scope, 403]);
    const other = await send(server, await server.key('admin', 'globex'), FILE);
    expect(other.status).toBe(404);
    expect(await stored(server)).toEqual([]);
  });

  it('leaves no word of what is in it in a log', async () => {
    const server = await testApp({ now: () => NOW });
    await send(server, await server.key('admin'), FILE.replace('broken', 'ca7nary').replaceAll('auto', 'ca7nary'));
    expect(server.log()).not.toContain('ca7nary');
    expect(server.log()).not.toContain('ada@acme.com');
  });
});

describe("a row of Cursor's", () => {
  const vendorRow = (timestamp: number, more: object) =>
    readUsageRow({
      timestamp: String(timestamp),
      userEmail: 'ada@acme.com',
      conversationId: '5f6c0d0e',
      isTokenBasedCall: true,
      ...more,
    });
  const synced = [
    vendorRow(1_795_095_812_345, {
      model: 'claude-4.5-sonnet-thinking',
      kind: 'Usage-based',
      isChargeable: true,
      tokenUsage: {
        inputTokens: 126,
        outputTokens: 450,
        cacheWriteTokens: 6112,
        cacheReadTokens: 11_964,
        totalCents: 20.18232,
      },
      chargedCents: 21.36232,
      cursorTokenFee: 1.18,
    }),
    vendorRow(1_795_094_000_111, {
      model: 'default',
      kind: 'Included in Business',
      tokenUsage: { inputTokens: 5310, outputTokens: 812, cacheReadTokens: 20_480, totalCents: 3 },
      chargedCents: 8,
    }),
  ].flatMap((row) => row ?? []);
  const file = teamFile(
    '"2026-11-19T13:43:32.345Z","ada@acme.com","bc-1","","On-Demand","claude-4.5-sonnet-thinking","Yes","6112","126","11964","450","18652","0.21"',
    '"2026-11-19T13:13:20.111Z","ada@acme.com","","","Included","auto","No","0","5310","20480","812","26602","Included"',
  );
  const events = hoursOfRows(synced)
    .flatMap(({ rows }) => rows)
    .map((row) =>
      cursorState(row, {
        org: 'acme',
        source: 'sync',
        snapshotMs: NOW,
        tier: 'business',
        labels: { organization: null, product: null, project: null, repository: null },
      }),
    );

  it('counts once by its API and by its file, as the API tells it, whichever comes first', async () => {
    const figures: ReportRow[][] = [];
    for (const order of ['api', 'file', 'api first', 'file first']) {
      const server = await testApp({ now: () => NOW });
      const key = await server.key('admin');
      const byApi = () => server.store.write({ events, activities: [] });
      const byFile = async () => expect((await send(server, key, file)).body.problems.count).toBe(0);
      if (order.startsWith('api')) await byApi();
      else await byFile();
      if (order === 'api first') await byFile();
      if (order === 'file first') await byApi();
      figures.push(await stored(server));
    }
    const [api, alone, apiFirst, fileFirst] = figures;
    expect(api).toHaveLength(2);
    expect(apiFirst).toEqual(api);
    expect(fileFirst).toEqual(api);
    // To the cent, as the file has it.
    expect(alone?.map((row) => row.billed_micros)).toEqual([null, 210_000]);
    expect(api?.map((row) => row.billed_micros)).toEqual([null, 213_623]);
  });
});

describe("the Console's file", () => {
  it('is priced, and given to whom the roster knows by the name of the key', async () => {
    const server = await testApp({ now: () => NOW });
    await server.people.roster.putMember({ org: 'acme', author: 'test' }, 'ada.lovelace@acme.com', {});
    const file = [
      CONSOLE_HEADER,
      '2026-11-19,claude-opus-5-5,claude_code_key_ada.lovelace_dgkx,Default,standard,≤ 200k,1000000,1000000,1000000,1000000,1000000,2,global,',
      '2026-11-19,claude-opus-5-5,shared key,Default,standard,≤ 200k,0,0,0,0,1000001,0,global,',
    ].join('\n');
    await send(server, await server.key('admin'), file);
    expect(await stored(server)).toEqual([
      // 4 + 5 + 8 + 0.20 + 20 dollars, and two searches of a cent.
      expect.objectContaining({ actor: 'email:ada.lovelace@acme.com', list_micros: 37_220_000 }),
      expect.objectContaining({ actor: 'anthropic-key-name:shared key', list_micros: 20_000_020 }),
    ]);
  });
});

describe('over the network', () => {
  let server: Awaited<ReturnType<typeof openApp>>;
  let url: string;
  let key: string;
  afterAll(() => server.close());
  beforeAll(async () => {
    server = await openApp({ now: () => NOW, bodyIdleMs: 300, requestMs: 200 });
    key = await server.key('admin');
    await server.app.listen({ host: '127.0.0.1', port: 0 });
    url = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}/api/v1/acme/imports`;
  });

  const opened = (headers: Record<string, string> = {}) => {
    const sent = httpRequest(url, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'text/csv', ...headers },
    });
    const answer = new Promise<number | null>((resolve) => {
      sent.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? null);
      });
      sent.on('error', () => resolve(null));
    });
    return { sent, answer };
  };

  it('a file that stalls is given up, one that breaks off leaves the way free for the next', async () => {
    const stalled = opened();
    stalled.sent.write(FILE.slice(0, 300));
    expect(await stalled.answer).toBe(408);
    stalled.sent.destroy();
    const broken = opened();
    broken.sent.write(FILE.slice(0, 300));
    setTimeout(() => broken.sent.destroy(), 50);
    expect(await broken.answer).toBe(null);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'text/csv' },
      body: FILE,
    });
    expect(answer.status).toBe(200);
  });

  it('a file may take longer than any other request', async () => {
    const slow = opened();
    for (let at = 0; at < FILE.length; at += Math.ceil(FILE.length / 4)) {
      slow.sent.write(FILE.slice(at, at + Math.ceil(FILE.length / 4)));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    slow.sent.end();
    expect(await slow.answer).toBe(200);
  });

  it('two at once are refused, and so is what is compressed', async () => {
    const first = opened();
    first.sent.write(FILE.slice(0, 300));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const second = await fetch(url, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'text/csv' },
      body: FILE,
    });
    expect(second.status).toBe(409);
    first.sent.end(FILE.slice(300));
    expect(await first.answer).toBe(200);
    const packed = await fetch(url, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'text/csv', 'content-encoding': 'gzip' },
      body: FILE,
    });
    expect(packed.status).toBe(415);
  });
});

describe('a file that is too long', () => {
  it('is refused, in a form too', async () => {
    const server = await testApp({ now: () => NOW, maxImportBytes: 300 });
    const form = `--b\r\nContent-Disposition: form-data; name="file"; filename="u.csv"\r\n\r\n${FILE}\r\n--b--\r\n`;
    const key = await server.key('admin');
    expect((await send(server, key, FILE)).status).toBe(413);
    expect((await send(server, key, form, { type: 'multipart/form-data; boundary=b' })).status).toBe(413);
    expect(await stored(server)).toEqual([]);
  });
});

describe('what takes long', () => {
  it('is answered with blanks until it is done, and then as ever', async () => {
    let release = (): void => undefined;
    let failing = false;
    const released = new Promise<void>((resolve) => (release = resolve));
    // A store whose look-ups last until they are let go.
    const wrap = (store: Store): Store =>
      new Proxy(store, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          return async (...args: unknown[]): Promise<unknown> => {
            if (name === 'find') await released;
            if (name === 'find' && failing) throw new StoreUnavailable('out of reach for a test');
            return await Reflect.apply(member, target, args);
          };
        },
      });
    const server = await testApp({ now: () => NOW, importPatienceMs: 20, wrap });
    const headers = { 'x-api-key': await server.key('admin'), 'content-type': 'text/csv' };
    const asked = { method: 'POST', url: '/api/v1/acme/imports', headers, payload: FILE } as const;
    setTimeout(release, 200);
    const good = await server.app.inject(asked);
    expect([good.statusCode, good.headers['content-type'], good.body.startsWith(' {')]).toEqual([
      200,
      'application/json; charset=utf-8',
      true,
    ]);
    expect(good.json()).toMatchObject({ added: 3, problems: { count: 1 } });
    failing = true;
    const bad = await server.app.inject(asked);
    // In time it would have been a 503.
    const { error } = bad.json<Answer['body']>();
    expect([bad.statusCode === 200 || bad.statusCode === 503, error?.code]).toEqual([true, 'unavailable']);
  });
});

describe('a file of several megabytes', () => {
  const large = teamFile(
    ...Array.from({ length: 12_000 }, (_, n) => cursorLine({ date: new Date(1_795_000_000_000 - n).toISOString() })),
  );

  it('is kept on disk until it is read, and no longer', async () => {
    const folder = tempDir();
    const pieces = received(inPieces(large), folder);
    const first = await pieces.next();
    expect(first.done).toBe(false);
    expect(readdirSync(folder)).toHaveLength(1);
    const rest: Uint8Array[] = first.done ? [] : [first.value];
    for await (const piece of pieces) rest.push(piece);
    expect(Buffer.concat(rest).toString()).toBe(large);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not kept where its reading ends early, nor where it breaks off', async () => {
    const folder = tempDir();
    for await (const piece of received(inPieces(large), folder)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* inPieces(large);
      throw new ServerError('timeout', 'the file stopped arriving');
    }
    await expect(received(broken(), folder).next()).rejects.toMatchObject({ code: 'timeout' });
    expect(readdirSync(folder)).toEqual([]);
    await expect(received(inPieces(large), `${folder}/nowhere`).next()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is taken in like any other', async () => {
    const server = await testApp({ now: () => NOW });
    const { body } = await send(server, await server.key('admin'), large);
    expect([body.added, body.problems.count]).toEqual([12_000, 0]);
  });
});
