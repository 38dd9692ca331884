import { expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { StoreUnavailable } from '../../src/store/store.ts';
import { testApp } from '../support/app.ts';

it('says why there is no backup, to the operator alone', async () => {
  const wrap = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        if (name === 'backup') return () => Promise.reject(new StoreUnavailable('the disk has no room for a copy'));
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  const { app, key, keys } = await testApp({ wrap });
  const ask = (apiKey: string) => app.inject({ url: '/api/v1/backup', headers: { 'x-api-key': apiKey } });
  expect((await ask(await key('admin'))).statusCode).toBe(403);
  const answer = await ask(keys.grantLocal('acme'));
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBe('1');
  expect(answer.json()).toEqual({ error: { code: 'unavailable', message: 'the disk has no room for a copy' } });
});
