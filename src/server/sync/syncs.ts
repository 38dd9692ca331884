import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { Failure, Interrupted } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import type { SeatHolder, Span, SyncPart } from '../../vendors/sync-part.ts';
import { ServerError } from '../errors.ts';
import type { ControlLog } from '../services/control-log.ts';
import { Entities } from '../services/entities.ts';
import { nextRunMs, planRun } from './plan-run.ts';
import type { PartsOutcome } from './run-parts.ts';
import { runParts } from './run-parts.ts';
import type { PartState, RunState, SyncRun, Vendor } from './sync-run.ts';
import { VENDORS, isRunning, isUnfinished } from './sync-run.ts';

/** Whoever has not said for so long that it still runs has been killed. */
const LEASE_MS = 10 * 60_000;
const RENEW_MS = 2 * 60_000;
/** Progress is noted no oftener: each note is a version that is kept. */
const NOTE_MS = 20_000;

export interface SyncsOptions {
  log: ControlLog;
  store: Store;
  now: () => number;
  logger: FastifyBaseLogger;
  /** What to read; null where no key is known. @throws Failure */
  partsOf: (org: string, vendor: Vendor, signal: AbortSignal) => Promise<SyncPart[] | null>;
  takeSeats: (org: string, seats: readonly SeatHolder[]) => Promise<string[]>;
  /** Organisation and vendor of every connection. */
  connected: () => readonly { org: string; vendor: Vendor }[];
}

export interface Wanted {
  org: string;
  vendor: Vendor;
  /** Null: what is new, and what may have been revised. */
  asked: Span | null;
  trigger: SyncRun['trigger'];
  author: string;
}

/** Somebody else goes on with the run. */
class RunLost extends Error {}

/** Runs of vendors' syncs: recorded version by version, which also keeps it to one at a time across processes. */
export class Syncs {
  readonly #options: SyncsOptions;
  readonly #runs: Entities<SyncRun>;
  readonly #active = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: SyncsOptions) {
    this.#options = options;
    this.#runs = new Entities(options.log, 'sync', options.now);
  }

  /** Newest first: each run as it last stood. */
  runs(org: string, vendors: readonly Vendor[] = VENDORS): SyncRun[] {
    const runs = vendors.flatMap((vendor) => {
      const versions = this.#runs.history(org, vendor).map(({ data }) => data as unknown as SyncRun);
      const last = new Map(versions.map((run) => [run.id, run]));
      return [...last.values()].map((run) => this.#asItIs(run, versions.at(-1)?.id === run.id));
    });
    return runs.sort((a, b) => b.startedMs - a.startedMs);
  }

  /** @throws ServerError `notFound` */
  run(org: string, id: string): SyncRun {
    const run = this.runs(org).find((one) => one.id === id);
    if (!run) throw new ServerError('notFound', `no sync ${id} in organisation ${org}`);
    return run;
  }

  /**
   * Starts a run, which goes on after this resolves. @throws ServerError `conflict` while one is running, `notFound`
   * where no key of the vendor is known
   */
  async start(wanted: Wanted): Promise<SyncRun> {
    const { org, vendor, asked, trigger, author } = wanted;
    const { log, partsOf, now } = this.#options;
    await log.load();
    const latest = this.#runs.find(org, vendor);
    this.#refuseSecond(latest?.value ?? null, vendor);
    const parts = await partsOf(org, vendor, this.#stop.signal).catch(asInvalid);
    if (!parts) throw new ServerError('notFound', `no key of ${vendor} is known for ${org}`);
    const nowMs = now();
    const run: SyncRun = {
      id: randomUUID(),
      vendor,
      state: 'running',
      trigger,
      asked,
      startedMs: nowMs,
      finishedMs: null,
      leaseUntilMs: nowMs + LEASE_MS,
      parts: planRun(parts, latest?.value ?? null, nowMs, asked),
      warnings: [],
      error: null,
      nextMs: null,
    };
    const decide = (): SyncRun => run;
    const { version } = await this.#runs.change({ org, key: vendor, author, basedOn: latest?.version ?? 0, decide });
    const ours = new OwnRun(run, version, { org, author, runs: this.#runs, now, outer: this.#stop.signal });
    const done = this.#execute(ours, parts, org).finally(() => this.#active.delete(run.id));
    this.#active.set(run.id, done);
    return run;
  }

  /** Resolves when a run of this process has ended, however it did. */
  async ended(id: string): Promise<void> {
    await this.#active.get(id);
  }

  /** Starts what is due, of every connection. */
  async startDue(): Promise<SyncRun[]> {
    const { log, now, connected, logger } = this.#options;
    await log.load();
    const started: SyncRun[] = [];
    for (const { org, vendor } of connected()) {
      const latest = this.#runs.find(org, vendor)?.value ?? null;
      if (!isDue(latest, now())) continue;
      try {
        started.push(await this.start({ org, vendor, asked: null, trigger: 'schedule', author: 'server' }));
      } catch (err) {
        // Another process was first.
        if (!(err instanceof ServerError && err.code === 'conflict'))
          logger.warn({ err, org, vendor }, 'sync not started');
      }
    }
    return started;
  }

  /** Stops what runs; it is resumed later. */
  async close(): Promise<void> {
    this.#stop.abort(new Interrupted('the server is stopping'));
    await Promise.allSettled(this.#active.values());
  }

  /** A run whose process was killed has nobody to say so. */
  #asItIs(run: SyncRun, isLatest: boolean): SyncRun {
    if (run.state !== 'running' || (isLatest && isRunning(run, this.#options.now()))) return run;
    return { ...run, state: 'interrupted', error: 'its server was killed' };
  }

  #refuseSecond(latest: SyncRun | null, vendor: Vendor): void {
    if (!latest || !isRunning(latest, this.#options.now())) return;
    const since = new Date(latest.startedMs).toISOString();
    throw new ServerError('conflict', `a sync of ${vendor} is running since ${since}`);
  }

  async #execute(ours: OwnRun, parts: readonly SyncPart[], org: string): Promise<void> {
    const { store, now, takeSeats, logger } = this.#options;
    const { vendor, id } = ours.run;
    try {
      const outcome = await runParts(parts, ours.run.parts, ours.run, {
        org,
        store,
        now,
        signal: ours.signal,
        takeSeats: (seats) => takeSeats(org, seats),
        onProgress: (states, warnings) => ours.progress(states, warnings),
      });
      await ours.finish(endOf(outcome, now()));
      logger.info({ vendor, run: id, state: ours.run.state }, 'sync');
    } catch (err) {
      if (err instanceof RunLost) return logger.warn({ vendor, run: id }, 'another process goes on with this sync');
      const stopped = this.#stop.signal.aborted;
      if (!stopped) logger.error({ err, vendor, run: id }, 'sync failed');
      const error = stopped ? 'the server was stopped' : 'a defect of the server: see its log';
      const state = stopped ? 'interrupted' : 'failed';
      const nextMs = stopped ? now() : nextRunMs(now(), { retry: false });
      await ours.finish({ state, error, nextMs }).catch((failure: unknown) => {
        logger.error({ err: failure, vendor, run: id }, 'the end of a sync was not recorded');
      });
    } finally {
      ours.release();
    }
  }
}

/** Settings that are missing, or a key that cannot be decrypted: for whoever set the connection up. */
function asInvalid(cause: unknown): never {
  if (!(cause instanceof Failure)) throw cause;
  throw new ServerError('invalid', cause.hint === undefined ? cause.message : `${cause.message}. ${cause.hint}`, {
    cause,
  });
}

/** Never run, ended and due again, or left behind by a process that was killed. */
export function isDue(latest: SyncRun | null, nowMs: number): boolean {
  if (!latest) return true;
  if (latest.state === 'running') return !isRunning(latest, nowMs);
  return latest.nextMs !== null && latest.nextMs <= nowMs;
}

type End = Partial<SyncRun> & { state: RunState };

function endOf({ parts, warnings, retry }: PartsOutcome, nowMs: number): End {
  const failed = parts.filter(({ error }) => error !== null);
  const state = failed.length === 0 ? 'done' : failed.length === parts.length ? 'failed' : 'partial';
  const error = failed.length === 0 ? null : failed.map((part) => `${part.name}: ${part.error}`).join('; ');
  return { parts, warnings, state, error, nextMs: nextRunMs(nowMs, { retry }) };
}

interface OwnRunOptions {
  org: string;
  author: string;
  runs: Entities<SyncRun>;
  now: () => number;
  outer: AbortSignal;
}

/** A run of this process: the only one that writes its versions, until it loses the lease. */
class OwnRun {
  readonly signal: AbortSignal;
  readonly #options: OwnRunOptions;
  readonly #lost = new AbortController();
  readonly #renewal: NodeJS.Timeout;
  #writing: Promise<void> = Promise.resolve();
  #notedMs: number;
  #version: number;
  run: SyncRun;

  constructor(run: SyncRun, version: number, options: OwnRunOptions) {
    this.run = run;
    this.#version = version;
    this.#options = options;
    this.#notedMs = run.startedMs;
    this.signal = AbortSignal.any([options.outer, this.#lost.signal]);
    this.#renewal = setInterval(() => void this.#write({}).catch(() => undefined), RENEW_MS);
    this.#renewal.unref();
  }

  release(): void {
    clearInterval(this.#renewal);
  }

  /** @throws RunLost */
  async progress(parts: readonly PartState[], warnings: readonly string[]): Promise<void> {
    this.run = { ...this.run, parts: [...parts], warnings: [...warnings] };
    if (this.#lost.signal.aborted) throw new RunLost();
    const nowMs = this.#options.now();
    if (nowMs - this.#notedMs < NOTE_MS || !isUnfinished(this.run)) return;
    this.#notedMs = nowMs;
    await this.#write({});
  }

  async finish(end: End): Promise<void> {
    this.release();
    await this.#write({ ...end, finishedMs: this.#options.now() });
  }

  /** One after the other: each version names the one before. */
  #write(change: Partial<SyncRun>): Promise<void> {
    const { org, author, runs, now } = this.#options;
    const write = async (): Promise<void> => {
      if (this.#lost.signal.aborted) throw new RunLost();
      const next = { ...this.run, leaseUntilMs: now() + LEASE_MS, ...change };
      try {
        const decide = (): SyncRun => next;
        const key = next.vendor;
        ({ version: this.#version } = await runs.change({ org, key, author, basedOn: this.#version, decide }));
        this.run = next;
      } catch (error) {
        if (!(error instanceof ServerError && error.code === 'conflict')) throw error;
        this.#lost.abort(new RunLost());
        throw new RunLost();
      }
    };
    this.#writing = this.#writing.catch(() => undefined).then(write);
    return this.#writing;
  }
}
