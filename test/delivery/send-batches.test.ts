import { describe, expect, it } from 'vitest';
import type { BatchOptions } from '../../src/delivery/send-batches.ts';
import { sendBatches } from '../../src/delivery/send-batches.ts';
import type { Delivered } from '../../src/otlp/client.ts';
import { DeliveryError } from '../../src/otlp/client.ts';

const taken: Delivered = { processedEvents: null, rejected: { count: 0, message: '' } };
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const moment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An endpoint that answers each batch as `answer` says, and what came of it. */
async function sendStretches(
  stretches: Parameters<typeof sendBatches<number>>[0],
  answer: (batch: readonly number[]) => Delivered,
  more: Partial<BatchOptions<number>> = {},
) {
  const requests: (readonly number[])[] = [];
  const delivered: number[] = [];
  let busy = 0;
  let busiest = 0;
  const outcome = await sendBatches(stretches, {
    batchSize: 10,
    inFlight: 3,
    send: async (batch) => {
      requests.push(batch);
      busiest = Math.max(busiest, ++busy);
      await moment();
      busy -= 1;
      return answer(batch);
    },
    onDelivered: (batch) => delivered.push(...batch),
    ...more,
  });
  return { outcome, requests, delivered: delivered.sort((a, b) => a - b), busiest };
}

const send = (
  items: readonly number[],
  answer: (batch: readonly number[]) => Delivered,
  more: Partial<BatchOptions<number>> = {},
) => sendStretches([items], answer, more);

const refuse =
  (status: number | null, retryable = false) =>
  (): Delivered => {
    throw new DeliveryError(`answered ${status}`, status, { retryable });
  };

describe('sending in batches', () => {
  it('sends each item once, a few requests at a time', async () => {
    const { outcome, requests, delivered, busiest } = await send(numbers(95), () => taken);
    expect(delivered).toEqual(numbers(95));
    expect(requests.map((batch) => batch.length)).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
    expect(busiest).toBe(3);
    expect(outcome).toEqual({ delivered: 95, refused: [], error: null });
  });

  it('sends nothing where there is nothing', async () => {
    const { outcome, requests } = await send([], () => taken);
    expect(requests).toEqual([]);
    expect(outcome.delivered).toBe(0);
  });

  it('finds the items that are refused among those that are taken', async () => {
    const bad = new Set([3, 41, 42]);
    const { outcome, delivered } = await send(numbers(60), (batch) => {
      const count = batch.filter((item) => bad.has(item)).length;
      return { processedEvents: null, rejected: { count, message: count > 0 ? 'no model' : '' } };
    });
    expect(delivered).toEqual(numbers(60).filter((item) => !bad.has(item)));
    expect(outcome.delivered).toBe(57);
    expect(outcome.refused.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    expect(new Set(outcome.refused.map(({ why }) => why))).toEqual(new Set(['no model']));
  });

  it('goes on though every batch has one that is refused', async () => {
    const { outcome, delivered } = await send(numbers(100), (batch) => {
      const count = batch.filter((item) => item % 10 === 4).length;
      return { processedEvents: null, rejected: { count, message: 'no' } };
    });
    expect(delivered).toEqual(numbers(100).filter((item) => item % 10 !== 4));
    expect(outcome).toMatchObject({ delivered: 90, error: null });
    expect(outcome.refused).toHaveLength(10);
  });

  it('halves what is too large', async () => {
    const { outcome, requests, delivered } = await send(numbers(20), (batch) =>
      batch.length > 3 ? refuse(413)() : taken,
    );
    expect(delivered).toEqual(numbers(20));
    expect(outcome.refused).toEqual([]);
    expect(Math.max(...requests.map((batch) => batch.length))).toBe(10);
  });

  it('gives up on one item that is too large, and on no other', async () => {
    const { outcome, delivered } = await send(numbers(20), (batch) => (batch.includes(7) ? refuse(413)() : taken));
    expect(delivered).toEqual(numbers(20).filter((item) => item !== 7));
    expect(outcome.refused).toEqual([{ count: 1, why: 'answered 413' }]);
  });

  it('leaves out a batch that the endpoint will not have, and goes on', async () => {
    const { outcome, delivered } = await send(numbers(50), (batch) => (batch.includes(25) ? refuse(500)() : taken));
    expect(delivered).toEqual(numbers(50).filter((item) => item < 20 || item >= 30));
    expect(outcome).toMatchObject({ delivered: 40, refused: [{ count: 10, why: 'answered 500' }], error: null });
  });

  it.each([400, 422])('leaves out an item, and no other, for which a whole batch is answered %i', async (status) => {
    const bad = new Set([0, 9, 10, 20, 25, 26]);
    const { outcome, delivered } = await send(numbers(50), (batch) =>
      batch.some((item) => bad.has(item)) ? refuse(status)() : taken,
    );
    expect(delivered).toEqual(numbers(50).filter((item) => !bad.has(item)));
    expect(outcome).toMatchObject({ delivered: 44, error: null });
    expect(outcome.refused).toEqual(Array(6).fill({ count: 1, why: `answered ${status}` }));
  });

  it.each([400, 500])('stops when one batch after the other is answered %i', async (status) => {
    const { outcome, requests } = await send(numbers(10_000), refuse(status), { batchSize: 100 });
    expect(requests.length).toBeLessThan(60);
    expect(outcome.delivered).toBe(0);
  });

  it('counts what was taken of a batch before the endpoint went away', async () => {
    let requests = 0;
    const { outcome, delivered } = await send(numbers(10), () => {
      requests += 1;
      return requests === 1 ? refuse(413)() : requests === 2 ? taken : refuse(503, true)();
    });
    expect(delivered).toEqual(numbers(5));
    expect(outcome).toMatchObject({ delivered: 5, error: { status: 503 } });
  });

  it.each([
    ['the endpoint is away', 503, true],
    ['nobody answers', null, true],
    ['the key is not taken', 401, false],
    ['nothing takes telemetry there', 404, false],
    ['it has moved', 308, false],
  ])('stops at once when %s, and waits for what is under way', async (_, status, retryable) => {
    let requests = 0;
    const { outcome, delivered } = await send(numbers(1000), () =>
      ++requests === 5 ? refuse(status, retryable)() : taken,
    );
    expect(outcome.error).toMatchObject({ status });
    expect(requests).toBeLessThan(10);
    expect(delivered).toHaveLength(outcome.delivered);
    expect(outcome.delivered).toBe((requests - 1) * 10);
  });

  it('takes items as they come, in batches across what comes together', async () => {
    const asked: number[] = [];
    async function* coming(): AsyncGenerator<readonly number[]> {
      for (const [i, items] of [numbers(25).slice(0, 8), [], numbers(25).slice(8)].entries()) {
        await moment();
        asked.push(i);
        yield items;
      }
    }
    const { outcome, requests } = await sendStretches(coming(), () => taken);
    expect(requests.map((batch) => batch.length)).toEqual([10, 10, 5]);
    expect(requests.flat()).toEqual(numbers(25));
    expect([outcome.delivered, asked]).toEqual([25, [0, 1, 2]]);
  });

  it('ends where items cannot be had for what ends a delivery, after what is under way, and asks for no more', async () => {
    let closed = 0;
    async function* failing(reason: Error | null): AsyncGenerator<readonly number[]> {
      try {
        yield numbers(20);
        await moment();
        if (reason) throw reason;
        yield numbers(1000);
      } finally {
        closed += 1;
      }
    }
    const away = new DeliveryError('away', 503, { retryable: true });
    const { outcome } = await sendStretches(failing(away), () => taken);
    expect(outcome).toEqual({ delivered: 20, refused: [], error: away });
    await expect(sendStretches(failing(new Error('torn')), () => taken)).rejects.toThrow('torn');
    expect((await sendStretches(failing(null), refuse(401))).outcome.error).toMatchObject({ status: 401 });
    expect(closed).toBe(3);
  });

  it('passes an abort on, after what is under way', async () => {
    const reason = new Error('enough');
    let sent = 0;
    const delivered: number[] = [];
    const sending = send(
      numbers(1000),
      () => {
        if (++sent === 4) throw reason;
        return taken;
      },
      { onDelivered: (batch) => delivered.push(...batch) },
    );
    await expect(sending).rejects.toBe(reason);
    expect(delivered).toHaveLength((sent - 1) * 10);
  });
});
