import path from 'node:path';
import type { DeliveredLog } from '../../../delivery/delivered-log.ts';
import { destinationId } from '../../../delivery/destination.ts';
import type { BatchOutcome } from '../../../delivery/send-batches.ts';
import { sendBatches } from '../../../delivery/send-batches.ts';
import type { Context } from '../../context.ts';
import { notice } from '../../output.ts';
import { Labels } from './labels.ts';
import { Progress, formatCount, sendingLine } from './progress.ts';
import type { DeliverySettings } from './settings.ts';
import type { Shipment } from './shipment.ts';
import { sendItems } from './shipment.ts';

/** Requests at a time: enough to keep an endpoint busy, few enough not to crowd others out. */
const IN_FLIGHT = 6;

/** Where it is kept what an endpoint has acknowledged. */
export const logFile = (stateFolder: string, { endpoint, apiKey }: DeliverySettings): string =>
  path.join(stateFolder, `delivered-${destinationId(endpoint, apiKey)}.bin`);

/** What came of a delivery; `labels`: of what prompts were about, which goes beside the calls and is not counted with them. */
export interface Delivery extends BatchOutcome {
  labels: number;
}

/** Sends all; `log` notes each batch when it is acknowledged. Progress on stderr. */
export async function deliver(
  shipments: readonly Shipment[],
  settings: DeliverySettings,
  batchSize: number,
  log: DeliveredLog | null,
  context: Context,
): Promise<Delivery> {
  const all = shipments.reduce((sum, { items }) => sum + items.length, 0);
  const progress = new Progress(context);
  const startedMs = context.now();
  const whole: BatchOutcome = { delivered: 0, refused: [], error: null };
  const labels = new Labels(settings, batchSize, log, context);
  let acknowledged = 0;
  /** What the endpoint says that it made of them; taken on trust where it does not say. */
  let processed = 0;
  try {
    for (const shipment of shipments) {
      if (whole.error) break;
      const { resource } = shipment;
      const outcome = await sendBatches(labels.before(shipment), {
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
  labels.sayRefused();
  if (processed < whole.delivered)
    notice(
      context,
      `${settings.endpoint} took ${formatCount(whole.delivered)} records, but says that it processed ${formatCount(processed)} of them only.`,
    );
  return { ...whole, labels: labels.delivered };
}
