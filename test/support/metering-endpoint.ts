import { eventsOf } from '../../src/assistants/index.ts';
import { encodeLogsResponse } from '../../src/otlp/encode-response.ts';
import { decodeLogs } from '../../src/otlp/decode.ts';
import type { LogRecord } from '../../src/otlp/log-record.ts';
import type { EventState } from '../../src/usage/event.ts';
import { incompleteReason } from '../../src/usage/snapshot.ts';
import { MemoryTable } from './memory-table.ts';

/** What happens to one request. */
export type EndpointFault =
  /** Not taken. */
  | { kind: 'status'; status: number }
  | { kind: 'reset' }
  /** Taken, but the sender never learns of it. */
  | { kind: 'lost-answer' };

/** An endpoint without a port: the real decoding and the real merge, over a table in memory, as a `fetch`. */
export class MeteringEndpoint {
  table = new MemoryTable();
  /** For requests to come, first to first. */
  faults: EndpointFault[] = [];
  down = false;
  requests = 0;
  /** False: knows no snapshots, and refuses their closing records. */
  knowsSnapshots = true;
  /** Called when a request has been dealt with, before it is answered. */
  afterRequest: () => void = () => undefined;
  /** Models whose rows are refused. */
  refusedModels: string[] = [];
  /** A request that holds such a row is refused as a whole. */
  refusesWhole = false;
  /** More records than this are too many for one request. */
  maxRecords = Number.POSITIVE_INFINITY;

  readonly fetch = async (_url: unknown, init?: { body?: unknown }): Promise<Response> => {
    this.requests += 1;
    const fault = this.faults.shift();
    if (this.down) return new Response('{"message":"down"}', { status: 503 });
    if (fault?.kind === 'status') return new Response('{"message":"no"}', { status: fault.status });
    if (fault?.kind === 'reset') throw broken();
    const { records } = decodeLogs(Buffer.from(String(init?.body)), 'json');
    if (records.length > this.maxRecords) return new Response('{"message":"too large"}', { status: 413 });
    if (this.refusesWhole && records.some((record) => this.#isRefused(record)))
      return new Response('{"message":"bad model"}', { status: 400 });
    const answer = await this.#take(records);
    this.afterRequest();
    if (fault?.kind === 'lost-answer') throw broken();
    return new Response(answer, { status: 200 });
  };

  #isRefused({ attributes }: LogRecord): boolean {
    return this.refusedModels.includes(String(attributes.model));
  }

  /** As a server does whose data is gone. */
  forget(): void {
    this.table = new MemoryTable();
  }

  async #take(all: readonly LogRecord[]): Promise<string> {
    const records = all.filter((record) => !this.#isRefused(record));
    const { events, snapshots, rejected } = eventsOf(records, 'acme');
    const known = this.knowsSnapshots ? snapshots : [];
    const incomplete = await this.table.writeBatch({ events, snapshots: known });
    const refused = {
      count: rejected.count + incomplete.length + snapshots.length - known.length + all.length - records.length,
      reasons: [...incomplete.map(incompleteReason), ...rejected.reasons],
    };
    return String(encodeLogsResponse({ processedEvents: events.length, rejected: refused }, 'json'));
  }

  /** What stands in reports. */
  counted(): EventState[] {
    return this.table.content().filter((row) => row.counted);
  }
}

const broken = (): TypeError =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });
