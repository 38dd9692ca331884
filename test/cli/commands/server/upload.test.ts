import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { connect } from '../../../../src/cli/commands/server/connection.ts';
import { testContext } from '../../../support/context.ts';

const PIECE = 65_536;
const PIECES = 4000;

/** So much of a file may be on its way, and not yet collected, at any time. */
const HELD_BYTES = 100e6;

it('holds little of a file while it is sent, however long it is', async () => {
  let received = 0;
  const server = createServer((request, response) => {
    request.on('data', (piece: Buffer) => (received += piece.length));
    request.on('end', () => response.end(JSON.stringify({ org: 'acme' })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { upload } = await connect(
    { endpoint, apiKey: 'hak_acme_0123456789', json: false, verbose: false },
    testContext({ fetch }),
  );
  let most = 0;
  const before = process.memoryUsage().arrayBuffers;
  function* pieces() {
    for (let n = 0; n < PIECES; n++) {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      yield new Uint8Array(PIECE);
    }
  }
  await upload('/file', Readable.from(pieces()));
  expect(received).toBe(PIECE * PIECES);
  expect(most).toBeLessThan(HELD_BYTES);
});
