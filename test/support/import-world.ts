import { gunzipSync } from 'node:zlib';
import path from 'node:path';
import type { Context } from '../../src/cli/context.ts';
import { runBinary } from '../../src/cli/run.ts';
import type { EventState } from '../../src/usage/event.ts';
import { sourcesOf } from '../../src/usage/event.ts';
import { testContext } from './context.ts';
import { MeteringEndpoint } from './metering-endpoint.ts';
import { tempDir } from './temp-dir.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** A home with a history, and an endpoint with the real decoding and merge, for commands run in this process. */
export class ImportWorld {
  readonly home = tempDir();
  readonly endpoint = new MeteringEndpoint();
  /** Bodies of all requests, unzipped. */
  readonly bodies: string[] = [];
  env: Record<string, string> = {
    REVENIUM_API_KEY: 'hak_acme_0123456789abcdef',
    REVENIUM_ENDPOINT: 'http://127.0.0.1:1',
  };
  now = Date.UTC(2026, 10, 21, 12);
  /** Whether it can be asked for records, as only a Revenium server can. */
  answersLookups = true;

  get claude(): string {
    return path.join(this.home, '.claude');
  }

  async run(args: string, more: Partial<Context> = {}, binary = 'revenium-metering'): Promise<Ran> {
    const context = testContext({
      ...{ home: this.home, cwd: this.home, env: this.env, pid: process.pid },
      now: () => this.now,
      // The requests of the client are a URL and an init with a zipped body.
      fetch: ((url: unknown, init: { body: Buffer | string }) => this.#request(url, init)) as unknown as typeof fetch,
      ...more,
    });
    const code = await runBinary(binary, args.split(' ').filter(Boolean), context);
    return { code, stdout: context.io.stdout.text, stderr: context.io.stderr.text };
  }

  async json<T = Record<string, unknown>>(args: string, more: Partial<Context> = {}, binary?: string): Promise<T> {
    const { stdout, stderr } = await this.run(`${args} --json`, more, binary);
    if (stdout === '') throw new Error(stderr);
    // The test expects the shape that it asserts on.
    return JSON.parse(stdout) as T;
  }

  /** What reports would count. */
  counted(): EventState[] {
    return this.endpoint.counted().sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
  }

  async #request(url: unknown, init: { body: Buffer | string }): Promise<Response> {
    if (String(url).endsWith('/meter/v2/records/lookup')) return this.#lookup(String(init.body));
    const body = gunzipSync(init.body).toString();
    this.bodies.push(body);
    return await this.endpoint.fetch(url, { body });
  }

  /** As the server's own route answers, over the same table. */
  #lookup(body: string): Response {
    const { ids } = JSON.parse(body) as { ids: string[] };
    if (!this.answersLookups) return new Response('{}', { status: 404 });
    const records = this.endpoint.table
      .content()
      .filter(({ id }) => ids.includes(id))
      .map((row) => ({ ...row, at: new Date(row.atMs).toISOString(), sources: sourcesOf(row.sources) }));
    const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
    return new Response(JSON.stringify({ records }, plain));
  }
}
