import { existsSync } from 'node:fs';
import { cursorResource } from '../../../assistants/cursor/record.ts';
import { cursorSetup } from '../../../assistants/cursor/setup.ts';
import type { CycleResult, CycleWorld, Planner } from '../../../assistants/cursor/sync/cycle.ts';
import { Cycle } from '../../../assistants/cursor/sync/cycle.ts';
import type { Outcome } from '../../../assistants/cursor/sync/outcome.ts';
import { recordRun } from '../../../assistants/cursor/sync/record-run.ts';
import { StateFile } from '../../../assistants/cursor/sync/state-file.ts';
import { SyncMemory } from '../../../assistants/cursor/sync/sync-memory.ts';
import type { SyncState } from '../../../assistants/cursor/sync/sync-state.ts';
import { emptyState, forDestination } from '../../../assistants/cursor/sync/sync-state.ts';
import { destinationId } from '../../../delivery/destination.ts';
import type { ProcessLock } from '../../../delivery/process-lock.ts';
import { acquireLock } from '../../../delivery/process-lock.ts';
import { sendLogs } from '../../../otlp/client.ts';
import { encodeLogs } from '../../../otlp/encode-request.ts';
import { AdminApi } from '../../../vendors/cursor/admin-api.ts';
import { UsageReader } from '../../../vendors/cursor/read-usage.ts';
import { RequestBudget } from '../../../vendors/request-budget.ts';
import type { Context } from '../../context.ts';
import { notice } from '../../output.ts';
import { managerOf } from './service/service-manager.ts';
import type { CursorSettings } from './settings.ts';

/** The folder of all that belongs to the sync. */
export const syncFolder = (context: Context): string => cursorSetup.folder(context);

export function lockSync(context: Context): Promise<ProcessLock> {
  const manager = managerOf(context);
  const stop = manager.stop(context).map((word) => (/\s/.test(word) ? `"${word}"` : word));
  const hint =
    'The service does not end by itself. Stop it, and start it again afterwards: ' +
    `${stop.join(' ')}; revenium-cursor service install`;
  return acquireLock({
    ...{ ...context, folder: syncFolder(context), name: 'sync', what: 'another sync of Cursor' },
    ...(existsSync(manager.path(context)) && { hint: `${hint}.` }),
  });
}

/** Where a session keeps its state; the real one is a `StateFile`. */
export type StateStore = Pick<StateFile, 'read' | 'write'>;

export interface SessionOptions {
  /** Records in one request. */
  batchSize: number;
  onWindow?: (outcome: Readonly<Outcome>) => void;
  /** Instead of the endpoint. */
  send?: CycleWorld['send'];
  /** How long an answer of Cursor's may take. */
  timeoutMs?: number;
}

/** The one that syncs, for as long as it holds the lock. */
export class SyncSession {
  readonly #context: Context;
  readonly #store: StateStore;
  readonly #memory: SyncMemory;
  readonly #budget: RequestBudget;
  readonly #options: SessionOptions;
  #settings: CursorSettings;
  #reader: UsageReader;
  #state: SyncState;

  private constructor(
    settings: CursorSettings,
    context: Context,
    store: StateStore,
    state: SyncState,
    options: SessionOptions,
  ) {
    this.#settings = settings;
    this.#context = context;
    this.#store = store;
    this.#state = state;
    this.#options = options;
    this.#memory = new SyncMemory(Math.random);
    this.#budget = new RequestBudget(context);
    this.#reader = this.#readerOf(settings);
  }

  /** `context.signal` must also tell of a lost lock. */
  static async start(
    settings: CursorSettings,
    context: Context,
    store: StateStore,
    options: SessionOptions,
  ): Promise<SyncSession> {
    const { state, said } = await store.read();
    if (said !== null) notice(context, said);
    const session = new SyncSession(settings, context, store, state ?? emptyState(), options);
    session.use(settings);
    return session;
  }

  /** Goes by other settings from the next cycle on. */
  use(settings: CursorSettings): void {
    this.#settings = settings;
    this.#reader = this.#readerOf(settings);
    const destination = destinationId(settings.endpoint, settings.apiKey);
    if (this.#state.destination !== null && this.#state.destination !== destination)
      notice(this.#context, `${settings.endpoint} is another destination than before: it gets everything anew`);
    this.#state = forDestination(this.#state, destination);
  }

  get state(): SyncState {
    return this.#state;
  }

  /** One cycle; its error is in the result. `nextRunMs` is noted for `status`. */
  async cycle(
    planner: Planner,
    { untilMs, nextRunMs }: { untilMs?: number; nextRunMs?: (result: CycleResult, failures: number) => number } = {},
  ): Promise<CycleResult> {
    const result = await new Cycle(this.#state, this.#world()).run(planner, untilMs);
    const state = recordRun(result, this.#context.now());
    this.#state = { ...state, runs: { ...state.runs, nextRunMs: nextRunMs?.(result, state.runs.failures) ?? null } };
    // What was acknowledged is noted already; a stop must not wait for more.
    if (this.#context.signal.aborted) return result;
    try {
      await this.#store.write(this.#state);
      return { ...result, state: this.#state };
    } catch (error) {
      return { ...result, state: this.#state, error: result.error ?? asError(error) };
    }
  }

  #readerOf({ cursorApiKey, cursorApiUrl }: CursorSettings): UsageReader {
    const { fetch, sleep, now, signal } = this.#context;
    const api = new AdminApi({
      apiKey: cursorApiKey,
      ...(cursorApiUrl !== null && { baseUrl: cursorApiUrl }),
      // Its address was looked at when the settings were read.
      ...{ insecure: true, budget: this.#budget, fetch, sleep, now, signal, random: Math.random },
      ...(this.#options.timeoutMs !== undefined && { timeoutMs: this.#options.timeoutMs }),
    });
    return new UsageReader(api);
  }

  #world(): CycleWorld {
    const { fetch, sleep, now, signal } = this.#context;
    const { endpoint, apiKey, insecure, ...labels } = this.#settings;
    const { onWindow, batchSize, send } = this.#options;
    const to = { endpoint, apiKey, insecure, fetch, sleep, now, signal, random: Math.random };
    return {
      read: (window, maxRows) => this.#reader.read(window, maxRows),
      send: send ?? ((records) => sendLogs(encodeLogs(records, cursorResource(labels)), to)),
      save: (state) => this.#store.write(state),
      now,
      warn: (line) => notice(this.#context, line),
      batchSize,
      memory: this.#memory,
      ...(onWindow && { onWindow }),
    };
  }
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** Takes the lock, works, and gives it back whatever happens. */
export async function withSession<T>(
  settings: CursorSettings,
  context: Context,
  options: SessionOptions,
  work: (session: SyncSession, context: Context) => Promise<T>,
): Promise<T> {
  const lock = await lockSync(context);
  try {
    const file = new StateFile(syncFolder(context));
    await file.tidy();
    const guarded: StateStore = {
      read: () => file.read(),
      write: async (state) => {
        await lock.check();
        await file.write(state);
      },
    };
    const within: Context = { ...context, signal: AbortSignal.any([context.signal, lock.signal]) };
    const session = await SyncSession.start(settings, within, guarded, options);
    return await work(session, within);
  } finally {
    await lock.release();
  }
}
