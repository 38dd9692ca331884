import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cursorRecord, cursorResource } from '../../../src/assistants/cursor/record.ts';
import type { CursorUsage } from '../../../src/assistants/cursor/row.ts';
import { cursorState } from '../../../src/assistants/cursor/row.ts';
import { eventsOf } from '../../../src/assistants/index.ts';
import { decodeLogs } from '../../../src/otlp/decode.ts';
import { encodeLogs } from '../../../src/otlp/encode-request.ts';
import { cursorKey, eventId } from '../../../src/usage/identity.ts';
import { join } from '../../../src/usage/merge.ts';
import { logRecord, request } from '../../support/otlp-request.ts';

const ROW: CursorUsage = {
  atMs: 1795095812345,
  who: 'ada@example.com',
  model: 'claude-4.5-sonnet-thinking',
  kind: 'Usage-based',
  conversationId: '5f6c0d0e',
  cloudAgentId: null,
  occurrence: 0,
  inputTokens: 126,
  outputTokens: 450,
  cacheReadTokens: 11964,
  cacheWriteTokens: 6112,
  reportedMicros: 201823,
  billedMicros: 213623,
};
const SNAPSHOT_MS = Date.UTC(2026, 10, 20, 12);
const send = (row: CursorUsage, snapshotMs = SNAPSHOT_MS, tier: string | null = null) => {
  const body = encodeLogs(
    [cursorRecord(row, snapshotMs)],
    cursorResource({ tier, organization: 'Acme', product: null }),
  );
  return eventsOf(decodeLogs(body, 'json').records, 'acme');
};

test('what is sent is what arrives', () => {
  const text = fc.option(fc.stringMatching(/^[\w(][\w() .,-]{0,20}[\w)]$/), { nil: null });
  const count = fc.nat({ max: 1_000_000 });
  const micros = fc.option(fc.nat(), { nil: null });
  const rows: fc.Arbitrary<CursorUsage> = fc.record({
    atMs: fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 0, 1) }),
    who: fc.constantFrom('ada@example.com', 'sa_01HZX', null),
    model: text,
    kind: text,
    conversationId: text,
    cloudAgentId: text,
    occurrence: fc.nat({ max: 20 }),
    inputTokens: count,
    outputTokens: count,
    cacheReadTokens: count,
    cacheWriteTokens: count,
    reportedMicros: micros,
    billedMicros: micros,
  });
  const labels = { organization: 'Acme', product: null, project: null, repository: null };
  fc.assert(
    fc.property(rows, fc.constantFrom('business', null), (row, tier) => {
      const state = cursorState(row, { org: 'acme', source: 'sync', snapshotMs: SNAPSHOT_MS, tier, labels });
      expect(send(row, SNAPSHOT_MS, tier)).toEqual({
        events: [state],
        activities: [],
        snapshots: [],
        rejected: { count: 0, reasons: [] },
        ignored: 0,
      });
      expect(state.id).toBe(eventId(cursorKey(row)));
    }),
  );
});

test('a newer reading replaces an older one, in whichever order they come', () => {
  const [older] = send(ROW).events;
  const [newer] = send(
    { ...ROW, billedMicros: null, reportedMicros: 100, outputTokens: 1, kind: 'Usage-based' },
    SNAPSHOT_MS + 1,
  ).events;
  if (!older || !newer) throw new Error('expected both');
  for (const joined of [join(older, newer), join(newer, older)])
    expect(joined).toMatchObject({ billedMicros: null, reportedMicros: 100, outputTokens: 1 });
});

describe('who', () => {
  test('a person by the row’s own e-mail, a service account by its id, never whoever set the sync up', () => {
    expect(send(ROW).events).toMatchObject([{ actor: 'email:ada@example.com', sessionId: '5f6c0d0e' }]);
    expect(send({ ...ROW, who: 'sa_01HZX' }).events).toMatchObject([{ actor: 'service-account:sa_01HZX' }]);
    const anonymous = request([logRecord('cursor_ide.api_response', {})], { 'user.email': 'admin@acme.com' });
    expect(eventsOf(decodeLogs(JSON.stringify(anonymous), 'json').records, 'acme').events).toMatchObject([
      { actor: null },
    ]);
  });
});

describe('who pays, and how it went', () => {
  test.each([
    [{}, null, 'metered', 'ok'],
    [{ billedMicros: null, kind: 'Included in Business' }, null, 'seat', 'ok'],
    [{ billedMicros: null, kind: 'USAGE_EVENT_KIND_INCLUDED_IN_PRO' }, null, 'seat', 'ok'],
    [{ billedMicros: null, kind: 'Free' }, 'pro', 'seat', 'ok'],
    [{ billedMicros: null, kind: 'Free' }, null, 'unknown', 'ok'],
    [{ billedMicros: null, kind: 'Errored, Not Charged' }, null, 'unknown', 'error'],
    [{ billedMicros: null, kind: 'ABORTED_NOT_CHARGED' }, null, 'unknown', 'error'],
  ] as const)('%j with tier %s: %s, %s', (values, tier, billing, status) => {
    expect(send({ ...ROW, ...values }, SNAPSHOT_MS, tier).events).toMatchObject([{ billing, status }]);
  });
});

test('a record without our marks is a row of a sync all the same', () => {
  const foreign = request([
    logRecord('cursor_ide.api_response', { 'user.email': 'Ada@Example.com', model: 'default', transaction_id: 'x' }),
  ]);
  expect(eventsOf(decodeLogs(JSON.stringify(foreign), 'json').records, 'acme').events).toMatchObject([
    { assistant: 'cursor', sources: 4, actor: 'email:ada@example.com', requests: 1 },
  ]);
});
