import { expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { testApp } from '../support/app.ts';
import { logsBody } from '../support/calls.ts';

/** So many calls in one request, some forty kilobytes and as many events as that in memory. */
const body = (name: string): Buffer => logsBody(...Array.from({ length: 50 }, (_, i) => ({ n: `${name}-${i}` })));

it('counts what is made of a body against the memory for bodies, until it is durable', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let writing = 0;
  const slowly = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        if (name === 'write')
          return async (...args: Parameters<Store['write']>) => {
            writing++;
            await held;
            return await store.write(...args);
          };
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  // As much of what there is for all as one key may have.
  const bytes = Math.ceil((body('a').length + 50 * 1024) / 0.75);
  const { app, key } = await testApp({ wrap: slowly, bodyBudgetBytes: 2 * bytes });
  const headers = { 'x-api-key': await key('ingest'), 'content-type': 'application/json' };
  const post = (name: string) => app.inject({ method: 'POST', url: '/v1/logs', headers, payload: body(name) });
  const taken = [post('a'), post('b')];
  await expect.poll(() => writing).toBe(2);
  const refused = await post('c');
  expect(refused.statusCode).toBe(503);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  const other = { ...headers, 'x-api-key': await key('ingest') };
  const theirs = app.inject({ method: 'POST', url: '/v1/logs', headers: other, payload: logsBody({ n: 'd' }) });
  await expect.poll(() => writing).toBe(3);
  release();
  expect((await theirs).statusCode).toBe(200);
  for (const answer of await Promise.all(taken)) expect(answer.statusCode).toBe(200);
  expect((await post('c')).statusCode).toBe(200);
});
