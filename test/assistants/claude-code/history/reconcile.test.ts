import { describe, expect, it } from 'vitest';
import type { CallRecord } from '../../../../src/assistants/claude-code/history/call-record.ts';
import type { ServerRecord } from '../../../../src/assistants/claude-code/history/reconcile.ts';
import { askedCall, compareCalls, tally } from '../../../../src/assistants/claude-code/history/reconcile.ts';

const call = (more: Partial<CallRecord> = {}): CallRecord => ({
  assistant: 'claude-code',
  requestId: 'req_1',
  messageId: 'msg_1',
  uuid: null,
  sessionId: 's1',
  agent: 'main',
  model: 'claude-opus-4-7',
  version: '2.1.329',
  cwd: null,
  atMs: Date.UTC(2026, 10, 20, 12),
  partial: false,
  inputTokens: 10,
  outputTokens: 50,
  reasoningTokens: 0,
  cacheReadTokens: 2000,
  cacheWrite5mTokens: 60,
  cacheWrite1hTokens: 40,
  splitKnown: true,
  webSearches: null,
  serviceTier: null,
  inferenceGeo: null,
  speed: null,
  lines: 1,
  ...more,
});

const stored = (id: string, more: Partial<ServerRecord> = {}): ServerRecord => ({
  id,
  sources: ['backfill'],
  partial: false,
  counted: true,
  inputTokens: 10,
  outputTokens: 50,
  cacheReadTokens: 2000,
  cacheWrite5mTokens: 60,
  cacheWrite1hTokens: 40,
  ...more,
});

describe('comparing files with a server', () => {
  it('knows a call by its message alone, where the server has it so', () => {
    const asked = askedCall(call());
    const [found] = compareCalls([asked], [stored(asked.otherId ?? '')]);
    expect(found).toMatchObject({ found: { id: asked.otherId }, difference: null, extra: null });
  });

  it('finds an answer that the server counts twice', () => {
    const asked = askedCall(call());
    const twice = [stored(asked.id), stored(asked.otherId ?? '')];
    const once = [stored(asked.id), stored(asked.otherId ?? '', { counted: false })];
    expect(compareCalls([asked], twice)).toMatchObject([{ extra: { id: asked.otherId } }]);
    expect(compareCalls([asked], once)).toMatchObject([{ extra: null }]);
    expect(askedCall(call({ requestId: null })).otherId).toBeNull();
  });

  it.each([
    [{}, {}, []],
    [{}, { inputTokens: 11 }, ['inputTokens']],
    [{}, { cacheWrite5mTokens: 100, cacheWrite1hTokens: 0 }, ['cacheWrite5mTokens', 'cacheWrite1hTokens']],
    [{ splitKnown: false }, { cacheWrite5mTokens: 100, cacheWrite1hTokens: 0 }, []],
    [
      { splitKnown: false },
      { cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 },
      ['cacheWrite5mTokens', 'cacheWrite1hTokens'],
    ],
    [{ partial: true, outputTokens: 3 }, { outputTokens: 50 }, []],
    [{ partial: true, outputTokens: 60 }, { outputTokens: 50 }, ['outputTokens']],
  ])('tells where figures differ: %o against %o', (files, server, differing) => {
    const asked = askedCall(call(files));
    const [found] = compareCalls([asked], [stored(asked.id, server)]);
    expect(Object.keys(found?.difference?.figures ?? {})).toEqual(differing);
  });

  it('takes a row that does not count by itself for one that telemetry has too', () => {
    const asked = [1, 2, 3, 4].map((n) => askedCall(call({ requestId: `req_${n}`, messageId: `msg_${n}` })));
    const [a, b, c] = asked.map(({ id }) => id);
    const found = compareCalls(asked, [
      stored(a ?? '', { sources: ['telemetry'] }),
      stored(b ?? '', { counted: false }),
      stored(c ?? ''),
    ]);
    const { total, sessions } = tally(found, () => 'day');
    expect(total).toMatchObject({ calls: 4, telemetryOnly: 1, both: 1, backfillOnly: 1, missing: 1 });
    expect(sessions.get('s1')).toEqual(total);
  });
});
