import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { logsBody, storedId } from '../support/calls.ts';
import type { TestApp, TestAppOptions } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { statusOf } from '../support/otlp-protobuf.ts';
import { PATIENTLY } from '../support/patience.ts';
import type { WireAnswer } from '../support/wire.ts';
import { Wire, head, listen } from '../support/wire.ts';

/** How bodies arrive, byte by byte: what `inject` and HTTP libraries hide. */

const MEBIBYTE = 1 << 20;

interface Listening extends TestApp {
  port: number;
  /** Of an ingest key. */
  headers: Record<string, string>;
}

async function start(options: TestAppOptions = {}): Promise<Listening> {
  const server = await testApp(options);
  const headers = { 'x-api-key': await server.key('ingest'), 'content-type': 'application/json' };
  return { ...server, ...(await listen(server)), headers };
}

const said = ({ headers, body }: WireAnswer): string => statusOf(headers['content-type'], body).message;

/** Sends a good request on this connection and has it answered and stored. */
async function expectTaken(server: Listening, n: string, wire = new Wire(server.port)): Promise<void> {
  const body = logsBody({ n });
  await wire.send(head('/v1/logs', { ...server.headers, 'content-length': body.length }));
  await wire.send(body);
  expect(await wire.answer()).toMatchObject({ status: 200, body: Buffer.from('{"processedEvents":1}') });
  expect(await server.store.find('acme', [storedId(n)])).toHaveLength(1);
}

async function heldBytes({ app }: TestApp): Promise<number> {
  const { payload } = await app.inject('/metrics');
  return Number(/^revenium_body_bytes (\d+)$/m.exec(payload)?.[1]);
}

const chunk = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
const LAST_CHUNK = '0\r\n\r\n';

describe('the key', () => {
  it.each([
    ['no key', {}],
    ['an unknown key', { 'x-api-key': 'hak_acme_unknown' }],
  ])('is checked before the body is read: %s', async (_, key) => {
    const server = await start();
    const wire = new Wire(server.port);
    await wire.send(head('/v1/logs', { ...key, 'content-type': 'application/json', 'content-length': 1000 }));
    expect(await wire.answer()).toMatchObject({ status: 401 });
  });

  it('is checked before a client that asks is told to send', async () => {
    const server = await start();
    const wire = new Wire(server.port);
    const asks = { expect: '100-continue', 'content-type': 'application/json', 'content-length': 1000 };
    await wire.send(head('/v1/logs', asks));
    expect(await wire.answer()).toMatchObject({ status: 401, headers: { connection: 'close' } });
    await wire.closed();
    await expectTaken(server, 'next');
  });
});

describe('Expect: 100-continue', () => {
  it('is told to go on, then answered', async () => {
    const server = await start();
    const wire = new Wire(server.port);
    const body = logsBody({ n: 'asked' });
    await wire.send(head('/v1/logs', { ...server.headers, expect: '100-continue', 'content-length': body.length }));
    expect(await wire.answer()).toMatchObject({ status: 100 });
    await wire.send(body);
    expect(await wire.answer()).toMatchObject({ status: 200 });
    expect(await server.store.find('acme', [storedId('asked')])).toHaveLength(1);
  });

  it('is told at once that the body will be too large', async () => {
    const server = await start();
    const wire = new Wire(server.port);
    const length = 65 * MEBIBYTE;
    await wire.send(head('/v1/logs', { ...server.headers, expect: '100-continue', 'content-length': length }));
    expect(await wire.answer()).toMatchObject({ status: 413 });
  });

  it('works on other routes too', async () => {
    const server = await start();
    const wire = new Wire(server.port);
    const headers = { ...server.headers, 'x-api-key': await server.key('admin'), expect: '100-continue' };
    await wire.send(head('/api/v1/acme/keys', { ...headers, 'content-length': 18 }));
    expect(await wire.answer()).toMatchObject({ status: 100 });
    await wire.send('{"scope":"ingest"}');
    expect(await wire.answer()).toMatchObject({ status: 201 });
  });
});

describe('a chunked body', () => {
  it('is taken however it is cut', async () => {
    const server = await start();
    const wire = new Wire(server.port);
    await wire.send(head('/v1/logs', { ...server.headers, 'transfer-encoding': 'chunked' }));
    const body = logsBody({ n: 'cut' });
    for (let at = 0; at < body.length; at += 100) await wire.send(chunk(body.subarray(at, at + 100)));
    await wire.send(LAST_CHUNK);
    expect(await wire.answer()).toMatchObject({ status: 200 });
    await expectTaken(server, 'next', wire);
  });

  it('that exceeds the limit is refused before it ends, and the connection goes on', async () => {
    const server = await start({ maxBodyBytes: MEBIBYTE });
    const wire = new Wire(server.port);
    await wire.send(head('/v1/logs', { ...server.headers, 'transfer-encoding': 'chunked' }));
    await wire.send(chunk(Buffer.alloc(MEBIBYTE, 32)));
    await wire.send(chunk(Buffer.alloc(1, 32)));
    const answer = await wire.answer();
    expect([answer.status, said(answer)]).toEqual([413, expect.stringContaining('1048576 bytes')]);
    await wire.send(LAST_CHUNK);
    await expectTaken(server, 'next', wire);
  });

  it('that never ends is cut off', async () => {
    const server = await start({ maxBodyBytes: MEBIBYTE });
    const wire = new Wire(server.port);
    await wire.send(head('/v1/logs', { ...server.headers, 'transfer-encoding': 'chunked' }));
    const sending = (async () => {
      while (!wire.socket.destroyed && wire.socket.writable) await wire.send(chunk(Buffer.alloc(MEBIBYTE / 4, 32)));
    })();
    expect(await wire.answer()).toMatchObject({ status: 413 });
    await wire.closed();
    await sending;
    await expectTaken(server, 'next');
  });
});

describe('a body with a length', () => {
  it('beyond the limit is refused, and a client that sends it all the same reads why', async () => {
    const server = await start({ maxBodyBytes: 8 * MEBIBYTE });
    const wire = new Wire(server.port);
    const length = 12 * MEBIBYTE;
    await wire.send(head('/v1/logs', { ...server.headers, 'content-length': length }));
    // More than the buffers of two sockets hold: it arrives only if the server reads it.
    for (let sent = 0; sent < 6 * MEBIBYTE; sent += MEBIBYTE) await wire.send(Buffer.alloc(MEBIBYTE, 32));
    expect(await wire.answer()).toMatchObject({ status: 413 });
    for (let sent = 0; sent < 6 * MEBIBYTE; sent += MEBIBYTE) await wire.send(Buffer.alloc(MEBIBYTE, 32));
    await expectTaken(server, 'next', wire);
  });

  it('that the sender breaks off is not stored and holds nothing', async () => {
    const server = await start();
    const body = logsBody({ n: 'half' });
    const wire = new Wire(server.port);
    await wire.send(head('/v1/logs', { ...server.headers, 'content-length': body.length }));
    await wire.send(body.subarray(0, -1));
    await expect.poll(() => heldBytes(server), PATIENTLY).toBe(body.length - 1);
    wire.socket.destroy();
    await expect.poll(() => heldBytes(server), PATIENTLY).toBe(0);
    expect(await server.store.find('acme', [storedId('half')])).toEqual([]);
    await expectTaken(server, 'next');
  });

  it('that the sender ends too early is refused', async () => {
    const server = await start();
    const body = logsBody({ n: 'half' });
    const wire = new Wire(server.port);
    await wire.send(head('/v1/logs', { ...server.headers, 'content-length': body.length + 1 }));
    wire.socket.end(body);
    expect(await wire.answer()).toMatchObject({ status: 400 });
    await wire.closed();
    expect(await server.store.find('acme', [storedId('half')])).toEqual([]);
    await expectTaken(server, 'next');
  });

  it('that stalls is cut off with an answer', async () => {
    const server = await start({ bodyIdleMs: 100 });
    const wire = new Wire(server.port);
    await wire.send(head('/v1/logs', { ...server.headers, 'content-length': 1000 }));
    await wire.send('{"resourceLogs":');
    const answer = await wire.answer();
    expect([answer.status, said(answer)]).toEqual([408, 'the body stopped arriving']);
    await wire.closed();
    expect(await heldBytes(server)).toBe(0);
    await expectTaken(server, 'next');
  });

  it('that never comes to an end is cut off', async () => {
    const server = await start({ requestMs: 300 });
    const wire = new Wire(server.port);
    await wire.send(head('/v1/logs', { ...server.headers, 'content-length': 1000 }));
    const trickle = setInterval(() => void wire.send(' ').catch(() => undefined), 20);
    await wire.closed();
    clearInterval(trickle);
    await expect.poll(() => heldBytes(server), PATIENTLY).toBe(0);
    await expectTaken(server, 'next');
  });

  it('that goes on slowly is taken', async () => {
    const server = await start({ bodyIdleMs: 2000 });
    const wire = new Wire(server.port);
    const body = logsBody({ n: 'slow' });
    await wire.send(head('/v1/logs', { ...server.headers, 'content-length': body.length }));
    const part = Math.ceil(body.length / 5);
    for (let at = 0; at < body.length; at += part) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await wire.send(body.subarray(at, at + part));
    }
    expect(await wire.answer()).toMatchObject({ status: 200 });
  });
});

describe('a connection', () => {
  it('goes on after every refusal', async () => {
    const server = await start({ maxBodyBytes: 10_000 });
    const wire = new Wire(server.port);
    const refused: [number, Record<string, string | number>, string | Buffer][] = [
      [401, { 'x-api-key': 'hak_acme_unknown' }, '{}'],
      [415, { 'content-type': 'text/plain' }, 'hello'],
      [400, {}, '{"resourceLogs"'],
      [415, { 'content-encoding': 'br' }, 'hello'],
      [400, { 'content-encoding': 'gzip' }, 'hello'],
      [413, {}, Buffer.alloc(10_001, 32)],
      [413, { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(10_001, 32))],
    ];
    for (const [status, headers, body] of refused) {
      await wire.send(head('/v1/logs', { ...server.headers, ...headers, 'content-length': body.length }));
      await wire.send(body);
      expect(await wire.answer().catch(String), `${status} ${JSON.stringify(headers)}`).toMatchObject({ status });
    }
    await expectTaken(server, 'last', wire);
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['the preface of HTTP/2, as gRPC clients send it', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an address that is none', head('/%zz', { 'content-length': 0 })],
    ['headers without end', `POST /v1/logs HTTP/1.1\r\n${'x: y\r\n'.repeat(20_000)}`],
  ])('that speaks %s is answered', async (_, bytes) => {
    const server = await start();
    const wire = new Wire(server.port);
    await wire.send(bytes);
    const { status } = await wire.answer();
    expect([400, 431]).toContain(status);
    await expectTaken(server, 'next');
  });
});

describe('memory', () => {
  /** Decompresses to `mebibytes` of spaces, out of a thousandth of that. */
  const bomb = (mebibytes: number): Buffer => {
    const member = gzipSync(Buffer.alloc(4 * MEBIBYTE, 32), { level: 9 });
    return Buffer.concat(Array.from({ length: mebibytes / 4 }, () => member));
  };

  it('does not grow with what a bomb would come to', async () => {
    const server = await start({ maxBodyBytes: 4 * MEBIBYTE });
    const body = bomb(1024);
    expect(body.length).toBeLessThan(4 * MEBIBYTE);
    const beforeBytes = process.memoryUsage().rss;
    let mostBytes = 0;
    const watch = setInterval(() => (mostBytes = Math.max(mostBytes, process.memoryUsage().rss)), 5);
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const wire = new Wire(server.port);
        const headers = { ...server.headers, 'content-encoding': 'gzip', 'content-length': body.length };
        await wire.send(head('/v1/logs', headers));
        await wire.send(body);
        return await wire.answer();
      }),
    );
    clearInterval(watch);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 413));
    // Eight times 4 MiB may be held; the bombs come to 8 GiB.
    expect(mostBytes - beforeBytes).toBeLessThan(512 * MEBIBYTE);
    expect(await heldBytes(server)).toBe(0);
    await expectTaken(server, 'next');
  });

  it('is bounded over all bodies: who finds no room is told to come again, and nothing is lost', async () => {
    const server = await start({ bodyBudgetBytes: 4 * MEBIBYTE });
    const filler = 'x'.repeat(MEBIBYTE);
    const ids = Array.from({ length: 12 }, (_, i) => `large-${i}`);
    let refusals = 0;
    const post = async (n: string): Promise<void> => {
      const body = logsBody({ n, more: { filler } });
      const wire = new Wire(server.port);
      for (let attempt = 0; attempt < 500; attempt++) {
        await wire.send(head('/v1/logs', { ...server.headers, 'content-length': body.length }));
        await wire.send(body.subarray(0, MEBIBYTE / 2));
        await new Promise((resolve) => setTimeout(resolve, 10));
        await wire.send(body.subarray(MEBIBYTE / 2));
        const answer = await wire.answer();
        if (answer.status === 200) return;
        expect([answer.status, said(answer)]).toEqual([503, expect.stringContaining('too many bytes')]);
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
        refusals++;
        await new Promise((resolve) => setTimeout(resolve, 20 * (1 + (attempt % 7))));
      }
      throw new Error(`${n} was never taken`);
    };
    await Promise.all(ids.map(post));
    expect(refusals).toBeGreaterThan(0);
    expect(await server.store.find('acme', ids.map(storedId))).toHaveLength(ids.length);
    expect(await heldBytes(server)).toBe(0);
  });
});
