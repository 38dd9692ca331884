import type { DeliveredLog, Mark } from '../../../delivery/delivered-log.ts';
import { sendLogs } from '../../../otlp/client.ts';
import type { Outgoing, OutgoingRecord } from '../../../otlp/encode-request.ts';
import { encodeLogs } from '../../../otlp/encode-request.ts';
import type { Context } from '../../context.ts';
import type { DeliverySettings } from './settings.ts';

/** A record that is to be sent; made only when its turn comes. */
export interface Item extends Mark {
  record: () => OutgoingRecord;
  /** Its number in the history that it is from, where that is looked into once more. */
  row?: number;
}

/** A part of a shipment, read for sending. */
export interface Stretch {
  items: readonly Item[];
  /** What the prompts of its sessions were about. */
  labels: readonly Item[];
}

/** Records that are said of the same sender. */
export interface Shipment {
  resource: Outgoing;
  items: readonly Item[];
  /** These items, as they are to be sent, where that takes another look at the history: little by little, oldest first. */
  stretches?: (items: readonly Item[]) => AsyncIterable<Stretch>;
}

/** In stretches, whatever it takes. */
export async function* stretchesOf({ items, stretches }: Shipment): AsyncGenerator<Stretch> {
  if (stretches) yield* stretches(items);
  else yield { items, labels: [] };
}

/** Those that the log does not know as they are. */
export const withoutDelivered = (items: readonly Item[], log: DeliveredLog | null): readonly Item[] =>
  log ? items.filter(({ key, fingerprint }) => !log.has(key, fingerprint)) : items;

/** One request. */
export const sendItems = (
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
