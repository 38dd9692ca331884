import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventsOf } from '../../src/assistants/index.ts';
import { OtlpDecodeError } from '../../src/otlp/decode-error.ts';
import { decodeLogs } from '../../src/otlp/decode.ts';
import type { OtlpForm } from '../../src/otlp/media-type.ts';
import { toProtobuf } from '../support/otlp-protobuf.ts';
import { CLAUDE_RECORDINGS, GEMINI_RECORDINGS } from '../support/recordings.ts';

const BODIES = [...CLAUDE_RECORDINGS, ...GEMINI_RECORDINGS].map(({ body }) => body);
const JSON_BODIES = BODIES.map((body) => Buffer.from(JSON.stringify(body)));
const PROTOBUF_BODIES = BODIES.map(toProtobuf);

interface Mutation {
  at: number;
  remove: number;
  insert: Uint8Array;
}
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(),
  remove: fc.oneof(fc.constant(0), fc.constant(1), fc.nat(2000)),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc.constantFrom('"', '{', ']', 'null', '-1', '1e999', '"\\ud800"', '{"a":', ',').map((text) => Buffer.from(text)),
  ),
});

const mutated = (body: Buffer, mutations: readonly Mutation[]): Buffer =>
  mutations.reduce((bytes, { at, remove, insert }) => {
    const from = at % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)]);
  }, body);

/** Whatever it is: decoded and mapped to sound figures, or refused with the one typed error. */
function survives(body: Buffer, form: OtlpForm): 'decoded' | 'refused' {
  try {
    const decoded = decodeLogs(body, form);
    const { events } = eventsOf(decoded.records, 'acme');
    for (const { inputTokens, outputTokens, cacheReadTokens, cacheWrite5mTokens, atMs, id } of events) {
      for (const count of [inputTokens, outputTokens, cacheReadTokens, cacheWrite5mTokens, atMs])
        expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
      expect(id).toMatch(/^[0-9a-f]{64}$/);
    }
    return 'decoded';
  } catch (error) {
    if (error instanceof OtlpDecodeError) return 'refused';
    throw error;
  }
}

test.each([
  ['json', JSON_BODIES],
  ['protobuf', PROTOBUF_BODIES],
] as const)('mutated %s bodies are decoded or refused, and nothing else', (form, bodies) => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.constantFrom(...bodies), fc.array(mutation, { maxLength: 4 }), (body, mutations) => {
      seen.add(survives(mutated(body, mutations), form));
    }),
    { numRuns: 3000 },
  );
  expect(seen).toEqual(new Set(['decoded', 'refused']));
});

test.each(['json', 'protobuf'] as const)('random bytes as %s are decoded or refused, and nothing else', (form) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      survives(Buffer.from(bytes), form);
    }),
    { numRuns: 5000 },
  );
});

test('a JSON body is decoded exactly where JSON.parse takes it and the shape is right', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...JSON_BODIES),
      fc.array(mutation, { minLength: 1, maxLength: 1 }),
      (body, mutations) => {
        const bytes = mutated(body, mutations);
        let parsed = true;
        try {
          JSON.parse(bytes.toString());
        } catch {
          parsed = false;
        }
        if (!parsed && bytes.length > 0) expect(survives(bytes, 'json')).toBe('refused');
      },
    ),
    { numRuns: 2000 },
  );
});
