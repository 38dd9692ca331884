import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../src/server/services/keys.ts';
import { SCOPES } from '../../src/server/services/keys.ts';
import { openApp } from '../support/app.ts';
import { send, storedId } from '../support/calls.ts';

let server: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  server = await openApp();
  await send(server, [
    { n: 1, input: 11, output: 12, more: { cache_read_tokens: '13', cache_creation_tokens: '14' } },
    { n: 2 },
  ]);
  await send(server, [{ n: 2 }, { n: 3 }], 'globex');
});
afterAll(() => server.close());

interface Answer {
  records: { id: string; inputTokens: number }[];
  error: { code: string; message: string };
}

async function lookup(body: unknown, scope: Scope = 'ingest', org = 'acme'): Promise<{ status: number; body: Answer }> {
  const response = await server.app.inject({
    method: 'POST',
    url: '/meter/v2/records/lookup',
    headers: { 'x-api-key': await server.key(scope, org), 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  });
  return { status: response.statusCode, body: response.json<Answer>() };
}

const idsOf = ({ body }: { body: Answer }): string[] => body.records.map(({ id }) => id).sort();

describe('a lookup', () => {
  it('answers what is stored of a record: numbers and where it came from, nobody’s name', async () => {
    const { status, body } = await lookup({ ids: [storedId(1)] });
    expect(status).toBe(200);
    expect(body.records).toEqual([
      {
        id: storedId(1),
        at: '2026-11-20T12:00:00.000Z',
        sources: ['telemetry'],
        status: 'ok',
        partial: false,
        counted: true,
        inputTokens: 11,
        outputTokens: 12,
        cacheReadTokens: 13,
        cacheWrite5mTokens: 14,
        cacheWrite1hTokens: 0,
      },
    ]);
  });

  it('leaves unknown ids out', async () => {
    expect(idsOf(await lookup({ ids: [storedId('unknown')] }))).toEqual([]);
    expect(idsOf(await lookup({ ids: [storedId('unknown'), storedId(2), storedId(2)] }))).toEqual([storedId(2)]);
    expect(idsOf(await lookup({ ids: [] }))).toEqual([]);
  });

  it.each(SCOPES)('by a key of scope %s sees its own organisation alone', async (scope) => {
    const ids = [storedId(1), storedId(2), storedId(3)];
    expect(idsOf(await lookup({ ids }, scope, 'acme'))).toEqual([storedId(1), storedId(2)].sort());
    expect(idsOf(await lookup({ ids }, scope, 'globex'))).toEqual([storedId(2), storedId(3)].sort());
    expect(idsOf(await lookup({ ids }, scope, 'initech'))).toEqual([]);
  });

  it('takes a thousand ids and no more', async () => {
    const ids = Array.from({ length: 1000 }, (_, i) => storedId(i));
    expect(idsOf(await lookup({ ids }))).toEqual([storedId(1), storedId(2)].sort());
    const { status, body } = await lookup({ ids: [...ids, storedId('one more')] });
    expect([status, body.error.code]).toEqual([400, 'invalid']);
    expect(body.error.message).toMatch(/ids.*1000/);
  });

  it.each([
    ['no ids', {}],
    ['ids that are no list', { ids: storedId(1) }],
    ['an id that is too short', { ids: [storedId(1).slice(1)] }],
    ['an id in capitals', { ids: [storedId(1).toUpperCase()] }],
    ['an id with something behind it', { ids: [`${storedId(1)}' OR true`] }],
    ['a number', { ids: [1] }],
    ['null', { ids: [null] }],
    ['a field that nobody knows', { ids: [], org: 'globex' }],
  ])('with %s is refused', async (_, asked) => {
    const { status, body } = await lookup(asked);
    expect([status, body.error.code]).toEqual([400, 'invalid']);
    expect(body.error.message).not.toContain('OR true');
  });
});
