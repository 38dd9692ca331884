import path from 'node:path';
import type { Mark } from '../../../delivery/delivered-log.ts';
import type { DeliveredLog } from '../../../delivery/delivered-log.ts';
import { destinationId } from '../../../delivery/destination.ts';
import type { BatchOutcome } from '../../../delivery/send-batches.ts';
import { sendBatches } from '../../../delivery/send-batches.ts';
import { sendLogs } from '../../../otlp/client.ts';
import type { Outgoing, OutgoingRecord } from '../../../otlp/encode-request.ts';
import { encodeLogs } from '../../../otlp/encode-request.ts';
import type { Context } from '../../context.ts';
import { notice } from '../../output.ts';
import { Progress, formatCount, sendingLine } from './progress.ts';
import type { DeliverySettings } from './settings.ts';

/** A record that is to be sent; made only when its turn comes. */
export interface Item extends Mark {
  record: () => OutgoingRecord;
  /** Its number in the history that it is from, where something else is said of the same. */
  row?: number;
}

/** Records that are said of the same sender. */
export interface Shipment {
  resource: Outgoing;
  items: readonly Item[];
}

/** Requests at a time: enough to keep an endpoint busy, few enough not to crowd others out. */
const IN_FLIGHT = 6;

/** Where it is kept what an endpoint has acknowledged. */
export const logFile = (stateFolder: string, { endpoint, apiKey }: DeliverySettings): string =>
  path.join(stateFolder, `delivered-${destinationId(endpoint, apiKey)}.bin`);

/** Sends all; `log` notes each batch when it is acknowledged. Progress on stderr. */
export async function deliver(
  shipments: readonly Shipment[],
  settings: DeliverySettings,
  batchSize: number,
  log: DeliveredLog | null,
  context: Context,
): Promise<BatchOutcome> {
  const all = shipments.reduce((sum, { items }) => sum + items.length, 0);
  const progress = new Progress(context);
  const startedMs = context.now();
  const whole: BatchOutcome = { delivered: 0, refused: [], error: null };
  let acknowledged = 0;
  /** What the endpoint says that it made of them; taken on trust where it does not say. */
  let processed = 0;
  try {
    for (const { resource, items } of shipments) {
      if (whole.error) break;
      const outcome = await sendBatches(items, {
        batchSize,
        inFlight: IN_FLIGHT,
        send: async (batch) => {
          const answer = await sendItems(batch, resource, settings, context);
          processed += answer.processedEvents ?? batch.length;
          return answer;
        },
        onDelivered: (batch) => {
          log?.add(batch);
          acknowledged += batch.length;
          progress.show(() => sendingLine(acknowledged, all, context.now() - startedMs));
        },
      });
      whole.delivered += outcome.delivered;
      whole.refused.push(...outcome.refused);
      whole.error = outcome.error;
    }
  } catch (error) {
    progress.end();
    notice(
      context,
      `${formatCount(acknowledged)} of ${formatCount(all)} records were delivered; run it again to go on`,
    );
    throw error;
  }
  progress.end();
  if (processed < whole.delivered)
    notice(
      context,
      `${settings.endpoint} took ${formatCount(whole.delivered)} records, but says that it processed ${formatCount(processed)} of them only.`,
    );
  return whole;
}

/** Sends each shipment as it comes, without a word of progress. */
export async function deliverBeside(
  shipments: AsyncIterable<Shipment>,
  settings: DeliverySettings,
  batchSize: number,
  log: DeliveredLog | null,
  context: Context,
): Promise<BatchOutcome> {
  const whole: BatchOutcome = { delivered: 0, refused: [], error: null };
  for await (const { resource, items } of shipments) {
    const { delivered, refused, error } = await sendBatches(items, {
      batchSize,
      inFlight: IN_FLIGHT,
      send: (batch) => sendItems(batch, resource, settings, context),
      onDelivered: (batch) => log?.add(batch),
    });
    whole.delivered += delivered;
    whole.refused.push(...refused);
    whole.error = error;
    // Who takes nothing of the first will take nothing of the rest.
    if (error || (delivered === 0 && refused.length > 0)) break;
  }
  return whole;
}

const sendItems = (
  items: readonly Item[],
  resource: Outgoing,
  settings: DeliverySettings,
  context: Context,
): ReturnType<typeof sendLogs> => {
  const records = items.map((item) => item.record());
  return sendLogs(encodeLogs(records, resource), clientOf(settings, context));
};

const clientOf = ({ endpoint, apiKey, insecure }: DeliverySettings, { fetch, sleep, now, signal }: Context) => ({
  ...{ endpoint, apiKey, insecure, gzip: true },
  ...{ fetch, sleep, now, signal, random: Math.random },
});
