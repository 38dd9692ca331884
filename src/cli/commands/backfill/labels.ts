import type { DeliveredLog } from '../../../delivery/delivered-log.ts';
import { oneAhead } from '../../../delivery/one-ahead.ts';
import type { Refusal } from '../../../delivery/send-batches.ts';
import { sendBatches } from '../../../delivery/send-batches.ts';
import type { Outgoing } from '../../../otlp/encode-request.ts';
import type { Context } from '../../context.ts';
import { notice } from '../../output.ts';
import { formatCount } from './progress.ts';
import type { DeliverySettings } from './settings.ts';
import type { Item, Shipment } from './shipment.ts';
import { sendItems, stretchesOf, withoutDelivered } from './shipment.ts';

/** Requests at a time beside those with calls; there are few. */
const IN_FLIGHT = 2;

/** What prompts were about goes beside the calls; an endpoint that does not want it has the calls all the same. */
export class Labels {
  delivered = 0;
  readonly #settings: DeliverySettings;
  readonly #batchSize: number;
  readonly #log: DeliveredLog | null;
  readonly #context: Context;
  readonly #refused: Refusal[] = [];
  #wanted = true;

  constructor(settings: DeliverySettings, batchSize: number, log: DeliveredLog | null, context: Context) {
    this.#settings = settings;
    this.#batchSize = batchSize;
    this.#log = log;
    this.#context = context;
  }

  /**
   * The items of a shipment, each stretch after its labels were sent: a run that ends in between finds the calls still
   * to be sent, and with them what has to be said of them. While one is being sent, the next is made ready.
   *
   * @throws SendFailure where the endpoint is away
   */
  before(shipment: Shipment): AsyncGenerator<readonly Item[], void, void> {
    return oneAhead(this.#ready(shipment));
  }

  async *#ready(shipment: Shipment): AsyncGenerator<readonly Item[], void, void> {
    for await (const { items, labels } of stretchesOf(shipment)) {
      if (this.#wanted) await this.#send(withoutDelivered(labels, this.#log), shipment.resource);
      yield items;
    }
  }

  async #send(items: readonly Item[], resource: Outgoing): Promise<void> {
    const { delivered, refused, error } = await sendBatches<Item>([items], {
      batchSize: this.#batchSize,
      inFlight: IN_FLIGHT,
      send: (batch) => sendItems(batch, resource, this.#settings, this.#context),
      onDelivered: (batch) => this.#log?.add(batch),
    });
    this.delivered += delivered;
    this.#refused.push(...refused);
    if (error) throw error;
    // Who takes nothing of the first will take nothing of the rest.
    if (this.delivered === 0 && refused.length > 0) this.#wanted = false;
  }

  sayRefused(): void {
    const count = this.#refused.reduce((sum, refusal) => sum + refusal.count, 0);
    if (count === 0) return;
    notice(this.#context, `what ${formatCount(count)} prompts were about was refused: ${this.#refused[0]?.why ?? ''}`);
  }
}
