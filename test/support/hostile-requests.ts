import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';

/** Requests as no client should send them: bytes for a socket, made from good ones, the same for the same seed. */

export type Random = () => number;

/** Numbers in [0, 1), the same for the same seed. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const upTo = (random: Random, end: number): number => Math.floor(random() * end);
function pick<T>(random: Random, from: readonly T[]): T {
  const value = from[upTo(random, from.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

const WORDS = [
  '-1', '1e999', '18446744073709551616', '9007199254740993', '-0', '0.1', 'null', 'true', '""', '[]', '{}', '"\\ud800"',
  '"\\u0000"', '"__proto__"', '{"__proto__":1}', '[[[[[[[[[[', '}}}}', ',', '"req_\\n"', '99999999999999999999999999',
].map((word) => Buffer.from(word)); // prettier-ignore

type Edit = (bytes: Buffer, random: Random) => Buffer;

const splice = (bytes: Buffer, at: number, end: number, put: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(end)]);

const EDITS: readonly Edit[] = [
  (bytes, random) => bytes.subarray(0, upTo(random, bytes.length + 1)),
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    for (let n = upTo(random, 8); n >= 0; n--) changed[upTo(random, changed.length)] = upTo(random, 256);
    return changed;
  },
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    const at = upTo(random, changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << upTo(random, 8));
    return changed;
  },
  (bytes, random) => {
    const [from, to, at] = [0, 0, 0].map(() => upTo(random, bytes.length + 1));
    return splice(bytes, at ?? 0, at ?? 0, bytes.subarray(from, to));
  },
  (bytes, random) => {
    const at = upTo(random, bytes.length + 1);
    return splice(bytes, at, at + upTo(random, 40), Buffer.alloc(0));
  },
  (bytes, random) => {
    const at = upTo(random, bytes.length + 1);
    return splice(bytes, at, at + upTo(random, 20), pick(random, WORDS));
  },
  // A varint that never ends; a length beyond the message; a nest of groups.
  (bytes, random) => {
    const at = upTo(random, bytes.length + 1);
    return splice(
      bytes,
      at,
      at,
      Buffer.alloc(1 + upTo(random, 16), pick(random, [0xff, 0x80, 0x0b, 0x00, 0x7b, 0x5b])),
    );
  },
];

function spoil(good: Buffer, random: Random): Buffer {
  let bytes = good;
  for (let n = upTo(random, 4); n >= 0; n--) bytes = pick(random, EDITS)(bytes, random);
  return bytes;
}

export interface GoodBody {
  contentType: string;
  body: Buffer;
}

const head = (lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);

/** A well-framed request around a spoilt body, zipped before or after it was spoilt, or not at all. */
function spoiltBody(goods: readonly GoodBody[], key: string, random: Random): Buffer {
  const { contentType, body } = pick(random, goods);
  const zip = upTo(random, 4);
  const payload =
    zip === 0 ? gzipSync(spoil(body, random)) : zip === 1 ? spoil(gzipSync(body), random) : spoil(body, random);
  return Buffer.concat([
    head([
      'POST /v1/logs HTTP/1.1',
      'host: localhost',
      `x-api-key: ${key}`,
      `content-type: ${contentType}`,
      ...(zip < 2 ? ['content-encoding: gzip'] : []),
      `content-length: ${payload.length}`,
      'connection: close',
    ]),
    payload,
  ]);
}

/** Chunks as a client would send them, with sizes that may lie. */
function chunked(body: Buffer, random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const size = 1 + upTo(random, 200);
    const said =
      random() < 0.1
        ? pick(random, ['ffffffffffffffff', '-1', 'zz', '', '0'])
        : Math.min(size, body.length - at).toString(16);
    parts.push(Buffer.from(`${said}\r\n`), body.subarray(at, at + size), Buffer.from(random() < 0.95 ? '\r\n' : ''));
    at += size;
  }
  parts.push(Buffer.from(random() < 0.8 ? '0\r\n\r\n' : '0\r\n'));
  return Buffer.concat(parts);
}

const METHODS = ['POST', 'GET', 'PUT', 'OPTIONS', 'TRACE', 'post', 'POST\tX', ''];
const PATHS = [
  '/v1/logs',
  '/meter/v2/otlp/v1/logs',
  '/v1/logs?a=%ff',
  '/%zz',
  '//',
  '/v1/../v1/logs',
  '*',
  'http://[::1',
  `/${'a'.repeat(3000)}`,
];
const HEADERS = [
  'content-length: 5', 'content-length: -1', 'content-length: 99999999999999999999', 'transfer-encoding: chunked, chunked',
  'transfer-encoding: xchunked', 'content-encoding: gzip, gzip', 'content-encoding: br', 'content-type: application/json; charset=utf-16',
  'content-type: text/plain', 'expect: 100-continue', 'expect: 200-maybe', 'upgrade: websocket', 'x-api-key: ', 'bad header', ': none', 'x: \u0000',
  `x-long: ${'y'.repeat(20_000)}`, 'authorization: Bearer ', 'host: ', 'host: a\r\nhost: b', 'range: bytes=0-', 'connection: upgrade',
]; // prettier-ignore

/** A request whose very framing is odd: lengths that lie, headers twice, chunks that do not end. */
function spoiltFrame(goods: readonly GoodBody[], key: string, random: Random): Buffer {
  const { contentType, body } = pick(random, goods);
  const inChunks = random() < 0.4;
  const payload = inChunks ? chunked(body, random) : random() < 0.5 ? body : spoil(body, random);
  const length = random() < 0.3 ? upTo(random, 2 * payload.length) : payload.length;
  const lines = [
    `${random() < 0.8 ? 'POST' : pick(random, METHODS)} ${random() < 0.7 ? '/v1/logs' : pick(random, PATHS)} ${random() < 0.9 ? 'HTTP/1.1' : pick(random, ['HTTP/1.0', 'HTTP/2.0', 'HTP/1.1', ''])}`,
    'host: localhost',
    `x-api-key: ${
      random() < 0.9
        ? key
        : spoil(Buffer.from(key), random)
            .toString('latin1')
            .replace(/[\r\n]/g, '')
    }`,
    `content-type: ${contentType}`,
    inChunks ? 'transfer-encoding: chunked' : `content-length: ${length}`,
    ...Array.from({ length: upTo(random, 3) }, () => pick(random, HEADERS)),
    'connection: close',
  ];
  const whole = Buffer.concat([head(lines), payload]);
  return random() < 0.3 ? spoil(whole, random) : whole;
}

/** One in five is odd in its framing, the rest in its body. */
export const hostileRequest = (goods: readonly GoodBody[], key: string, random: Random): Buffer =>
  random() < 0.2 ? spoiltFrame(goods, key, random) : spoiltBody(goods, key, random);

/** Everything that came back until the connection was closed, by either side. */
export function exchange(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    // The end of what is sent: whoever waits for more is told that nothing comes.
    socket.end(bytes);
  });
}
