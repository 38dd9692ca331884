import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closingRecord, cursorRecord, cursorResource } from '../../../src/assistants/cursor/record.ts';
import type { CursorUsage } from '../../../src/assistants/cursor/row.ts';
import { cursorState } from '../../../src/assistants/cursor/row.ts';
import { eventsOf } from '../../../src/assistants/index.ts';
import { decodeLogs } from '../../../src/otlp/decode.ts';
import type { OutgoingRecord } from '../../../src/otlp/encode-request.ts';
import { encodeLogs } from '../../../src/otlp/encode-request.ts';
import { BUCKET_MS } from '../../../src/usage/snapshot.ts';
import { testApp } from '../../support/app.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const LABELS = { tier: 'business', organization: 'Acme, Inc. = "50 %"', product: null };

const arrived = (records: readonly OutgoingRecord[]) => {
  const body = Buffer.from(encodeLogs(records, cursorResource(LABELS)));
  return eventsOf(decodeLogs(body, 'json').records, 'acme');
};

const word = fc
  .string({ minLength: 1, maxLength: 20 })
  .filter((text) => text === text.trim() && !/\p{Control}/u.test(text));
const optional = fc.option(word, { nil: null });
const number = fc.integer({ min: 0, max: 1_000_000 });
const usage: fc.Arbitrary<CursorUsage> = fc.record({
  atMs: fc.integer({ min: NOON, max: NOON + 10 * BUCKET_MS }),
  who: fc.oneof(fc.constantFrom('ada@acme.com', 'sa_01HZX', null)),
  model: optional,
  kind: fc.oneof(fc.constantFrom('Usage-based', 'Included in Business', 'Errored, Not Charged'), optional),
  conversationId: optional,
  cloudAgentId: optional,
  occurrence: fc.integer({ min: 0, max: 3 }),
  inputTokens: number,
  outputTokens: number,
  cacheReadTokens: number,
  cacheWriteTokens: number,
  reportedMicros: fc.option(number, { nil: null }),
  billedMicros: fc.option(number, { nil: null }),
});

describe('a row of Cursor', () => {
  it('arrives as it was sent', () => {
    fc.assert(
      fc.property(usage, fc.integer({ min: 1, max: 2 ** 50 }), (row, snapshotMs) => {
        const { events, rejected } = arrived([cursorRecord(row, snapshotMs)]);
        const labels = { organization: LABELS.organization, product: null, project: null, repository: null };
        expect(rejected.count).toBe(0);
        expect(events).toEqual([
          cursorState(row, { org: 'acme', source: 'sync', snapshotMs, tier: LABELS.tier, labels }),
        ]);
        expect(cursorRecord(row, snapshotMs).attributes.transaction_id).toBe(events[0]?.id);
      }),
    );
  });

  it('is closed by a record of its own, which is no event', () => {
    const { events, snapshots, ignored } = arrived([closingRecord(NOON, NOON + 5, 3)]);
    expect({ events, snapshots, ignored }).toEqual({
      events: [],
      snapshots: [{ org: 'acme', assistant: 'cursor', bucketMs: NOON, snapshotMs: NOON + 5, count: 3 }],
      ignored: 0,
    });
  });

  it.each([
    ['no whole hour', closingRecord(NOON + 1, NOON, 3)],
    ['no rows', closingRecord(NOON, NOON, 0)],
    ['a fraction of a row', closingRecord(NOON, NOON, -1)],
    ['no reading', closingRecord(NOON, 0, 1)],
  ])('is not closed by a record with %s', (_, record) => {
    const { snapshots, rejected } = arrived([record]);
    expect(snapshots).toEqual([]);
    expect(rejected.count).toBe(1);
  });
});

describe('the server', () => {
  it('answers a snapshot whose rows are missing with a partial success that names its bucket', async () => {
    const { app, key } = await testApp();
    const headers = { 'x-api-key': await key('ingest'), 'content-type': 'application/json' };
    const post = async (records: readonly OutgoingRecord[]): Promise<unknown> => {
      const payload = encodeLogs(records, cursorResource(LABELS));
      const response = await app.inject({ method: 'POST', url: '/v1/logs', headers, payload });
      expect(response.statusCode).toBe(200);
      return response.json();
    };
    const rows = [1, 2].map((n): CursorUsage => ({
      atMs: NOON + n,
      who: 'ada@acme.com',
      model: 'default',
      kind: 'Usage-based',
      conversationId: null,
      cloudAgentId: null,
      occurrence: 0,
      inputTokens: 1,
      outputTokens: n,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      reportedMicros: null,
      billedMicros: null,
    }));
    const [one, two] = rows.map((row) => cursorRecord(row, NOON + 60_000));
    if (!one || !two) throw new Error('no rows');
    const close = closingRecord(NOON, NOON + 60_000, 2);
    expect(await post([one, close])).toEqual({
      processedEvents: 1,
      partialSuccess: {
        rejectedLogRecords: '1',
        errorMessage:
          'cursor bucket 2026-11-20T12:00:00.000Z is incomplete as of 2026-11-20T12:01:00.000Z: send it again',
      },
    });
    expect(await post([one, two, close])).toEqual({ processedEvents: 2 });
  });
});
