import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApp } from '../support/app.ts';
import { logsBody, logsRequest } from '../support/calls.ts';
import { statusOf, toProtobuf } from '../support/otlp-protobuf.ts';

let server: Awaited<ReturnType<typeof openApp>>;
let key: string;
beforeAll(async () => {
  server = await openApp({ maxBodyBytes: 1 << 20 });
  key = await server.key('ingest');
});
afterAll(() => server.close());

const CALLS = [
  { n: 1, more: { prompt: 'canary-77' } },
  { n: 2, tier: 'max_20x', model: 'canary-77' },
];
const GOOD = { 'application/json': logsBody(...CALLS), 'application/x-protobuf': toProtobuf(logsRequest(CALLS)) };

/** A request as sent, then cut, doubled in places, and with bytes changed. */
const spoiled = (good: Buffer): fc.Arbitrary<Buffer> =>
  fc
    .record({
      cut: fc.option(fc.nat(good.length)),
      edits: fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
      repeat: fc.option(fc.tuple(fc.nat(good.length), fc.nat(good.length))),
    })
    .map(({ cut, edits, repeat }) => {
      const bytes = Buffer.from(good);
      for (const [at, byte] of edits) bytes[at] = byte;
      const whole = repeat ? Buffer.concat([bytes.subarray(0, repeat[0]), bytes.subarray(repeat[1])]) : bytes;
      return whole.subarray(0, cut ?? whole.length);
    });

it.each(Object.entries(GOOD))('no spoilt request of %s does more than be refused', async (type, good) => {
  const zipped = gzipSync(good);
  const requests = fc.oneof(
    spoiled(good).map((payload) => ({ payload, encoding: 'identity' })),
    spoiled(good).map((payload) => ({ payload: gzipSync(payload), encoding: 'gzip' })),
    spoiled(zipped).map((payload) => ({ payload, encoding: 'gzip' })),
  );
  await fc.assert(
    fc.asyncProperty(requests, async ({ payload, encoding }) => {
      const response = await server.app.inject({
        method: 'POST',
        url: '/v1/logs',
        headers: { 'x-api-key': key, 'content-type': type, 'content-encoding': encoding },
        payload,
      });
      // A defect would be a 503.
      expect([200, 400, 413]).toContain(response.statusCode);
      if (response.statusCode !== 200) expect(statusOf(type, response.rawPayload).message).not.toContain('canary');
    }),
    { numRuns: 300 },
  );
  expect(server.log()).not.toContain('defect');
});
