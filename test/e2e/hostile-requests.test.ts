import { expect, it } from 'vitest';
import { openApp } from '../support/app.ts';
import { logsBody, logsRequest } from '../support/calls.ts';
import { exchange, hostileRequest, seeded } from '../support/hostile-requests.ts';
import { toProtobuf } from '../support/otlp-protobuf.ts';
import { CLAUDE_RECORDINGS, GEMINI_RECORDINGS } from '../support/recordings.ts';
import { SEED } from '../support/seed.ts';

/** How many requests are tried; a million with `REQUESTS=1000000`. */
const REQUESTS = Number(process.env.REQUESTS ?? 20_000);
const AT_ONCE = 32;

const CANARY = 'canary-77';
/** A call that is never spoilt: it must be there in the end as it was in the beginning. */
const WITNESS = logsBody({ n: 'witness', output: 4242, session: 'witness' });

it(
  `survives ${REQUESTS} hostile requests (SEED=${SEED})`,
  async () => {
    const server = await openApp({ maxBodyBytes: 1 << 20, bodyIdleMs: 2_000 });
    try {
      await server.app.listen({ host: '127.0.0.1', port: 0 });
      const { port } = server.app.server.address() as { port: number };
      const key = await server.key('ingest');
      const post = (body: Buffer) =>
        server.app.inject({
          method: 'POST',
          url: '/v1/logs',
          headers: { 'x-api-key': key, 'content-type': 'application/json' },
          payload: body,
        });
      expect((await post(WITNESS)).statusCode).toBe(200);

      const calls = [
        { n: 1, more: { prompt: CANARY } },
        { n: 2, tier: 'max_20x' },
        { n: 3, session: 's3' },
      ];
      const goods = [
        { contentType: 'application/json', body: logsBody(...calls) },
        { contentType: 'application/x-protobuf', body: toProtobuf(logsRequest(calls)) },
        ...[...CLAUDE_RECORDINGS.slice(0, 4), ...GEMINI_RECORDINGS.slice(0, 2)].flatMap(({ body }) => [
          { contentType: 'application/json', body: Buffer.from(JSON.stringify(body)) },
          { contentType: 'application/x-protobuf', body: toProtobuf(body) },
        ]),
      ];
      const random = seeded(SEED);
      const statuses = new Map<string, number>();
      let left = REQUESTS;
      const sender = async (): Promise<void> => {
        while (left-- > 0) {
          const request = hostileRequest(goods, key, random);
          const answer = await exchange(port, request);
          const status =
            /^HTTP\/1\.1 (\d{3})/.exec(answer.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, ''))?.[1] ?? 'closed';
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          // A 503 would be a defect of ours: storage is well.
          if (Number(status) >= 500) throw new Error(`${status} for ${request.toString('base64')}: ${answer}`);
          if (answer.includes(CANARY)) throw new Error(`content in the answer to ${request.toString('base64')}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, sender));
      expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(REQUESTS);
      // Most kinds of refusal were met, and some requests were good enough to be taken.
      expect([...statuses.keys()]).toEqual(expect.arrayContaining(['200', '400', '401']));
      expect(server.logHas('"msg"')).toBe(true);
      expect(server.logHas('defect')).toBe(false);
      expect(server.logHas(CANARY)).toBe(false);
      const witness = await server.store.query({
        parts: ["SELECT sum(output_tokens) AS tokens, count(*) AS rows FROM usage_event WHERE session_id = 'witness'"],
        params: [],
      });
      expect(witness).toEqual([{ tokens: 4242, rows: 1 }]);
      expect((await post(WITNESS)).statusCode).toBe(200);
    } finally {
      await server.close();
    }
  },
  120_000 + REQUESTS * 20,
);
