import type { TestApp } from './app.ts';

export interface VisitAnswer<T = unknown> {
  status: number;
  body: T;
  headers: Record<string, string | number | string[] | undefined>;
}

export interface Visit {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  /** Where the connection comes from. */
  from?: string;
}

/** What a browser does at a page of the server: keeps cookies and says where its requests come from. */
export class Visitor {
  readonly #server: Pick<TestApp, 'app'>;
  readonly #host: string;
  readonly cookies = new Map<string, string>();
  /** Of the last answer, as they came. */
  setCookies: string[] = [];

  constructor(server: Pick<TestApp, 'app'>, host = 'usage.acme.com') {
    this.#server = server;
    this.#host = host;
  }

  async visit<T = unknown>(url: string, visit: Visit = {}): Promise<VisitAnswer<T>> {
    const { method = 'GET', body, headers = {}, from = '192.0.2.1' } = visit;
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await this.#server.app.inject({
      method,
      url,
      remoteAddress: from,
      headers: {
        host: this.#host,
        ...(method === 'GET' ? {} : { origin: `http://${this.#host}` }),
        ...(cookie === '' ? {} : { cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const set = response.headers['set-cookie'] ?? [];
    this.setCookies = typeof set === 'string' ? [set] : set;
    for (const line of this.setCookies) this.#keep(line);
    const type = String(response.headers['content-type'] ?? '');
    // Every answer of the API is JSON, of the shape that the test expects and asserts on.
    const answer = (type.includes('json') ? response.json() : response.body) as T;
    return { status: response.statusCode, body: answer, headers: response.headers };
  }

  signIn<T = unknown>(credentials: object, visit: Omit<Visit, 'body'> = {}): Promise<VisitAnswer<T>> {
    return this.visit<T>('/api/session', { ...visit, method: 'POST', body: credentials });
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const expires = /expires=([^;]+)/i.exec(line)?.[1];
    const isGone = /max-age=0/i.test(line) || (expires !== undefined && Date.parse(expires) <= 0);
    if (isGone) this.cookies.delete(name);
    else this.cookies.set(name, decodeURIComponent(value));
  }
}
