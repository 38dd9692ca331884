import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { StoreUnavailable } from '../store.ts';
import type { Address } from './address.ts';

/**
 * Said with every statement, since ClickHouse's own defaults answer an insert before it is durable, and differ from
 * the SQL that reports are written in.
 */
const SETTINGS = {
  async_insert: 0,
  distributed_foreground_insert: 1,
  // Rows are told apart by their ids; a block that looks like an earlier one is no reason to drop it.
  insert_deduplicate: 0,
  max_partitions_per_insert_block: '0',
  max_query_size: '268435456',
  skip_unavailable_shards: 0,
  // An answer that ends in an error halfway must not be valid JSON, which looks whole.
  http_write_exception_in_output_format: 0,
  join_use_nulls: 1,
  cast_keep_nullable: 1,
  prefer_column_name_to_alias: 1,
  distributed_product_mode: 'global',
  do_not_merge_across_partitions_select_final: 1,
} as const;

/** With replicas: an insert is there when most of them have it, and a read sees every such insert. */
const REPLICATED = { insert_quorum: 'auto', insert_quorum_parallel: 0, select_sequential_consistency: '1' } as const;

/** ClickHouse's own word for what went wrong; `code` is its number. */
export class ClickhouseRefusal extends StoreUnavailable {
  readonly code: number;

  constructor(code: number, cause: Error) {
    super(`ClickHouse refused: ${cause.message.split('\n')[0] ?? ''}`, { cause });
    this.code = code;
  }
}

/**
 * What replicas answer for as long as an insert is on its way to its quorum: nobody may insert into the same table,
 * and a replica that has it not yet does not answer. A moment later they do.
 */
const PASSING = new Set([286, 289]);
/** Some four seconds, before senders give up. */
const MOST_TRIES = 30;

/** The connection broke before anything was answered: idle connections do when a node restarts. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE']);

export type Params = Readonly<Record<string, unknown>>;

export interface Table {
  name: string;
  columns: readonly string[];
}

/** ClickHouse over HTTP. Every method rejects with `StoreUnavailable`; every statement may safely be sent again. */
export class Connection {
  readonly #clients: readonly ClickHouseClient[];
  readonly #replicated: boolean;
  /** The last insert into each table. */
  readonly #inserts = new Map<string, Promise<unknown>>();
  #current = 0;

  private constructor(clients: readonly ClickHouseClient[], replicated: boolean) {
    this.#clients = clients;
    this.#replicated = replicated;
  }

  /** `database`: null before it is known to exist. */
  static async open(address: Address, database: string | null, replicated = false): Promise<Connection> {
    const { ClickHouseLogLevel, createClient } = await import('@clickhouse/client');
    const clients = address.urls.map((url) =>
      createClient({
        url,
        username: address.user,
        password: address.password,
        ...(database === null ? {} : { database }),
        application: 'revenium',
        request_timeout: 60_000,
        max_open_connections: 16,
        use_multipart_params_auto: true,
        // What goes wrong is told to whom it concerns; the client's own log would go to the console.
        log: { level: ClickHouseLogLevel.OFF },
      }),
    );
    return new Connection(clients, replicated);
  }

  async command(query: string): Promise<void> {
    await this.#try((client) => client.command({ query, clickhouse_settings: this.#settings() }));
  }

  /** Rows as lists; 64-bit integers come as text. */
  async rows<T extends readonly unknown[]>(query: string): Promise<T[]> {
    return await this.#try(async (client) => {
      const settings = { ...this.#settings(), output_format_json_quote_64bit_integers: 1 } as const;
      const result = await client.query({ query, format: 'JSONCompactEachRow', clickhouse_settings: settings });
      // Each caller knows what it selects.
      return (await result.json<unknown>()) as T[];
    });
  }

  /** A whole answer with the names of its columns; integers come as numbers. */
  async table(query: string, params: Params): Promise<{ meta: readonly { name: string }[]; data: unknown[][] }> {
    return await this.#try(async (client) => {
      const settings = { ...this.#settings(), output_format_json_quote_64bit_integers: 0 } as const;
      const answer = await client.query({
        query,
        query_params: { ...params },
        format: 'JSONCompact',
        clickhouse_settings: settings,
      });
      return (await answer.json()) as { meta: { name: string }[]; data: unknown[][] };
    });
  }

  /** Resolves when the rows (RowBinary) are durable. */
  async insert({ name, columns }: Table, rows: Buffer): Promise<void> {
    if (rows.length === 0) return;
    const insert = (): Promise<void> =>
      this.#try(async (client) => {
        const { stream } = await client.exec({
          query: `INSERT INTO ${name} (${columns.join(', ')}) FORMAT RowBinary`,
          values: Readable.from([rows], { objectMode: false }),
          clickhouse_settings: this.#settings(),
        });
        await finished(stream.resume());
      });
    if (!this.#replicated) return await insert();
    // Those of one process need not be refused because of each other.
    const inserted = (this.#inserts.get(name) ?? Promise.resolve()).then(insert);
    this.#inserts.set(
      name,
      inserted.catch(() => undefined),
    );
    await inserted;
  }

  /** One statement on each of the nodes that the address names. */
  async everywhere(query: string): Promise<void> {
    for (const client of this.#clients)
      await attempt(() => client.command({ query, clickhouse_settings: this.#settings() }));
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close();
  }

  #settings() {
    return this.#replicated ? { ...SETTINGS, ...REPLICATED } : SETTINGS;
  }

  /** Once more, later, where replicas are not of one mind yet. */
  async #try<T>(work: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#tryNodes(work);
      } catch (error) {
        const passes = error instanceof ClickhouseRefusal && PASSING.has(error.code) && tries < MOST_TRIES;
        if (!passes) throw error;
        await delay(Math.random() * Math.min(20 * tries, 400));
      }
    }
  }

  /** A node that cannot be reached makes room for the next; one that answers, whatever it says, has spoken for all. */
  async #tryNodes<T>(work: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    let failure: unknown;
    for (const client of [...this.#clients.slice(this.#current), ...this.#clients.slice(0, this.#current)]) {
      try {
        return await attempt(() => work(client));
      } catch (error) {
        if (error instanceof ClickhouseRefusal) throw error;
        failure = error;
        this.#current = (this.#clients.indexOf(client) + 1) % this.#clients.length;
      }
    }
    throw failure;
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!BROKEN.has(codeOf(error))) throw unavailable(error);
    return await work().catch((again: unknown) => {
      throw unavailable(again);
    });
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

function unavailable(error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  const code = codeOf(error);
  if (error instanceof Error && /^\d+$/.test(code)) return new ClickhouseRefusal(Number(code), error);
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreUnavailable(`ClickHouse does not answer: ${reason || code}`, { cause: error });
}
