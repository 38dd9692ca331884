import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { TestApp } from './app.ts';

/** HTTP as bytes on a socket, for what clients do wrong and libraries hide. */

export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export async function listen({ app }: Pick<TestApp, 'app'>): Promise<{ url: string; port: number }> {
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  // A TCP server's address is of this form.
  return { url, port: (app.server.address() as AddressInfo).port };
}

export const head = (path: string, headers: Record<string, string | number>, method = 'POST'): string =>
  `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

const CHUNKED = /^transfer-encoding:\s*chunked/im;

/** The first answer in `bytes` and how long it is; null while it is not complete. */
function parse(bytes: Buffer): { answer: WireAnswer; length: number } | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  if (CHUNKED.test(lines.join('\n'))) throw new Error('this reader knows no chunked answers');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const status = Number(first.split(' ')[1]);
  const length = end + 4 + Number(status === 100 ? 0 : (headers['content-length'] ?? 0));
  return bytes.length < length ? null : { answer: { status, headers, body: bytes.subarray(end + 4, length) }, length };
}

export class Wire {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    this.socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
    this.socket.on('error', () => undefined);
    onTestFinished(() => void this.socket.destroy());
  }

  /** Resolves when the bytes have left, or the other side no longer takes any. */
  send(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** The next answer. Rejects if the connection ends without one. */
  async answer(): Promise<WireAnswer> {
    for (;;) {
      const parsed = parse(this.#received);
      if (parsed) {
        this.#received = this.#received.subarray(parsed.length);
        return parsed.answer;
      }
      if (this.#closed) throw new Error('the connection was closed without an answer');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Resolves when the other side has closed the connection. */
  async closed(): Promise<void> {
    while (!this.#closed) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}
