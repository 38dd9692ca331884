import { newest, subtract } from '../../assistants/cursor/sync/hours.ts';
import { Failure } from '../../errors.ts';
import { maskKeys } from '../../secrets.ts';
import type { Query } from '../../reports/sql.ts';
import type { Store } from '../../store/store.ts';
import { StoreUnavailable } from '../../store/store.ts';
import type { PartReading, SeatHolder, Span, SyncPart } from '../../vendors/sync-part.ts';
import { VendorError } from '../../vendors/vendor-error.ts';
import { changedFigures, changedPullRequests } from './changed-rows.ts';
import { finishedPart } from './plan-run.ts';
import type { PartState } from './sync-run.ts';
import { writeBuckets } from './write-reading.ts';

export interface RunWorld {
  org: string;
  store: Pick<Store, 'find' | 'query' | 'write' | 'replaceFigures' | 'writePullRequests'>;
  now: () => number;
  /** Aborted when the run has to stop: it is resumed later. */
  signal: AbortSignal;
  /** Gives warnings. */
  takeSeats: (seats: readonly SeatHolder[]) => Promise<string[]>;
  /** Called after each step, with what is left. Rejects where the run is no longer ours. */
  onProgress: (parts: readonly PartState[], warnings: readonly string[]) => Promise<void>;
}

export interface PartsOutcome {
  parts: PartState[];
  warnings: string[];
  /** A failure that another run may get over. */
  retry: boolean;
}

/** More would only be noise. */
const MAX_WARNINGS = 50;
const HOUR_MS = 3_600_000;

/** Reads what is left of each part and writes it, newest first. @throws the signal's reason when aborted */
export async function runParts(
  parts: readonly SyncPart[],
  planned: readonly PartState[],
  { startedMs, asked }: { startedMs: number; asked: Span | null },
  world: RunWorld,
): Promise<PartsOutcome> {
  const outcome: PartsOutcome = { parts: [...planned], warnings: [], retry: false };
  let stopped: VendorError | null = null;
  for (const [i, state] of outcome.parts.entries()) {
    const part = parts.find(({ name }) => name === state.name);
    if (!part) continue;
    const update = (change: PartState): void => void (outcome.parts[i] = change);
    if (stopped) {
      update({ ...state, error: said(stopped) });
      continue;
    }
    try {
      await runPart(part, state, outcome, update, world);
      update(finishedPart(outcome.parts[i] ?? state, startedMs, asked));
    } catch (error) {
      world.signal.throwIfAborted();
      if (part.optional && error instanceof VendorError && error.trouble === 'forbidden') {
        warn(outcome, `${part.name} is not available to this key: ${error.message}`);
        update({ ...(outcome.parts[i] ?? state), left: [] });
        continue;
      }
      if (!(error instanceof Failure || error instanceof StoreUnavailable)) throw error;
      update({ ...(outcome.parts[i] ?? state), error: said(error) });
      outcome.retry ||= error instanceof StoreUnavailable || error.retryable;
      // A key that is refused is refused everywhere.
      if (error instanceof VendorError && error.trouble === 'unauthorized') stopped = error;
    }
  }
  return outcome;
}

async function runPart(
  part: SyncPart,
  planned: PartState,
  outcome: PartsOutcome,
  update: (state: PartState) => void,
  world: RunWorld,
): Promise<void> {
  let state = planned;
  const hours = Number.isFinite(part.stepMs) ? part.stepMs / HOUR_MS : Number.MAX_SAFE_INTEGER / HOUR_MS;
  for (let step = newest(state.left, hours); step; step = newest(state.left, hours)) {
    for await (const reading of part.read(step)) {
      world.signal.throwIfAborted();
      const written = await take(reading, outcome, world);
      state = {
        ...state,
        fetched: state.fetched + reading.fetched,
        unreadable: state.unreadable + reading.unreadable,
        written: state.written + written,
      };
      update(state);
    }
    state = { ...state, left: subtract(state.left, step) };
    update(state);
    await world.onProgress(outcome.parts, outcome.warnings);
  }
}

async function take(reading: PartReading, outcome: PartsOutcome, world: RunWorld): Promise<number> {
  const { store, org, now } = world;
  for (const warning of reading.warnings ?? []) warn(outcome, warning);
  if (reading.unreadable > 0) warn(outcome, `${reading.unreadable} rows cannot be read and were left out`);
  const { written, warnings } = await writeBuckets(store, org, reading, now());
  for (const warning of warnings) warn(outcome, warning);
  const query: Query = (sql) => store.query(sql);
  const figures = await changedFigures(query, org, reading.figures ?? []);
  await store.replaceFigures(org, figures);
  const pullRequests = await changedPullRequests(query, org, reading.pullRequests ?? []);
  await store.writePullRequests(org, pullRequests);
  for (const warning of await world.takeSeats(reading.seats ?? [])) warn(outcome, warning);
  return written + figures.length + pullRequests.length;
}

function warn({ warnings }: PartsOutcome, line: string): void {
  if (warnings.length < MAX_WARNINGS && !warnings.includes(line)) warnings.push(maskKeys(line));
}

/** For people, without a key. */
function said(error: Failure | StoreUnavailable): string {
  const hint = error instanceof Failure && error.hint !== undefined ? ` (${error.hint})` : '';
  return maskKeys(`${error.message}${hint}`);
}
