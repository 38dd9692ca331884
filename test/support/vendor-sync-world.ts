import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { ControlLog } from '../../src/server/services/control-log.ts';
import { sourceOf } from '../../src/server/sync/sources.ts';
import type { SyncRun, Vendor } from '../../src/server/sync/sync-run.ts';
import type { Wanted } from '../../src/server/sync/syncs.ts';
import { storedReport } from '../../src/server/sync/stored-report.ts';
import { Syncs } from '../../src/server/sync/syncs.ts';
import { integer, sql, text } from '../../src/reports/sql.ts';
import type { Store } from '../../src/store/store.ts';
import { openDuckdb } from '../../src/store/duckdb/open.ts';
import { createPriceBook } from '../../src/usage/pricing.ts';
import type { SeatHolder, Span } from '../../src/vendors/sync-part.ts';
import type { ConnectionSettings } from '../../src/server/services/vendor-connections.ts';
import type { SleepingClock } from './vendor-client.ts';
import { ownDirectory } from './temp-dir.ts';

export interface WorldOptions {
  vendor: Vendor;
  apiKey: string;
  /** Environment variable and address of the vendor's server. */
  base: readonly [variable: string, url: () => string];
  settings?: ConnectionSettings;
}

const prices = createPriceBook();

/** A store, a vendor and the syncs between them; time passes only where somebody sleeps or a test says so. */
export class VendorSyncWorld {
  readonly clock: SleepingClock;
  readonly store: Store;
  readonly #options: WorldOptions;
  readonly #remove: () => void;
  org = 'acme';
  seats: SeatHolder[] = [];
  syncs: Syncs;
  log: ControlLog;

  private constructor(store: Store, remove: () => void, options: WorldOptions, clock: SleepingClock) {
    this.store = store;
    this.#remove = remove;
    this.#options = options;
    this.clock = clock;
    this.log = new ControlLog(store);
    this.syncs = this.process(this.log);
  }

  static async start(options: WorldOptions, clock: SleepingClock): Promise<VendorSyncWorld> {
    const { path: directory, remove } = ownDirectory();
    const store = await openDuckdb({ directory, price: (event) => prices.valuesOf(event) });
    return new VendorSyncWorld(store, remove, options, clock);
  }

  /** On a store that somebody else takes care of. */
  static on(store: Store, options: WorldOptions, clock: SleepingClock): VendorSyncWorld {
    return new VendorSyncWorld(store, () => undefined, options, clock);
  }

  async close(): Promise<void> {
    await this.syncs.close();
    await this.store.close();
    this.#remove();
  }

  /** The syncs of another process on the same store. `ask`: how it reaches the vendor. */
  process(log = new ControlLog(this.store), ask: typeof fetch = fetch): Syncs {
    const { vendor, apiKey, base, settings = {} } = this.#options;
    const { now, sleep } = this.clock;
    return new Syncs({
      log,
      store: this.store,
      now,
      logger: pino({ level: 'silent' }),
      takeSeats: async (_org, seats) => {
        this.seats.push(...seats);
        return [];
      },
      connected: () => [{ org: this.org, vendor }],
      partsOf: async (org, asked, signal) =>
        asked === vendor
          ? sourceOf(
              {
                ...{ org, vendor, apiKey, settings, signal },
                storedOf: (reporter, span) => storedReport(this.store, org, reporter, span),
              },
              {
                env: { [base[0]]: base[1]() },
                fetch: ask,
                now,
                random: () => 0.5,
                timeoutMs: 300,
                sleep: async (ms) => {
                  signal.throwIfAborted();
                  await sleep(ms);
                  await setImmediate();
                },
              },
            )
          : null,
    });
  }

  /** One run, to its end. */
  async sync(asked: Span | null = null, more: Partial<Wanted> = {}): Promise<SyncRun> {
    const { vendor } = this.#options;
    const run = await this.syncs.start({ org: this.org, vendor, asked, trigger: 'request', author: 'test', ...more });
    await this.syncs.ended(run.id);
    return this.syncs.run(this.org, run.id);
  }

  /** What is counted of a reporter. */
  async days(reporter: string) {
    return await this.store.query(
      sql`SELECT day, actor, model, input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens,
        cache_write_1h_tokens, requests, sessions, reported_micros, billed_micros FROM usage_event
        WHERE org = ${text(this.org)} AND reporter = ${text(reporter)} AND counted AND at_ms > ${integer(0)}
        ORDER BY day, actor, model, input_tokens, output_tokens, billed_micros`,
    );
  }
}
