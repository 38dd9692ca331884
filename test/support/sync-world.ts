import { setImmediate } from 'node:timers/promises';
import { planCycle } from '../../src/assistants/cursor/sync/plan.ts';
import type { CycleResult, Planner } from '../../src/assistants/cursor/sync/cycle.ts';
import type { SyncState } from '../../src/assistants/cursor/sync/sync-state.ts';
import type { StateStore } from '../../src/cli/commands/cursor/session.ts';
import { SyncSession } from '../../src/cli/commands/cursor/session.ts';
import type { CursorSettings } from '../../src/cli/commands/cursor/settings.ts';
import type { EventState } from '../../src/usage/event.ts';
import type { TestContext } from './context.ts';
import { testContext } from './context.ts';
import type { VendorRow } from './cursor-api.ts';
import { CURSOR_KEY, CursorApi } from './cursor-api.ts';
import { MeteringEndpoint } from './metering-endpoint.ts';

export const START = Date.UTC(2026, 10, 2, 9, 17);

/** Thrown where a killed process would be no more. */
export class Killed extends Error {}

/** Cursor, an endpoint and a machine between them, whose time passes only where somebody sleeps or a test says so. */
export class SyncWorld {
  readonly cursor: CursorApi;
  readonly endpoint = new MeteringEndpoint();
  /** The vendor's clock, which is right. */
  nowMs = START;
  /** By how much the machine's clock is ahead. */
  skewMs = 0;
  /** What is on the machine's disk. */
  disk: string | null = null;
  #elsewhere: { disk: string | null; session: SyncSession | null } = { disk: null, session: null };
  /** Counts down with every write to disk and every request to the endpoint; the process is killed at zero. */
  killAfter = Number.POSITIVE_INFINITY;
  context: TestContext;
  #session: SyncSession | null = null;

  private constructor(cursor: CursorApi) {
    this.cursor = cursor;
    this.context = this.#newContext();
  }

  static async start(): Promise<SyncWorld> {
    let world: SyncWorld | null = null;
    const cursor = await CursorApi.start(() => world?.nowMs ?? START);
    world = new SyncWorld(cursor);
    return world;
  }

  close(): Promise<void> {
    return this.cursor.close();
  }

  settings: Partial<CursorSettings> = {};
  /** Small, so that a few rows take several requests. */
  batchSize = 7;

  #newContext(): TestContext {
    return testContext({
      now: () => this.nowMs + this.skewMs,
      sleep: async (ms) => {
        this.nowMs += Math.max(1, ms);
        await setImmediate();
      },
      fetch: (url, init) => {
        if (url instanceof URL && url.href.startsWith(this.cursor.url)) return fetch(url, init);
        this.#step();
        return this.endpoint.fetch(url, init).finally(() => this.#step());
      },
    });
  }

  #step(): void {
    this.killAfter -= 1;
    if (this.killAfter < 0) throw new Killed('killed');
  }

  readonly #store: StateStore = {
    read: async () => ({ state: this.disk === null ? null : (JSON.parse(this.disk) as SyncState), said: null }),
    write: async (state) => {
      this.#step();
      this.disk = JSON.stringify(state);
    },
  };

  /** What follows happens on another machine, until this is called again. */
  changeMachine(): void {
    const { disk, session } = this.#elsewhere;
    this.#elsewhere = { disk: this.disk, session: this.#session };
    this.disk = disk;
    this.#session = session;
  }

  /** The next cycle is another process's. */
  restart(): void {
    this.#session = null;
    this.killAfter = Number.POSITIVE_INFINITY;
    this.context = this.#newContext();
  }

  async cycle(planner: Planner = planCycle): Promise<CycleResult> {
    this.#session ??= await SyncSession.start(
      {
        cursorApiKey: CURSOR_KEY,
        cursorApiUrl: this.cursor.url,
        endpoint: 'https://metering.example',
        apiKey: 'hak_acme_0123456789abcdef',
        insecure: false,
        tier: 'business',
        organization: null,
        product: null,
        intervalMs: 300_000,
        ...this.settings,
      },
      this.context,
      this.#store,
      { batchSize: this.batchSize, timeoutMs: 300 },
    );
    return await this.#session.cycle(planner);
  }

  get state(): SyncState {
    if (this.disk === null) throw new Error('nothing was saved');
    return JSON.parse(this.disk) as SyncState;
  }

  /** What the vendor has, and what the endpoint counts, in the same words. */
  wanted(): string[] {
    return this.cursor.rows.map(rowText).sort();
  }

  found(): string[] {
    return this.endpoint.counted().map(eventText).sort();
  }

  /** Both again, of a span of time. */
  within(fromMs: number, toMs: number): { wanted: string[]; found: string[] } {
    const inside = (atMs: number): boolean => atMs >= fromMs && atMs < toMs;
    return {
      wanted: this.cursor.rows
        .filter(({ timestamp }) => inside(timestamp))
        .map(rowText)
        .sort(),
      found: this.endpoint
        .counted()
        .filter(({ atMs }) => inside(atMs))
        .map(eventText)
        .sort(),
    };
  }
}

const cents = (value: number | undefined): number | null =>
  // Test amounts have at most four decimals, so that this is exact.
  value === undefined ? null : Math.round(value * 10_000);

export function rowText(row: VendorRow): string {
  const charged = cents(row.chargedCents);
  const email = row.userEmail?.toLowerCase();
  const who = email ? `email:${email}` : row.serviceAccountId ? `service-account:${row.serviceAccountId}` : null;
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0 } = row.tokenUsage ?? {};
  return JSON.stringify([
    row.timestamp,
    who,
    row.model ?? null,
    row.conversationId ?? null,
    [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens],
    cents(row.tokenUsage?.totalCents) ?? (charged === null ? null : charged - (cents(row.cursorTokenFee) ?? 0)),
    row.isChargeable ? charged : null,
  ]);
}

const eventText = (event: EventState): string =>
  JSON.stringify([
    event.atMs,
    event.actor,
    event.model,
    event.sessionId,
    [event.inputTokens, event.outputTokens, event.cacheReadTokens, event.cacheWrite5mTokens],
    event.reportedMicros,
    event.billedMicros,
  ]);
