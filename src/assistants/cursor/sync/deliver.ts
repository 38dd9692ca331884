import type { Delivered } from '../../../otlp/client.ts';
import { DeliveryError } from '../../../otlp/client.ts';
import type { OutgoingRecord } from '../../../otlp/encode-request.ts';
import { INCOMPLETE } from '../../../usage/snapshot.ts';
import { closingRecord, cursorRecord } from '../record.ts';
import type { HourRows } from './hour-rows.ts';

/** Sends one batch. @throws DeliveryError */
export type Send = (records: readonly OutgoingRecord[]) => Promise<Delivered>;

export interface DeliverOptions {
  snapshotMs: number;
  /** Records in one request. */
  batchSize: number;
  send: Send;
}

export interface Delivery {
  /** Hours that the endpoint has, whole. */
  acknowledged: HourRows[];
  /** Hours of which it would not take everything; sending them again at once is of no use. */
  refused: { hour: HourRows; why: string }[];
  /** What stopped the delivery; the rest was not sent. */
  error: DeliveryError | null;
}

interface Batch {
  records: OutgoingRecord[];
  /** Hours with anything in it. */
  touched: Set<HourRows>;
  /** Hours that end in it. */
  closed: HourRows[];
}

/** Cuts hours into batches. Batches go one after the other, so that an hour is closed when all of its rows are there. */
function* batchesOf(hours: readonly HourRows[], { snapshotMs, batchSize }: DeliverOptions): Generator<Batch> {
  const empty = (): Batch => ({ records: [], touched: new Set(), closed: [] });
  let batch = empty();
  for (const hour of hours) {
    const closing = closingRecord(hour.bucketMs, snapshotMs, hour.rows.length);
    for (const record of [...hour.rows.map((row) => cursorRecord(row, snapshotMs)), closing]) {
      batch.records.push(record);
      batch.touched.add(hour);
      if (record === closing) batch.closed.push(hour);
      if (batch.records.length < batchSize) continue;
      yield batch;
      batch = empty();
    }
  }
  if (batch.records.length > 0) yield batch;
}

/** Delivers hours in their order; what came of each is in the result, nothing but an abort is thrown. */
export async function deliver(hours: readonly HourRows[], given: DeliverOptions): Promise<Delivery> {
  const delivery: Delivery = { acknowledged: [], refused: [], error: null };
  const options = { ...given, send: patient(given.send) };
  const doubtful = new Set<HourRows>();
  try {
    for (const batch of batchesOf(hours, options)) {
      if ((await refusal(batch, options.send)) !== null) for (const hour of batch.touched) doubtful.add(hour);
      delivery.acknowledged.push(...batch.closed.filter((hour) => !doubtful.has(hour)));
    }
    for (const hour of doubtful) {
      const why = await deliverAlone(hour, options);
      if (why === null) delivery.acknowledged.push(hour);
      else delivery.refused.push({ hour, why });
    }
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    delivery.error = error;
  }
  return delivery;
}

/** After so many requests in a row, and none that was taken, the next would be refused too. */
const ENOUGH_REFUSALS = 3;

/** The endpoint will not have what is in it; of another request that says nothing. */
const isAboutRows = ({ status }: DeliveryError, records: readonly OutgoingRecord[]): boolean =>
  status === 400 || status === 422 || (status === 413 && records.length < 2);

/** A request that is refused as a whole is one with rows that are: one odd row must not keep all others waiting. */
function patient(send: Send): Send {
  let refusals = 0;
  let hasTaken = false;
  return async (records) => {
    try {
      const answer = await send(records);
      hasTaken = true;
      return answer;
    } catch (error) {
      if (!(error instanceof DeliveryError) || !isAboutRows(error, records)) throw error;
      refusals += 1;
      if (!hasTaken && refusals >= ENOUGH_REFUSALS) throw error;
      return { processedEvents: 0, rejected: { count: records.length, message: error.message } };
    }
  };
}

/** Sends an hour by itself, so that what the endpoint answers is about this hour. Null if it has everything. */
async function deliverAlone(hour: HourRows, options: DeliverOptions): Promise<string | null> {
  const answers: string[] = [];
  for (const batch of batchesOf([hour], options)) {
    const why = await refusal(batch, options.send);
    if (why !== null) answers.push(why);
  }
  return answers.length === 0 ? null : answers.join('; ');
}

/** What the endpoint would not take of a batch. Null if nothing, or only closing records that it does not know. */
async function refusal(batch: Batch, send: Send): Promise<string | null> {
  const { count, message } = (await sendSmaller(batch.records, send)).rejected;
  const unknownClosings = count <= batch.closed.length && !message.includes(INCOMPLETE);
  return count === 0 || unknownClosings ? null : message || `${count} records refused`;
}

/** A batch that is too large for the endpoint goes in halves. */
async function sendSmaller(records: readonly OutgoingRecord[], send: Send): Promise<Pick<Delivered, 'rejected'>> {
  try {
    return await send(records);
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.status !== 413 || records.length < 2) throw error;
  }
  const middle = Math.ceil(records.length / 2);
  const parts = [records.slice(0, middle), records.slice(middle)];
  const rejected = { count: 0, message: '' };
  for (const part of parts) {
    const answer = await sendSmaller(part, send);
    rejected.count += answer.rejected.count;
    rejected.message = [rejected.message, answer.rejected.message].filter(Boolean).join('; ');
  }
  return { rejected };
}
