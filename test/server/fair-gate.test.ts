import { expect, it } from 'vitest';
import { FairGate } from '../../src/server/fair-gate.ts';

/** Work that ends when told. */
function held(): { work: () => Promise<string>; end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<string>((resolve) => (end = () => resolve('done')));
  return { work: () => ended, end: () => end() };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('lets keys take turns, however many of one are waiting', async () => {
  const gate = new FairGate({ permits: 1, waitingPerKey: 10, waitMs: 60_000 });
  const first = held();
  const order: string[] = [];
  const enter = (key: string, n: number): Promise<void> =>
    gate.pass(key, async () => {
      order.push(`${key}${n}`);
    });
  const all = [gate.pass('flood', first.work)];
  const others = [1, 2, 3].map((n) => enter('flood', n));
  others.push(enter('a', 1), enter('b', 1), enter('a', 2));
  expect(gate.waiting).toBe(6);
  first.end();
  await Promise.all([...all, ...others]);
  expect(order).toEqual(['flood1', 'a1', 'b1', 'flood2', 'a2', 'flood3']);
  expect([gate.inside, gate.waiting]).toEqual([0, 0]);
});

it('refuses a key whose queue is full, and no other', async () => {
  const gate = new FairGate({ permits: 1, waitingPerKey: 1, waitMs: 60_000 });
  const first = held();
  const inside = gate.pass('a', first.work);
  const waiting = gate.pass('a', async () => 'waited');
  await expect(gate.pass('a', async () => 'never')).rejects.toMatchObject({
    code: 'tooMany',
    status: 429,
    retryAfterS: 1,
  });
  const other = gate.pass('b', async () => 'b');
  first.end();
  expect(await Promise.all([inside, waiting, other])).toEqual(['done', 'waited', 'b']);
});

it('lets nobody wait for ever, and forgets who has gone', async () => {
  const gate = new FairGate({ permits: 1, waitingPerKey: 5, waitMs: 5 });
  const first = held();
  const inside = gate.pass('a', first.work);
  await expect(gate.pass('a', async () => 'late')).rejects.toMatchObject({ code: 'unavailable' });
  const patient = new FairGate({ permits: 1, waitingPerKey: 5, waitMs: 60_000 });
  const second = held();
  const held2 = patient.pass('a', second.work);
  const abort = new AbortController();
  const gone = patient.pass('a', async () => 'gone', abort.signal);
  abort.abort();
  await expect(gone).rejects.toMatchObject({ code: 'unavailable' });
  expect([gate.waiting, patient.waiting]).toEqual([0, 0]);
  first.end();
  second.end();
  await Promise.all([inside, held2]);
  await turn();
  expect([gate.inside, patient.inside]).toEqual([0, 0]);
});

it('makes room also when work fails', async () => {
  const gate = new FairGate({ permits: 1, waitingPerKey: 5, waitMs: 60_000 });
  await expect(
    gate.pass('a', async () => {
      throw new Error('failed');
    }),
  ).rejects.toThrow('failed');
  expect(await gate.pass('a', async () => 'next')).toBe('next');
});

it('leaves room for others, however many of one key are inside', async () => {
  const gate = new FairGate({ permits: 8, waitingPerKey: 10, waitMs: 60_000 });
  const slow = Array.from({ length: 10 }, held);
  const inside = slow.map(({ work }) => gate.pass('slow', work));
  expect([gate.inside, gate.waiting]).toEqual([6, 4]);
  expect(await gate.pass('other', async () => 'in time')).toBe('in time');
  expect([gate.inside, gate.waiting]).toEqual([6, 4]);
  slow[0]?.end();
  await inside[0];
  await turn();
  expect([gate.inside, gate.waiting]).toEqual([6, 3]);
  for (const { end } of slow) end();
  await Promise.all(inside);
  expect([gate.inside, gate.waiting]).toEqual([0, 0]);
});
