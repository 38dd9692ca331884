import { describe, expect, it } from 'vitest';
import { oneAhead } from '../../src/delivery/one-ahead.ts';

const moment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('one ahead', () => {
  it('hands on all, in order, each when the next was asked for', async () => {
    const log: string[] = [];
    async function* source(): AsyncGenerator<number, void, void> {
      for (const n of [1, 2, 3]) {
        log.push(`asked for ${n}`);
        await moment();
        yield n;
      }
    }
    for await (const n of oneAhead(source())) {
      await moment();
      log.push(`got ${n}`);
    }
    expect(log).toEqual(['asked for 1', 'asked for 2', 'got 1', 'asked for 3', 'got 2', 'got 3']);
  });

  it('lets a failure wait for its turn', async () => {
    async function* source(): AsyncGenerator<number, void, void> {
      yield 1;
      await moment();
      throw new Error('torn');
    }
    const got: number[] = [];
    const read = async (): Promise<void> => {
      for await (const n of oneAhead(source())) {
        for (let i = 0; i < 5; i++) await moment();
        got.push(n);
      }
    };
    await expect(read()).rejects.toThrow('torn');
    expect(got).toEqual([1]);
  });

  it('waits for what was asked for where somebody stops early, and asks for no more', async () => {
    const log: string[] = [];
    async function* source(): AsyncGenerator<number, void, void> {
      try {
        for (const n of [1, 2, 3]) {
          for (let i = 0; i < 5; i++) await moment();
          log.push(`made ${n}`);
          yield n;
        }
      } finally {
        log.push('closed');
      }
    }
    for await (const n of oneAhead(source())) {
      log.push(`got ${n}`);
      break;
    }
    expect(log).toEqual(['made 1', 'got 1', 'made 2', 'closed']);
  });
});
