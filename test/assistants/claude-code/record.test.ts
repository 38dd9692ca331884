import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClaudeContext, ClaudeUsage } from '../../../src/assistants/claude-code/call.ts';
import { claudeState } from '../../../src/assistants/claude-code/call.ts';
import type { ClaudeBatch } from '../../../src/assistants/claude-code/record.ts';
import { claudeRecord, claudeResource } from '../../../src/assistants/claude-code/record.ts';
import { eventsOf } from '../../../src/assistants/index.ts';
import { ATTRIBUTES } from '../../../src/otlp/attributes.ts';
import { decodeLogs } from '../../../src/otlp/decode.ts';
import { encodeLogs } from '../../../src/otlp/encode-request.ts';
import { backfillActor } from '../../../src/usage/actor.ts';
import { toProtobuf } from '../../support/otlp-protobuf.ts';
import type { WireRequest } from '../../support/recordings.ts';
import { recordsOf, valueOf } from '../../support/recordings.ts';

const name = fc.stringMatching(/^[\wäöü](?:[\wäöü :@./-]{0,20}[\wäöü])?$/);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const tokens = fc.nat({ max: 2_000_000 });

const usage: fc.Arbitrary<ClaudeUsage> = fc.record({
  atMs: fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 0, 1) }),
  sessionId: maybe(name),
  promptId: maybe(name),
  ids: fc.record({
    requestId: maybe(
      fc.oneof(
        name,
        name.map((id) => `req_${id}`),
      ),
    ),
    messageId: maybe(
      fc.oneof(
        name,
        name.map((id) => `msg_${id}`),
      ),
    ),
    advisor: maybe(fc.nat({ max: 5 })),
  }),
  model: maybe(name),
  agent: maybe(fc.oneof(fc.constantFrom('main', 'subagent', 'background:compact', 'general-purpose'), name)),
  version: maybe(name),
  inputTokens: tokens,
  outputTokens: tokens,
  reasoningTokens: tokens,
  cacheReadTokens: tokens,
  cacheWrite: fc.record({ tokens, split: maybe(fc.record({ fiveMinutes: tokens, oneHour: tokens })) }),
  webSearches: maybe(fc.nat({ max: 50 })),
  reportedMicros: maybe(fc.nat()),
  durationMs: maybe(fc.nat({ max: 600_000 })),
  ttftMs: maybe(fc.nat({ max: 600_000 })),
  speed: maybe(fc.constantFrom('fast', 'standard', 'normal', 'turbo')),
  serviceTier: maybe(name),
  inferenceGeo: maybe(name),
  partial: fc.boolean(),
});

const batch: fc.Arbitrary<ClaudeBatch> = fc.record({
  assistant: fc.constantFrom('claude-code', 'claude-cowork'),
  email: maybe(fc.constantFrom('ada@acme.com', 'Bob@Acme.com')),
  tier: maybe(fc.constantFrom('pro', 'max_20x', 'api', 'other')),
  organization: maybe(name),
  product: maybe(name),
});

const options = fc.record({ transactionId: name, project: maybe(name), repository: maybe(name) });

test('what is sent is what arrives, by JSON and by protobuf', () => {
  fc.assert(
    fc.property(usage, batch, options, (call, common, own) => {
      const context: ClaudeContext = {
        org: 'acme',
        assistant: common.assistant,
        source: 'backfill',
        actor: backfillActor(common.email),
        tier: common.tier,
        labels: {
          organization: common.organization,
          product: common.product,
          project: own.project,
          repository: own.repository,
        },
        transactionId: own.transactionId,
        sequence: null,
      };
      const body = encodeLogs([claudeRecord(call, own)], claudeResource(common));
      const expected = {
        events: [claudeState(call, context)],
        activities: [],
        snapshots: [],
        rejected: { count: 0, reasons: [] },
        ignored: 0,
      };
      expect(eventsOf(decodeLogs(body, 'json').records, 'acme')).toEqual(expected);
      const bytes = toProtobuf(JSON.parse(body) as WireRequest);
      expect(eventsOf(decodeLogs(bytes, 'protobuf').records, 'acme')).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('nothing is sent that is not on the allow-list', () => {
  const allowed = new Set<string>([...ATTRIBUTES.map(({ key }) => key), 'event.name', 'event.timestamp']);
  fc.assert(
    fc.property(usage, batch, options, (call, common, own) => {
      const body = JSON.parse(encodeLogs([claudeRecord(call, own)], claudeResource(common))) as WireRequest;
      const [record] = recordsOf(body);
      const keys = [...(record?.attributes ?? []), ...(body.resourceLogs[0]?.resource.attributes ?? [])].map(
        ({ key }) => key,
      );
      expect(keys.filter((key) => !allowed.has(key))).toEqual([]);
      expect(valueOf(record ?? { attributes: [] }, 'transaction_id')).toBe(own.transactionId);
    }),
  );
});

test('a call that an import brings is the same call whether or not it names its prompt', () => {
  fc.assert(
    fc.property(usage, batch, options, (call, common, own) => {
      const [named, unnamed] = [call.promptId ?? 'one', null].map((promptId) => {
        const record = claudeRecord({ ...call, promptId }, own);
        return eventsOf(decodeLogs(Buffer.from(encodeLogs([record], claudeResource(common))), 'json').records, 'acme');
      });
      expect(unnamed?.events[0]?.promptId).toBe(null);
      expect({ ...named?.events[0], promptId: null, ranks: null }).toEqual({ ...unnamed?.events[0], ranks: null });
    }),
  );
});
