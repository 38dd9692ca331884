import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to one request instead of an answer. */
export type VendorFault =
  | { kind: 'status'; status: number; retryAfter?: string; headers?: Record<string, string> }
  /** The connection is closed before, or amid, the answer. */
  | { kind: 'reset' }
  | { kind: 'half' }
  /** Nothing is ever answered. */
  | { kind: 'hang' }
  /** 200, and a page for people. */
  | { kind: 'garbage' }
  /** 200, and no rows, though there are some. */
  | { kind: 'empty' }
  | { kind: 'no-date' };

/** What may happen to any vendor on any day. */
export const FAULTS: readonly VendorFault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503, retryAfter: '5' },
  { kind: 'status', status: 429, retryAfter: '61' },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 429, retryAfter: '86400' },
  { kind: 'reset' },
  { kind: 'half' },
  { kind: 'garbage' },
  { kind: 'empty' },
  { kind: 'no-date' },
];

export interface VendorRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: unknown;
  status: number;
}

/** What a vendor answers; `empty` is the same answer without rows. */
export interface VendorReply {
  status?: number;
  body: unknown;
  empty?: unknown;
}

/** A vendor's API on loopback, with a clock of its own and the faults that vendors are known for. */
export abstract class VendorServer {
  /** For requests to come, first to first. */
  faults: VendorFault[] = [];
  readonly requests: VendorRequest[] = [];
  /** Null: none. */
  perMinute: number | null = null;
  /** Called before each answer is made: what it does to the data happens while the client pages. */
  beforeAnswer: (request: VendorRequest) => void = () => undefined;
  url = '';
  protected readonly now: () => number;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #minute = { number: 0, count: 0 };

  constructor(now: () => number) {
    this.now = now;
  }

  protected abstract isAuthorized(headers: IncomingHttpHeaders): boolean;
  protected abstract reply(request: VendorRequest): VendorReply;
  protected abstract errorBody(status: number): unknown;

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    response.sendDate = false;
    response.setHeader('date', new Date(this.now()).toUTCString());
    response.setHeader('content-type', 'application/json');
    const url = new URL(request.url ?? '/', 'http://vendor');
    const asked: VendorRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text === '' ? null : JSON.parse(text),
      status: 200,
    };
    this.requests.push(asked);
    const refusal = this.#refusal(asked);
    if (refusal) return this.#fail(response, asked, refusal);
    this.beforeAnswer(asked);
    const reply = this.reply(asked);
    asked.status = reply.status ?? 200;
    this.#answer(response, reply);
  }

  #refusal({ headers }: VendorRequest): StatusFault | null {
    if (!this.isAuthorized(headers)) return { kind: 'status', status: 401 };
    const minute = Math.floor(this.now() / 60_000);
    this.#minute = { number: minute, count: this.#minute.number === minute ? this.#minute.count + 1 : 1 };
    if (this.perMinute !== null && this.#minute.count > this.perMinute) return { kind: 'status', status: 429 };
    return this.faults[0]?.kind === 'status' ? (this.faults.shift() as StatusFault) : null;
  }

  #fail(response: ServerResponse, asked: VendorRequest, { status, retryAfter, headers = {} }: StatusFault): void {
    asked.status = status;
    if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.statusCode = status;
    response.end(JSON.stringify(this.errorBody(status)));
  }

  #answer(response: ServerResponse, reply: VendorReply): void {
    const fault = reply.status === undefined ? this.faults.shift() : undefined;
    response.statusCode = reply.status ?? 200;
    const body = Buffer.from(JSON.stringify(fault?.kind === 'empty' ? (reply.empty ?? reply.body) : reply.body));
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'no-date') response.removeHeader('date');
    if (fault?.kind === 'garbage') response.setHeader('content-type', 'text/html').end('<html>Please wait</html>');
    else if (fault?.kind === 'reset') response.destroy();
    else if (fault?.kind === 'half') {
      response.setHeader('content-length', body.length);
      response.write(body.subarray(0, Math.ceil(body.length / 2)));
      setImmediate(() => response.destroy());
    } else response.end(body);
  }
}

type StatusFault = Extract<VendorFault, { kind: 'status' }>;
