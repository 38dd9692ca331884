import { Failure } from '../errors.ts';

/** What an endpoint said of a request that it took. */
export interface Answer {
  rejected: { count: number; message: string };
}

/** A request that was not taken; `status` is HTTP's, null where there was no answer. */
export interface SendFailure extends Failure {
  readonly status: number | null;
}

export interface BatchOptions<T> {
  batchSize: number;
  /** Requests at a time. */
  inFlight: number;
  /** @throws SendFailure */
  send: (items: readonly T[]) => Promise<Answer>;
  /** When the endpoint has said that it has them. */
  onDelivered: (items: readonly T[]) => void;
}

/** Items that were not taken, and why; sending the same again is of little use. */
export interface Refusal {
  count: number;
  why: string;
}

export interface BatchOutcome {
  delivered: number;
  refused: Refusal[];
  /** What ended the run before everything was tried. */
  error: SendFailure | null;
}

/** After so many batches of which nothing was taken, one after the other, the next would be refused too. */
const ENOUGH_REFUSALS = 3;

const isSendFailure = (error: unknown): error is SendFailure => error instanceof Failure && 'status' in error;

/** The endpoint is away, or wants nothing from us: every batch would end like this one. */
const endsAll = ({ retryable, status }: SendFailure): boolean =>
  retryable || status === null || [401, 403, 404].includes(status) || (status >= 300 && status < 400);

/**
 * Sends items in batches, a few at a time. Ends when all were tried, or when there is no point in going on; then the
 * requests under way are waited for. Nothing but an abort is thrown.
 */
export async function sendBatches<T>(items: Iterable<T>, options: BatchOptions<T>): Promise<BatchOutcome> {
  const outcome: BatchOutcome = { delivered: 0, refused: [], error: null };
  const batches = inBatches(items, options.batchSize);
  let refusals = 0;
  let stopped = false;

  const sendOne = async (batch: readonly T[]): Promise<void> => {
    let taken: number;
    try {
      taken = await sendBatch(batch, options, outcome.refused);
    } catch (error) {
      stopped = true;
      if (!isSendFailure(error)) throw error;
      outcome.error ??= error;
      return;
    }
    outcome.delivered += taken;
    refusals = taken === 0 ? refusals + 1 : 0;
    if (refusals >= ENOUGH_REFUSALS) stopped = true;
  };
  const lane = async (): Promise<void> => {
    while (!stopped) {
      const next = batches.next();
      if (next.done) return;
      await sendOne(next.value);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: options.inFlight }, lane));
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
  return outcome;
}

function* inBatches<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Returns how many were taken. */
async function sendBatch<T>(batch: readonly T[], options: BatchOptions<T>, refused: Refusal[]): Promise<number> {
  const refusal = await refusalOf(batch, options);
  if (refusal === null) {
    options.onDelivered(batch);
    return batch.length;
  }
  if (refusal.count === batch.length) {
    refused.push(refusal);
    return 0;
  }
  // Which ones it was nobody says: the halves will show.
  const middle = Math.ceil(batch.length / 2);
  const first = await sendBatch(batch.slice(0, middle), options, refused);
  return first + (await sendBatch(batch.slice(middle), options, refused));
}

/** Null where all was taken; a count of 0: too large, smaller ones may go. */
async function refusalOf<T>(batch: readonly T[], { send }: BatchOptions<T>): Promise<Refusal | null> {
  try {
    const { count, message } = (await send(batch)).rejected;
    if (count === 0) return null;
    return { count: Math.min(count, batch.length), why: message || 'refused without a reason' };
  } catch (error) {
    if (!isSendFailure(error) || endsAll(error)) throw error;
    return { count: error.status === 413 && batch.length > 1 ? 0 : batch.length, why: error.message };
  }
}
