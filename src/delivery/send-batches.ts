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

/** One item may be why the whole request was refused; 413: they are too many. */
const isAboutItems = ({ status }: SendFailure): boolean => status === 400 || status === 413 || status === 422;

interface Run<T> {
  options: BatchOptions<T>;
  outcome: BatchOutcome;
  /** Requests in a row of which nothing was taken, and how many of them say that none ever will be. */
  refusals: number;
  enough: number;
}

/** Items as they come; what comes later may take its time, or fail as sending does. */
type Stretches<T> = Iterable<Iterable<T>> | AsyncIterable<Iterable<T>>;

/**
 * Sends items in batches, a few at a time. Ends when all were tried, or when there is no point in going on; then the
 * requests under way are waited for. Nothing but an abort is thrown, and what the items themselves throw that is no
 * `SendFailure`.
 */
export async function sendBatches<T>(stretches: Stretches<T>, options: BatchOptions<T>): Promise<BatchOutcome> {
  const outcome: BatchOutcome = { delivered: 0, refused: [], error: null };
  // On the way to one item that is refused there are as many halves as that, in each lane.
  const halvings = Math.ceil(Math.log2(options.batchSize)) + 2;
  const run: Run<T> = { options, outcome, refusals: 0, enough: halvings * options.inFlight };
  const batches = inBatches(stretches, options.batchSize);
  let empty = 0;
  let stopped = false;
  const isStopped = (): boolean => stopped;

  const lane = async (): Promise<void> => {
    try {
      while (!isStopped()) {
        const next = await batches.next();
        if (next.done || isStopped()) return;
        empty = (await sendBatch(next.value, run)) ? 0 : empty + 1;
        if (empty >= ENOUGH_REFUSALS || run.refusals >= run.enough) stopped = true;
      }
    } catch (error) {
      stopped = true;
      if (!isSendFailure(error)) throw error;
      outcome.error ??= error;
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: options.inFlight }, lane));
  await batches.return();
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
  return outcome;
}

async function* inBatches<T>(stretches: Stretches<T>, size: number): AsyncGenerator<T[], void, void> {
  let batch: T[] = [];
  for await (const items of stretches)
    for (const item of items) {
      batch.push(item);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
  if (batch.length > 0) yield batch;
}

/** Whether anything was taken. */
async function sendBatch<T>(batch: readonly T[], run: Run<T>): Promise<boolean> {
  const refusal = await refusalOf(batch, run);
  if (refusal === null) {
    run.options.onDelivered(batch);
    run.outcome.delivered += batch.length;
    return true;
  }
  if (refusal.count === batch.length) {
    run.outcome.refused.push(refusal);
    return false;
  }
  // Which ones it was nobody says: the halves will show.
  const middle = Math.ceil(batch.length / 2);
  const first = await sendBatch(batch.slice(0, middle), run);
  return (await sendBatch(batch.slice(middle), run)) || first;
}

/** Null where all was taken; a count of 0: less may go. */
async function refusalOf<T>(batch: readonly T[], run: Run<T>): Promise<Refusal | null> {
  try {
    const { count, message } = (await run.options.send(batch)).rejected;
    run.refusals = count < batch.length ? 0 : run.refusals + 1;
    if (count === 0) return null;
    return { count: Math.min(count, batch.length), why: message || 'refused without a reason' };
  } catch (error) {
    if (!isSendFailure(error) || endsAll(error)) throw error;
    run.refusals += 1;
    const mayGoInParts = batch.length > 1 && isAboutItems(error) && run.refusals < run.enough;
    return { count: mayGoInParts ? 0 : batch.length, why: error.message };
  }
}
