import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Cursor's Admin API as its documentation and its users describe it, with the faults that it is known for. */

export const CURSOR_KEY = 'crsr_0123456789abcdef0123456789abcdef';

/** A row as the vendor sends it, but for the timestamp, which is sent as a string. */
export interface VendorRow {
  timestamp: number;
  userEmail?: string;
  serviceAccountId?: string;
  conversationId?: string;
  cloudAgentId?: string;
  model?: string;
  kind?: string;
  isTokenBasedCall?: boolean;
  isChargeable?: boolean;
  tokenUsage?: {
    inputTokens?: number;
    outputTokens?: number;
    cacheWriteTokens?: number;
    cacheReadTokens?: number;
    totalCents?: number;
  };
  chargedCents?: number;
  cursorTokenFee?: number;
  [member: string]: unknown;
}

/** What happens to one request instead of an answer. */
export type CursorFault =
  /** One of the two error shapes; `retryAfter` as the header says it. */
  | { kind: 'status'; status: number; shape: 'error' | 'code'; retryAfter?: string }
  /** The connection is closed before, or amid, the answer. */
  | { kind: 'reset' }
  | { kind: 'half' }
  /** Nothing is ever answered. */
  | { kind: 'hang' }
  /** The body trickles in. */
  | { kind: 'slow'; ms: number }
  /** 200, and a page for people. */
  | { kind: 'garbage' }
  /** 200, and no rows, though there are some. */
  | { kind: 'empty' }
  | { kind: 'no-date' };

export interface CursorRequest {
  atMs: number;
  body: { startDate: number; endDate: number; page: number; pageSize: number };
  status: number;
}

const MAX_WINDOW_MS = 30 * 24 * 3_600_000;

export class CursorApi {
  rows: VendorRow[] = [];
  members: Record<string, unknown>[] = [];
  /** Rows of daily usage, with `date` in ms. */
  days: (Record<string, unknown> & { date: number })[] = [];
  spend: Record<string, unknown>[] = [];
  cycleStart: number | null = null;
  /** Endpoints that the team's plan does not have. */
  forbidden: string[] = [];
  /** For requests to come, first to first. */
  faults: CursorFault[] = [];
  readonly requests: CursorRequest[] = [];
  /** Called before each page is looked up: what it does to the rows happens while the client pages. */
  beforePage: (request: CursorRequest) => void = () => undefined;
  /** Rows of one millisecond come in another order each time. */
  unstableTies = false;
  /** null: none. */
  perMinute: number | null = 20;
  retryAfter = true;
  maxPageSize = 1000;
  /** A full last page promises another, which is empty. */
  promisesMore = false;
  /** Larger pages are cut to this without a word, as older servers do. */
  pageSizeCap = Number.POSITIVE_INFINITY;
  url = '';
  readonly #now: () => number;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #minute = { number: 0, count: 0 };
  #served = 0;

  private constructor(now: () => number) {
    this.#now = now;
    this.#server.keepAliveTimeout = 60_000;
  }

  /** `now`: the vendor's clock. */
  static async start(now: () => number): Promise<CursorApi> {
    const api = new CursorApi(now);
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    api.url = `http://127.0.0.1:${(api.#server.address() as AddressInfo).port}`;
    return api;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    response.sendDate = false;
    response.setHeader('date', new Date(this.#now()).toUTCString());
    response.setHeader('content-type', 'application/json');
    const asked: CursorRequest = {
      atMs: this.#now(),
      // What is no such body is answered 400 below.
      body: (text === '' ? {} : JSON.parse(text)) as CursorRequest['body'],
      status: 200,
    };
    this.requests.push(asked);
    const refusal = this.#refusal(request, asked);
    if (refusal) {
      asked.status = refusal.status;
      this.#fail(response, refusal);
      return;
    }
    const other = this.#other(request.url ?? '', asked);
    if (other) {
      response.end(JSON.stringify(other));
      return;
    }
    this.beforePage(asked);
    this.#answer(response, this.#page(asked));
  }

  #refusal({ headers, url, method }: IncomingMessage, { body }: CursorRequest): StatusFault | null {
    const error = (status: number): StatusFault => ({ kind: 'status', status, shape: 'error' });
    if (headers.authorization !== `Basic ${Buffer.from(`${CURSOR_KEY}:`).toString('base64')}`) return error(401);
    const minute = Math.floor(this.#now() / 60_000);
    this.#minute = { number: minute, count: this.#minute.number === minute ? this.#minute.count + 1 : 1 };
    if (this.perMinute !== null && this.#minute.count > this.perMinute)
      return { kind: 'status', status: 429, shape: 'code', ...(this.retryAfter && { retryAfter: '60' }) };
    const [fault] = this.faults;
    if (fault?.kind === 'status') return this.faults.shift() as StatusFault;
    if (this.forbidden.includes(url ?? '')) return error(403);
    if (url === '/teams/members' && method === 'GET') return null;
    if ((url === '/teams/daily-usage-data' || url === '/teams/spend') && method === 'POST') return null;
    if (url !== '/teams/filtered-usage-events' || method !== 'POST') return error(404);
    const { startDate, endDate, page, pageSize } = body;
    const numbers = [startDate, endDate, page, pageSize].every((value) => Number.isInteger(value));
    const fits = endDate >= startDate && endDate - startDate < MAX_WINDOW_MS && page >= 1;
    return numbers && fits && pageSize >= 1 && pageSize <= this.maxPageSize ? null : error(400);
  }

  #other(url: string, { body: { startDate, endDate, page, pageSize } }: CursorRequest): unknown {
    if (url === '/teams/members') return { teamMembers: this.members };
    const from = (page - 1) * pageSize;
    if (url === '/teams/spend')
      return {
        teamMemberSpend: this.spend.slice(from, from + pageSize),
        subscriptionCycleStart: this.cycleStart,
        totalMembers: this.spend.length,
        totalPages: Math.ceil(this.spend.length / pageSize),
      };
    if (url !== '/teams/daily-usage-data') return null;
    const found = this.days.filter(({ date }) => date >= startDate && date <= endDate);
    return {
      data: found.slice(from, from + pageSize),
      period: { startDate, endDate },
      pagination: { page, pageSize, totalUsers: found.length, hasNextPage: from + pageSize < found.length },
    };
  }

  #fail(response: ServerResponse, { status, shape, retryAfter }: StatusFault): void {
    if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
    response.statusCode = status;
    const body = shape === 'error' ? { error: 'Error', message: `status ${status}` } : { code: 'error', message: 'no' };
    response.end(JSON.stringify(body));
  }

  #page({ body: { startDate, endDate, page, ...asked } }: CursorRequest): unknown {
    const pageSize = Math.min(asked.pageSize, this.pageSizeCap);
    const turn = this.unstableTies ? this.#served++ : 0;
    const found = this.rows
      .map((row, i) => ({ row, order: (i * 7919 + turn * 104_729) % 1009 }))
      .filter(({ row: { timestamp } }) => timestamp >= startDate && timestamp <= endDate)
      .sort((a, b) => b.row.timestamp - a.row.timestamp || a.order - b.order)
      .map(({ row }) => row);
    const numPages = Math.ceil(found.length / pageSize);
    const full = found.length > 0 && page * pageSize === found.length;
    return {
      totalUsageEventsCount: found.length,
      pagination: {
        numPages,
        currentPage: page,
        pageSize,
        hasNextPage: page < numPages || (this.promisesMore && full),
        hasPreviousPage: page > 1,
      },
      usageEvents: found
        .slice((page - 1) * pageSize, page * pageSize)
        .map((row) => ({ ...row, timestamp: String(row.timestamp) })),
      period: { startDate, endDate },
    };
  }

  #answer(response: ServerResponse, page: unknown): void {
    const fault = this.faults.shift();
    const body = Buffer.from(JSON.stringify(fault?.kind === 'empty' ? EMPTY : page));
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'no-date') response.removeHeader('date');
    if (fault?.kind === 'garbage') response.setHeader('content-type', 'text/html').end('<html>Please wait</html>');
    else if (fault?.kind === 'reset') response.destroy();
    else if (fault?.kind === 'half' || fault?.kind === 'slow') {
      const half = Math.ceil(body.length / 2);
      response.setHeader('content-length', body.length);
      response.write(body.subarray(0, half));
      if (fault.kind === 'half') setImmediate(() => response.destroy());
      else setTimeout(() => response.end(body.subarray(half)), fault.ms);
    } else response.end(body);
  }
}

type StatusFault = Extract<CursorFault, { kind: 'status' }>;

const EMPTY = {
  totalUsageEventsCount: 0,
  pagination: { numPages: 0, currentPage: 1, pageSize: 1000, hasNextPage: false, hasPreviousPage: false },
  usageEvents: [],
};
