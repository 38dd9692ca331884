import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GeminiUsage } from '../../../src/assistants/gemini-cli/call.ts';
import { geminiState } from '../../../src/assistants/gemini-cli/call.ts';
import { geminiRecord, geminiResource } from '../../../src/assistants/gemini-cli/record.ts';
import { eventsOf } from '../../../src/assistants/index.ts';
import { decodeLogs } from '../../../src/otlp/decode.ts';
import { encodeLogs } from '../../../src/otlp/encode-request.ts';
import { backfillActor } from '../../../src/usage/actor.ts';

const name = fc.stringMatching(/^[\w-]{1,20}$/);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const tokens = fc.nat({ max: 2_000_000 });

const usage: fc.Arbitrary<GeminiUsage> = fc.record({
  atMs: fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 0, 1) }),
  sessionId: maybe(name),
  promptId: maybe(name),
  agentId: maybe(name),
  agent: maybe(fc.oneof(fc.constantFrom('main', 'subagent', 'background:router'), name)),
  messageId: maybe(name),
  model: maybe(name),
  tokens: fc.record({ input: tokens, output: tokens, cached: tokens, thoughts: tokens, tool: tokens, total: tokens }),
  durationMs: maybe(fc.nat({ max: 600_000 })),
  authType: maybe(fc.constantFrom('gemini-api-key', 'oauth-personal')),
});

test('what is sent is what arrives', () => {
  fc.assert(
    fc.property(usage, name, maybe(name), (call, transactionId, project) => {
      const batch = { email: 'ada@acme.com', organization: 'Acme', product: null };
      const state = geminiState(call, {
        org: 'acme',
        source: 'backfill',
        actor: backfillActor(batch.email),
        labels: { organization: 'Acme', product: null, project, repository: null },
        transactionId,
      });
      const record = geminiRecord(call, { transactionId, project, repository: null });
      const body = encodeLogs([record], geminiResource(batch));
      expect(eventsOf(decodeLogs(body, 'json').records, 'acme').events).toEqual([state]);
    }),
    { numRuns: 300 },
  );
});

test('a file row has the id of its message, and the pairing key of the same call in telemetry', () => {
  const call: GeminiUsage = {
    atMs: Date.UTC(2026, 10, 20),
    sessionId: 's1',
    promptId: null,
    agentId: 'a77',
    agent: 'subagent',
    messageId: 'm1',
    model: 'gemini-2.5-pro',
    tokens: { input: 1, output: 2, cached: 0, thoughts: 3, tool: 0, total: 6 },
    durationMs: null,
    authType: null,
  };
  const labels = { organization: null, product: null, project: null, repository: null };
  const context = { org: 'acme', source: 'backfill', actor: backfillActor(null), labels, transactionId: 'x' } as const;
  const file = geminiState(call, context);
  const telemetry = geminiState(
    { ...call, messageId: null, promptId: 'a77#3', model: 'gemini-2.5-pro-002' },
    { ...context, source: 'telemetry', transactionId: null },
  );
  expect(file).toMatchObject({ idless: false, callKeys: telemetry.callKeys });
  expect(telemetry.idless).toBe(true);
  // Neither the model asked for nor the time decides what a file row is.
  expect(geminiState({ ...call, model: 'other', atMs: 5 }, context).id).toBe(file.id);
  expect(geminiState({ ...call, messageId: 'm2' }, context).id).not.toBe(file.id);
});
