import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventState } from '../../src/usage/event.ts';
import { eventId } from '../../src/usage/identity.ts';
import { observe } from '../../src/usage/merge.ts';
import { cleanText } from '../../src/otlp/attributes.ts';
import { ownHeader, ownLine } from '../../src/vendors/csv/own-export.ts';
import { sql } from '../../src/reports/sql.ts';
import type { TestApp } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { readAll } from '../support/csv-files.ts';
import { NOON, delivery, observation } from '../support/observations.ts';

const now = () => NOON + 86_400_000;

const exported = async ({ app }: TestApp, key: string, query = ''): Promise<string> => {
  const response = await app.inject({ url: `/api/v1/acme/exports/events${query}`, headers: { 'x-api-key': key } });
  expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
  return response.body;
};

const imported = async ({ app }: TestApp, key: string, file: string): Promise<Record<string, unknown>> => {
  const headers = { 'x-api-key': key, 'content-type': 'text/csv' };
  return (await app.inject({ method: 'POST', url: '/api/v1/acme/imports', headers, payload: file })).json();
};

// Whatever stands in a table except where it stands.
const everything = async ({ store }: TestApp): Promise<unknown[]> =>
  await store.query(
    sql`SELECT lower(hex(id)) AS id, * EXCLUDE (hash, id, message_key, call_key, more_call_keys) FROM usage_event WHERE status <> 'retracted' ORDER BY lower(hex(id)), derived`,
  );

// As everything is kept that a client says.
const hostile = fc
  .oneof(
    fc.constantFrom('=1+1', "'=1+1", "''-x", '+x', '@x', '\tx', '"', ',', '\r\n', ' x ', "'", 'é', '🦊'),
    fc.string({ minLength: 1, maxLength: 20 }),
  )
  .map(cleanText);

describe('our own export', () => {
  it('reads back as it was written, whatever names people give', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(observation(), hostile, hostile, fc.nat()), { minLength: 1, maxLength: 8 }),
        async (drawn) => {
          const events = drawn.map(([event, project, agent, n]): EventState => ({
            ...event,
            id: eventId(['test', n]),
            project,
            agent,
          }));
          const distinct = [...new Map(events.map((event) => [event.id, event])).values()];
          const { usages, problems } = await readAll(ownHeader() + distinct.map(ownLine).join(''));
          expect(problems).toEqual([]);
          expect(usages.map((usage) => usage.kind === 'stored' && { ...usage.state, org: 'acme' })).toEqual(distinct);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('fills another server with the same figures, and adds nothing to its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(observation(), { minLength: 1, maxLength: 20 }).chain(delivery), async (batches) => {
        const [one, other] = [await testApp({ now }), await testApp({ now })];
        for (const events of batches) await one.store.write({ events, activities: [] });
        const file = await exported(one, await one.key('admin'));
        const before = await everything(one);
        expect(await imported(one, await one.key('admin'), file)).toMatchObject({ added: 0, problems: { count: 0 } });
        expect(await everything(one)).toEqual(before);
        expect(await imported(other, await other.key('admin'), file)).toMatchObject({
          known: 0,
          problems: { count: 0 },
        });
        expect(await everything(other)).toEqual(before);
      }),
      { numRuns: 6 },
    );
  });

  it('is cut by days, and is for admins', async () => {
    const server = await testApp({ now });
    const events = [-1, 0, 1].map((day) =>
      observe({
        org: 'acme',
        id: eventId(['day', day]),
        assistant: 'cursor',
        source: 'sync',
        atMs: NOON + day * 86_400_000,
      }),
    );
    await server.store.write({ events, activities: [] });
    const key = await server.key('admin');
    const lines = async (query: string): Promise<number> =>
      (await exported(server, key, query)).trim().split('\r\n').length - 1;
    expect(await lines('')).toBe(3);
    expect(await lines('?from=2026-11-20&to=2026-11-21')).toBe(1);
    expect(await lines('?to=2026-11-20')).toBe(1);
    expect(await lines('?from=2027-01-01')).toBe(0);
    const refused = await server.app.inject({
      url: '/api/v1/acme/exports/events',
      headers: { 'x-api-key': await server.key('manager') },
    });
    expect(refused.statusCode).toBe(403);
  });

  it('that was changed by hand is read row by row', async () => {
    const good = observe({ org: '', id: eventId(['a']), assistant: 'cursor', source: 'sync', atMs: NOON });
    const line = ownLine(good);
    const file = [
      ownHeader(),
      line,
      line.replace('cursor', 'copilot'),
      line.replace(/^[0-9a-f]/, 'g'),
      line.replace('.000Z', ''),
    ];
    const { usages, problems } = await readAll(file.join(''));
    expect(usages).toHaveLength(1);
    expect(problems).toEqual([
      { line: 3, reason: 'assistant is not what our export writes' },
      { line: 4, reason: 'id is not what our export writes' },
      { line: 5, reason: 'at is not what our export writes' },
    ]);
  });
});
